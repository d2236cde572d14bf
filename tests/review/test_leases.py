from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from everyframe.errors import UsageError
from everyframe.review.leases import MOST_LEASES, leases, release, take

if TYPE_CHECKING:
    from everyframe.store.case import Case

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def later(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_a_group_belongs_to_whoever_took_it_for_ten_minutes(case: Case) -> None:
    taken = take(case, "stack:7", actor="anna", at=NOON)
    assert (taken.person, taken.since, taken.until) == (
        "anna",
        "2026-03-01T12:00:00.000+00:00",
        "2026-03-01T12:10:00.000+00:00",
    )
    assert take(case, "stack:7", actor="ben", at=later(9.99)).person == "anna"
    assert take(case, "stack:7", actor="ben", at=later(10)).person == "ben"


def test_what_its_person_does_renews_it(case: Case) -> None:
    take(case, "g", actor="anna", at=NOON)
    renewed = take(case, "g", actor="anna", at=later(8))
    assert (renewed.since, renewed.until) == ("2026-03-01T12:00:00.000+00:00", "2026-03-01T12:18:00.000+00:00")
    assert take(case, "g", actor="ben", at=later(17)).person == "anna"


def test_it_can_be_given_back_by_its_person_only(case: Case) -> None:
    take(case, "g", actor="anna", at=NOON)
    assert not release(case, "g", actor="ben")
    assert release(case, "g", actor="anna")
    assert not release(case, "g", actor="anna")
    assert take(case, "g", actor="ben", at=later(1)).person == "ben"


def test_those_that_stand_are_listed_and_those_that_ran_out_are_forgotten(case: Case) -> None:
    take(case, "b", actor="anna", at=NOON)
    take(case, "a", actor="ben", at=later(5))
    assert [(one.name, one.person) for one in leases(case, later(6))] == [("a", "ben"), ("b", "anna")]
    assert [one.name for one in leases(case, later(12))] == ["a"]


@pytest.mark.parametrize("name", ["", "a b", "x" * 129, "\u00e4", "a\n"])
def test_names_of_groups_are_plain(case: Case, name: str) -> None:
    with pytest.raises(UsageError):
        take(case, name, actor="anna")


def test_one_person_does_not_take_everything(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_LEASES == 500
    monkeypatch.setattr("everyframe.review.leases.MOST_LEASES", 2)
    for name in ("a", "b"):
        take(case, name, actor="anna", at=NOON)
    with pytest.raises(UsageError, match="at most"):
        take(case, "c", actor="anna", at=NOON)
    assert take(case, "a", actor="anna", at=later(1)).person == "anna"
    assert take(case, "c", actor="ben", at=NOON).person == "ben"
