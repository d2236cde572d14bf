from __future__ import annotations

from typing import TYPE_CHECKING

from everyframe.people.accounts import Accounts
from everyframe.store.case import Case

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Command


def made(run: Command, tmp_path: Path) -> Path:
    directory = tmp_path / "case"
    assert run("case", "create", directory, "--number", "P/1").code == 0
    return directory


def test_an_account_is_made_with_a_password_that_only_standard_output_has(run: Command, tmp_path: Path) -> None:
    case = made(run, tmp_path)
    added = run("people", "add", case, "anna", "--role", "supervisor", "--display", "Anna K.")
    start = added.out.strip()
    assert added.code == 0
    assert start not in added.err
    with Case(case) as opened:
        person = Accounts(opened).by_password("anna", start)
    assert person is not None
    assert (person.role, person.display, person.must_change) == ("supervisor", "Anna K.", True)


def test_accounts_are_listed_without_anything_secret(run: Command, tmp_path: Path) -> None:
    case = made(run, tmp_path)
    run("people", "add", case, "anna")
    (row,) = run("people", "list", case, "--json").json()
    assert (row["name"], row["role"], row["second_factor"]) == ("anna", "reviewer", False)
    assert not {"password", "secret"} & set(row)
    assert "argon2" not in run("people", "list", case).out


def test_roles_change_and_people_are_kept_out_and_let_in(run: Command, tmp_path: Path) -> None:
    case = made(run, tmp_path)
    run("people", "add", case, "anna")
    for command, key, value in (
        (("role", case, "anna", "read-only"), "role", "read-only"),
        (("disable", case, "anna"), "disabled", True),
        (("enable", case, "anna"), "disabled", False),
    ):
        assert run("people", *command).code == 0
        assert run("people", "list", case, "--json").json()[0][key] == value
    first = run("people", "reset", case, "anna", "--factor", "--json").json()["password"]
    assert first != run("people", "reset", case, "anna").out.strip()
    assert run("people", "logout", case, "anna").code == 0
    assert run("verify", case).code == 0


def test_what_cannot_be_done_is_said(run: Command, tmp_path: Path) -> None:
    case = made(run, tmp_path)
    assert "no account" in run("people", "disable", case, "anna").err
    assert run("people", "add", case, "Anna!").code == 2
    assert run("people", "add", case, "anna", "--role", "root").code == 2
    assert "everyframe people add" in run("serve", case, "--team").err
    assert "--team" in run("serve", case, "--host", "10.0.0.5").err
    run("people", "add", case, "anna")
    assert "needs TLS" in run("serve", case, "--team", "--host", "10.0.0.5").err
