from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from everyframe.errors import UsageError
from everyframe.people import totp
from everyframe.people.accounts import Accounts, next_stage
from everyframe.people.roles import RIGHTS, ROLES, Right
from everyframe.store import schema, verify
from everyframe.store.people_schema import person, recovery_code

if TYPE_CHECKING:
    from tests.people.conftest import Clock

    from everyframe.store.case import Case

NEW = "lantern orbit cactus ferry"


def said(case: Case, action: str) -> list[dict[str, Any]]:
    a = schema.audit.c
    with case.database.read() as connection:
        bodies = connection.execute(select(a.body).where(a.action == action).order_by(a.seq)).scalars().all()
    return [json.loads(body) for body in bodies]


@pytest.fixture
def anna(accounts: Accounts) -> str:
    start = accounts.add("anna", "reviewer", display="Anna", actor="tester")
    accounts.change_password("anna", start, NEW)
    return NEW


def code(accounts: Accounts, clock: Clock, secret: str) -> str:
    return totp.code(base64.b32decode(secret), int(clock().timestamp()) // 30)


@pytest.fixture
def secret(accounts: Accounts, anna: str, clock: Clock) -> str:
    made = totp.new_secret()
    assert accounts.enrol("anna", made, code(accounts, clock, made))
    clock.on(seconds=60)
    return made


def test_there_are_four_roles_and_administrators_see_no_pictures() -> None:
    assert ROLES == ("reviewer", "supervisor", "administrator", "read-only")
    assert RIGHTS["administrator"] == {Right.OWN, Right.ADMINISTER, Right.STATE, Right.CHECK, Right.TAKE_IN}
    assert RIGHTS["read-only"] == {Right.OWN, Right.STATE, Right.SEE}
    assert [r for r in ROLES if Right.LEAD in RIGHTS[r]] == ["supervisor"]
    assert [r for r in ROLES if Right.TAKE_IN in RIGHTS[r]] == ["administrator"]
    assert all(Right.ADMINISTER not in RIGHTS[role] for role in ROLES if role != "administrator")


def test_nobody_is_there_to_begin_with(accounts: Accounts) -> None:
    assert accounts.all() == []


def test_the_first_password_has_to_be_changed_and_then_the_factor_set_up(accounts: Accounts) -> None:
    start = accounts.add("anna", "reviewer", actor="tester")
    found = accounts.by_password("anna", start)
    assert found is not None
    assert next_stage(found) == "password"
    accounts.change_password("anna", start, NEW)
    assert accounts.by_password("anna", start) is None
    found = accounts.by_password("anna", NEW)
    assert found is not None
    assert next_stage(found) == "enrol"


def test_with_a_factor_it_is_asked_for_before_anything_else(accounts: Accounts, secret: str) -> None:
    accounts.reset("anna", actor="tester")
    found = accounts.find("anna")
    assert found is not None
    assert (next_stage(found), next_stage(found, "factor")) == ("factor", "password")


def test_a_first_password_works_for_72_hours(accounts: Accounts, clock: Clock) -> None:
    start = accounts.add("anna", "reviewer", actor="tester")
    clock.on(hours=71, minutes=59)
    assert accounts.by_password("anna", start)
    clock.on(minutes=1)
    assert accounts.by_password("anna", start) is None


@pytest.mark.parametrize("name", ["", "a", "Anna", "anna b", "1a", "a" * 33, "ann\u00e4", "../x"])
def test_names_are_plain(accounts: Accounts, name: str) -> None:
    with pytest.raises(UsageError):
        accounts.add(name, "reviewer", actor="tester")


def test_a_name_is_there_once_and_a_role_exists(accounts: Accounts) -> None:
    accounts.add("anna", "reviewer", actor="tester")
    with pytest.raises(UsageError, match="already"):
        accounts.add("anna", "reviewer", actor="tester")
    with pytest.raises(UsageError, match="no role"):
        accounts.add("ben", "root", actor="tester")
    with pytest.raises(UsageError, match="no account"):
        accounts.set_role("ben", "reviewer", actor="tester")


def test_five_failures_lock_for_fifteen_minutes(accounts: Accounts, anna: str, clock: Clock) -> None:
    for _ in range(5):
        assert accounts.by_password("anna", "wrong") is None
    assert accounts.by_password("anna", anna) is None
    clock.on(minutes=14, seconds=59)
    assert accounts.by_password("anna", anna) is None
    clock.on(seconds=1)
    assert accounts.by_password("anna", anna)


def test_while_locked_nothing_more_is_written(case: Case, accounts: Accounts, anna: str) -> None:
    for _ in range(20):
        accounts.by_password("anna", "wrong")
        accounts.by_password("nobody", "wrong")
    assert [one["failures"] for one in said(case, "person.refused")] == [1, 2, 3, 4, 5]


def test_a_right_password_alone_does_not_reset_the_count(
    accounts: Accounts, anna: str, secret: str, clock: Clock
) -> None:
    for _ in range(4):
        assert not accounts.by_factor("anna", "000000")
    assert accounts.by_password("anna", anna)
    assert not accounts.by_factor("anna", "000000")
    assert not accounts.by_factor("anna", code(accounts, clock, secret)), "locked"


def test_a_code_works_once(accounts: Accounts, secret: str, clock: Clock) -> None:
    given = code(accounts, clock, secret)
    assert accounts.by_factor("anna", given)
    assert not accounts.by_factor("anna", given)
    clock.on(seconds=30)
    assert accounts.by_factor("anna", code(accounts, clock, secret))


def test_a_recovery_code_works_once_in_place_of_a_code(accounts: Accounts, anna: str, clock: Clock) -> None:
    made = totp.new_secret()
    codes = accounts.enrol("anna", made, code(accounts, clock, made)) or []
    assert len(set(codes)) == 10
    assert accounts.by_factor("anna", codes[3].upper())
    assert not accounts.by_factor("anna", codes[3])
    fresh = accounts.new_codes("anna")
    assert not accounts.by_factor("anna", codes[4])
    assert accounts.by_factor("anna", fresh[0])


def test_a_wrong_first_code_sets_nothing_up(accounts: Accounts, anna: str) -> None:
    assert accounts.enrol("anna", totp.new_secret(), "000000") is None
    found = accounts.find("anna")
    assert found is not None
    assert found.secret == ""


def test_a_reset_keeps_the_factor_unless_it_was_lost(accounts: Accounts, anna: str, secret: str) -> None:
    accounts.reset("anna", actor="tester")
    assert accounts.by_password("anna", anna) is None
    kept = accounts.find("anna")
    assert kept is not None
    assert kept.secret == secret
    accounts.reset("anna", actor="tester", factor=True)
    gone = accounts.find("anna")
    assert gone is not None
    assert gone.secret == ""


def test_who_is_kept_out_gets_nothing(accounts: Accounts, anna: str) -> None:
    accounts.disable("anna", disabled=True, actor="tester")
    assert accounts.by_password("anna", anna) is None
    accounts.disable("anna", disabled=False, actor="tester")
    assert accounts.by_password("anna", anna)


@pytest.mark.parametrize("new", ["short", NEW, "everyframe-2026", "P-2026-1 P-2026-1"])
def test_a_bad_new_password_changes_nothing(accounts: Accounts, anna: str, new: str) -> None:
    with pytest.raises(UsageError):
        accounts.change_password("anna", anna, new)
    assert accounts.by_password("anna", anna)


def test_a_password_longer_than_any_is_not_even_hashed(
    accounts: Accounts, anna: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("everyframe.people.passwords.verify", lambda stored, given: not stored and False)
    assert accounts.by_password("anna", "x" * 100_000) is None


def test_stored_parameters_are_brought_up_to_date(
    case: Case, accounts: Accounts, anna: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from argon2 import PasswordHasher

    before = accounts.find("anna")
    monkeypatch.setattr(
        "everyframe.people.passwords.HASHER", PasswordHasher(time_cost=2, memory_cost=64, parallelism=1)
    )
    assert accounts.by_password("anna", anna)
    after = accounts.find("anna")
    assert before is not None
    assert after is not None
    assert "t=2" in after.password
    assert "t=2" not in before.password
    assert accounts.by_password("anna", anna)


def test_no_secret_is_in_the_audit_and_every_change_is(case: Case, accounts: Accounts, anna: str, secret: str) -> None:
    accounts.set_role("anna", "supervisor", actor="boss")
    start = accounts.reset("anna", actor="boss")
    with case.database.read() as connection:
        audit = " ".join(connection.execute(select(schema.audit.c.body)).scalars())
        stored = connection.execute(select(person.c.password)).scalar_one()
        digests = connection.execute(select(recovery_code.c.digest)).scalars().all()
    for word in (NEW, start, secret, stored, *(bytes(d).hex() for d in digests)):
        assert word not in audit
    assert said(case, "person.add") == [{"name": "anna", "display": "Anna", "role": "reviewer"}]
    changes = [{k: v for k, v in one.items() if k != "name"} for one in said(case, "person.change")]
    assert changes == [
        {"changed": "password"},
        {"changed": "second factor"},
        {"role": "supervisor"},
        {"reset": "password"},
    ]
    assert verify.verify(case).problems == []
