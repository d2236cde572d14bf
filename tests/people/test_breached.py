from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everyframe.errors import UsageError
from everyframe.people import passwords
from everyframe.people.breached import FILE, is_breached

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = "ABF7AAD6438836DBE526AA231ABDE2D0EEF74D42"  # of "correct horse battery staple"


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EVERYFRAME_HOME", str(tmp_path))
    digests = [hashlib.sha1(str(n).encode()).hexdigest().upper() for n in range(500)]
    (tmp_path / FILE).write_text("".join(f"{d}:{n}\r\n" for n, d in enumerate(sorted([*digests, KNOWN]))))
    return tmp_path / FILE


def test_a_password_from_a_breach_is_refused(listed: Path) -> None:
    assert is_breached("correct horse battery staple")
    with pytest.raises(UsageError, match="breach"):
        passwords.check("correct horse battery staple")
    listed.unlink()
    passwords.check("correct horse battery staple")


def test_each_line_is_found_and_nothing_else(listed: Path) -> None:
    assert all(is_breached(str(n), listed) for n in range(500))
    assert not any(is_breached(str(n), listed) for n in range(500, 1000))


def test_another_file_is_refused_and_not_passed_over(listed: Path) -> None:
    listed.write_text("hunter2\npassword\n")
    with pytest.raises(UsageError, match="SHA-1"):
        is_breached("anything", listed)


@given(
    there=st.sets(st.text(max_size=8), max_size=40), asked=st.text(max_size=8), end=st.sampled_from(["\n", "\r\n"]),
    counted=st.booleans(),
)  # fmt: skip
def test_the_search_says_what_a_plain_scan_says(
    tmp_path_factory: pytest.TempPathFactory, there: set[str], asked: str, end: str, *, counted: bool
) -> None:
    file = tmp_path_factory.mktemp("breached") / "list"
    lines = sorted(hashlib.sha1(word.encode()).hexdigest().upper() for word in there)
    file.write_text(
        "".join(f"{line}{':' + str(n**3) if counted else ''}{end}" for n, line in enumerate(lines)), newline=""
    )
    assert is_breached(asked, file) == (asked in there)
