"""Intake stands back for whoever looks and decides, and finds the same."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.intake.taking_in import account, digest, fresh_case, take_in

from everyframe.store import schema
from everyframe.store.case import Case
from everyframe.store.database import Database
from everyframe.store.verify import verify
from everyframe.testing.exhibits import quick_exhibit


def batches(case: Case) -> list[int]:
    """Give how many files each stored batch has."""
    query = select(schema.audit.c.body).where(schema.audit.c.action == "intake.batch")
    with case.database.read() as connection:
        return [len(json.loads(body)["files"]) for body in connection.execute(query).scalars()]


def test_a_batch_is_stored_in_parts_when_somebody_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "exhibit"
    quick_exhibit(folder, pictures=30)
    with fresh_case(tmp_path / "alone") as case:
        take_in(case, folder)
        expected, whole = digest(case), batches(case)
    monkeypatch.setattr(Database, "wanted", lambda _: True)
    with fresh_case(tmp_path / "waited-for") as case:
        take_in(case, folder)
        assert digest(case) == expected
        assert set(batches(case)) == {1}
        assert sum(batches(case)) == sum(whole)
        assert max(whole) > 1
        assert account(case).balanced
        assert verify(case).problems == []
