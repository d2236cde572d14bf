"""What is kept in memory is read again once intake has stored something, but what takes long is not read for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, insert, select

from everyframe.store import columns, schema
from everyframe.testing.synthetic import synthetic_case

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from everyframe.store.case import Case


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with synthetic_case(tmp_path / "case", media=20, pictures=2) as made:
        yield made


class Clock:
    """Stands in for the time; reading takes as long as it is told to."""

    def __init__(self, case: Case, seconds: float) -> None:
        self.case, self.seconds, self.now = case, seconds, 1000.0

    def monotonic(self) -> float:
        return self.now

    def warnings(self) -> int:
        with self.case.database.read() as connection:

            def read() -> int:
                self.now += self.seconds
                return connection.execute(select(func.count()).select_from(schema.warning)).scalar_one()

            return columns.kept(connection, "warnings", read)


def add_warning(case: Case) -> None:
    with case.database.write() as connection:
        row = {"media_id": 1, "code": "damaged", "reason": "cut", "stage": "preview", "at": "2026-01-01T00:00:00+00:00"}
        connection.execute(insert(schema.warning).values(row))


def test_what_is_read_quickly_is_always_new(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(case, 0.2)
    monkeypatch.setattr(columns, "time", clock)
    before = clock.warnings()
    add_warning(case)
    assert clock.warnings() == before + 1


def test_what_takes_long_stands_for_ten_times_as_long(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(case, 5)
    monkeypatch.setattr(columns, "time", clock)
    before = clock.warnings()
    add_warning(case)
    clock.now += 49
    assert clock.warnings() == before
    clock.now += 2
    assert clock.warnings() == before + 1
