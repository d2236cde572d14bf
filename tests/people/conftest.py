from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher

from everyframe.people import passwords
from everyframe.people.accounts import Accounts
from everyframe.store.case import Case, NewCase

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Clock:
    at = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def on(self, **more: float) -> None:
        self.at += timedelta(**more)


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    passwords._nobody.cache_clear()


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.create(tmp_path / "case", NewCase(number="P-2026-1"), actor="tester") as made:
        yield made


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("everyframe.store.people.now", lambda: clock().isoformat(timespec="milliseconds"))
    return clock


@pytest.fixture
def accounts(case: Case, clock: Clock) -> Accounts:
    return Accounts(case, clock)
