"""``case create``, ``case info``, ``case schemes``."""

import re
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from everyframe.store.case import Case

if TYPE_CHECKING:
    from tests.conftest import Command

FIELDS = ["number", "organization", "contact_name", "contact_phone", "contact_email", "contact_title", "scheme"]


def test_create_says_what_stands_where(run: "Command", tmp_path: Path) -> None:
    made = run("case", "create", tmp_path / "c", "--number", "2026/17", "--scheme", "uk-caid")
    assert (made.code, made.out, made.err) == (0, f"case 2026/17 stands in {tmp_path / 'c'} (uk-caid categories)\n", "")
    assert (tmp_path / "c").stat().st_mode & 0o077 == 0


def test_create_as_json_has_every_field(run: "Command", tmp_path: Path) -> None:
    options = {
        "--number": "7",
        "--organization": "Einheit Süd",
        "--contact": "A. Officer",
        "--contact-phone": "+352 1",
        "--contact-email": "a@example.org",
        "--contact-title": "Inspector",
        "--scheme": "projectvic-us",
    }
    given = [word for pair in options.items() for word in pair]
    found = run("case", "create", tmp_path / "c", *given, "--json").json()
    assert found["case"] == str(tmp_path / "c")
    assert [found[name] for name in FIELDS] == [*options.values()]
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", found["case_id"])
    assert found["created_at"].endswith("+00:00")
    assert found["software"].startswith("Everyframe ")


def test_create_needs_a_number(run: "Command", tmp_path: Path) -> None:
    asked = run("case", "create", tmp_path / "c")
    assert asked.code == 2
    assert "Missing option '--number'" in asked.err
    assert not (tmp_path / "c").exists()


def test_a_second_create_is_refused_and_changes_nothing(run: "Command", taken: Path) -> None:
    before = run("case", "info", taken, "--json").json()
    again = run("case", "create", taken, "--number", "other")
    assert (again.code, again.out) == (4, "")
    assert again.err.startswith("everyframe: ")
    assert "a directory of its own" in again.err
    assert run("case", "info", taken, "--json").json() == before


def test_an_unknown_scheme_makes_no_case(run: "Command", tmp_path: Path) -> None:
    asked = run("case", "create", tmp_path / "c", "--number", "1", "--scheme", "mars")
    assert asked.code == 8
    assert "there are projectvic-us, triage, uk-caid" in asked.err
    assert not (tmp_path / "c").exists()


def test_a_bad_scheme_file_is_named_and_ends_what_needs_schemes(
    run: "Command", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVERYFRAME_HOME", str(tmp_path / "home"))
    own = tmp_path / "home" / "schemes" / "unit.toml"
    own.parent.mkdir(parents=True)
    own.write_text('id = "unit"\nname = "Unit"\n[[category]]\ncode = 1\nname = "One"\n', "utf-8")
    for arguments in (("case", "schemes"), ("case", "create", tmp_path / "c", "--number", "1")):
        asked = run(*arguments)
        assert asked.code == 8
        assert f"{own}: category 1: code must be text in quotes, not int" in asked.err
    own.write_text('id = "unit"\nname = "Unit"\n[[category]]\ncode = "1"\nname = "One"\nkey = "1"\n', "utf-8")
    assert "unit: Unit\n  1  1              One\n" in run("case", "schemes").out
    assert run("case", "create", tmp_path / "c", "--number", "1", "--scheme", "unit").code == 0


def test_schemes_as_json(run: "Command") -> None:
    found = run("case", "schemes", "--json").json()
    assert [s["id"] for s in found] == ["projectvic-us", "triage", "uk-caid"]
    assert found[1]["categories"][0] == {"code": "relevant", "name": "Relevant", "key": "1"}


def test_info_of_a_case_with_an_exhibit(run: "Command", taken: Path, stick: Path) -> None:
    found = run("case", "info", taken, "--json").json()
    assert [found[name] for name in FIELDS] == ["T/1", "Unit", "", "", "", "", "triage"]
    assert found["sources"] == [{"exhibit": "JS/1", "path": str(stick), "state": "done"}]
    assert found["seats"] == {"intake": None, "review": None}
    assert found["warnings"] == 3
    text = run("case", "info", taken).out
    assert f"exhibit          JS/1: {stick} (done)\n" in text
    assert "intake           free\n" in text


def test_info_names_who_holds_a_seat(run: "Command", taken: Path) -> None:
    with Case(taken) as case, case.seat("review", purpose="review at port 1"):
        held = run("case", "info", taken, "--json").json()["seats"]["review"]
        assert held["purpose"] == "review at port 1"
        assert f"process {held['pid']} on {held['host']} since {held['since']}" in run("case", "info", taken).out


@pytest.mark.parametrize(
    "arguments",
    [("case", "info"), ("account",), ("warnings",), ("digest",), ("verify",), ("set",), ("exclude",), ("serve",)],
)
def test_where_no_case_stands_each_command_says_so(run: "Command", tmp_path: Path, arguments: tuple[str, ...]) -> None:
    asked = run(*arguments, tmp_path)
    assert (asked.code, asked.out) == (5, "")
    assert (
        asked.err
        == f"everyframe: {tmp_path} holds no case; make one with: everyframe case create {tmp_path} --number …\n"
    )
    assert not [*tmp_path.iterdir()]


def test_a_case_of_a_later_version_is_not_touched(run: "Command", taken: Path) -> None:
    with sqlite3.connect(taken / "case.db") as database:
        database.execute("INSERT INTO migration VALUES ('9999-later', 'then')")
    database.close()
    asked = run("account", taken)
    assert asked.code == 7
    assert "9999-later" in asked.err
