"""Names as people see them: nothing is lost, and no name can show itself as another."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everyframe.model.entry import Entry, display_path


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (b"DCIM/IMG_0001.JPG", "DCIM/IMG_0001.JPG"),
        ("Müller/été/日本.jpg".encode(), "Müller/été/日本.jpg"),
        (b"latin \xe4\xf6.jpg", r"latin \xe4\xf6.jpg"),
        (b"line\nbreak\ttab", r"line\nbreak\ttab"),
        (b"\x1b[31mred", r"\x1b[31mred"),
        ("holiday\u202egpj.exe".encode(), r"holiday\u202egpj.exe"),
        ("zero\u200bwidth".encode(), r"zero\u200bwidth"),
        ("two\u2028lines".encode(), r"two\u2028lines"),
        (b"\xed\xa0\x80", r"\xed\xa0\x80"),
        (b"", ""),
    ],
)
def test_known_names(path: bytes, shown: str) -> None:
    assert display_path(path) == shown
    assert Entry(path).display == shown


@given(st.binary(max_size=300))
def test_any_bytes_give_text_that_can_be_shown(path: bytes) -> None:
    shown = display_path(path)
    assert shown.isprintable()
    shown.encode("utf-8")
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in shown)


@given(st.text(max_size=80).filter(str.isprintable))
def test_names_that_can_be_shown_stay_as_they_are(name: str) -> None:
    assert display_path(name.encode()) == name
