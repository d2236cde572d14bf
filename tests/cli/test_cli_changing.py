"""What changes a case besides intake: ``exclude`` and ``set``."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from everyframe.model.settings import SETTINGS
from everyframe.store.case import Case

if TYPE_CHECKING:
    from tests.conftest import Command


def excluded(run: "Command", case: Path) -> int:
    found: int = run("account", case, "--json").json()["states"]["excluded"]["files"]
    return found


def test_files_are_set_aside_and_taken_back(run: "Command", taken: Path) -> None:
    before = run("account", taken, "--json").json()
    done = run("exclude", taken, "pictures.zip/*", "--why", "stock pictures", "--exhibit", "JS/1")
    assert (done.code, done.out) == (0, "1: JS/1 pictures.zip/*: 5 files, by tester@test: stock pictures\n")
    after = run("account", taken, "--json").json()
    assert after["balanced"]
    assert (after["states"]["excluded"]["files"], after["states"]["remaining"]["files"]) == (5, 13)
    assert run("exclude", taken, "--withdraw", "1").out.endswith(": stock pictures, withdrawn by tester@test\n")
    assert run("account", taken, "--json").json() == before
    again = run("exclude", taken, "--withdraw", "1")
    assert again.code == 2
    assert "there is no exclusion 1 in force" in again.err
    assert run("verify", taken).code == 0


def test_the_list_as_scripts_read_it(run: "Command", taken: Path) -> None:
    assert run("exclude", taken, "--json").json() == []
    run("exclude", taken, "*.txt", "--why", "texts")
    (found,) = run("exclude", taken, "--json").json()
    assert set(found) == {"id", "exhibit", "pattern", "why", "actor", "at", "files", "withdrawn_by", "withdrawn_at"}
    assert (found["exhibit"], found["pattern"], found["files"], found["withdrawn_by"]) == ("", "*.txt", 2, "")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("*.txt",), "an exclusion needs a reason"),
        (("*.txt", "--why", "  "), "an exclusion needs a reason"),
        (("nothing like it", "--why", "x"), "no file matches 'nothing like it'"),
        (("*", "--why", "x", "--exhibit", "JS/8"), "the case has no exhibit JS/8"),
        (("--withdraw", "5"), "there is no exclusion 5 in force"),
        (("--withdraw", "five"), "'five' is not a valid integer"),
    ],
)
def test_what_is_refused_changes_nothing(run: "Command", taken: Path, arguments: tuple[str, ...], says: str) -> None:
    head = run("verify", taken, "--json").json()["head"]
    asked = run("exclude", taken, *arguments)
    assert (asked.code, asked.out) == (2, "")
    assert says in asked.err
    assert excluded(run, taken) == 0
    assert run("verify", taken, "--json").json()["head"] == head


def test_what_is_excluded_already_stays_with_the_first(run: "Command", taken: Path) -> None:
    run("exclude", taken, "*.txt", "--why", "first")
    run("exclude", taken, "*.txt*", "--why", "second") if excluded(run, taken) > 2 else None
    again = run("exclude", taken, "*.txt", "--why", "second")
    assert again.code == 2
    assert excluded(run, taken) == 2


def test_exclusion_waits_for_no_intake(run: "Command", taken: Path) -> None:
    with Case(taken) as case, case.seat("intake", purpose="intake of exhibit A"):
        assert run("exclude", taken, "*", "--why", "x").code == 6
    assert excluded(run, taken) == 0


def test_settings_are_listed_and_changed(run: "Command", taken: Path) -> None:
    assert run("set", taken, "--json").json() == {s.name: s.default for s in SETTINGS}
    assert run("set", taken, "look.min-ms", "900").code == 0
    assert run("set", taken, "--json").json()["look.min-ms"] == 900
    text = run("set", taken).out
    assert [line.split()[0] for line in text.splitlines()] == [s.name for s in SETTINGS]
    assert all(s.meaning in text for s in SETTINGS)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("look.min", "1", "there is no setting 'look.min'; there are look.min-ms, "),
        ("look.min-ms", "", "look.min-ms must be a whole number, not ''"),
        ("look.min-ms", "0", "look.min-ms must be a whole number above 0"),
        ("look.min-ms", "1.5", "look.min-ms must be a whole number"),
        ("look.min-ms", "٣", "look.min-ms must be a whole number"),
    ],
)
def test_a_setting_that_is_none_is_refused(run: "Command", taken: Path, name: str, value: str, says: str) -> None:
    asked = run("set", taken, name, value)
    assert (asked.code, asked.out) == (2, "")
    assert says in asked.err
