"""Kappa against published examples."""

from __future__ import annotations

import pytest

from everyframe.review.agreement import Agreement, cohen, fleiss, fleiss_by_number, pairs
from everyframe.store.opinions import Opinion

# J. L. Fleiss (1971) as reproduced in textbooks: 14 people, 10 subjects, 5 categories; kappa .210.
FLEISS = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip


def test_fleiss_of_the_published_table() -> None:
    assert fleiss(FLEISS) == pytest.approx(0.210, abs=0.0005)


@pytest.mark.parametrize(
    ("both", "first", "second", "neither", "expected"),
    [
        (20, 5, 10, 15, 0.4),  # the usual textbook example of 50 applications read by two people
        (45, 15, 25, 15, 0.1304),  # two pairs of readers with the same agreement and different kappa
        (25, 35, 5, 35, 0.2593),
    ],
)
def test_cohen_of_published_tables(both: int, first: int, second: int, neither: int, expected: float) -> None:
    ratings = [("y", "y")] * both + [("y", "n")] * first + [("n", "y")] * second + [("n", "n")] * neither
    found = cohen(ratings)
    assert (found.items, found.agreed) == (both + first + second + neither, both + neither)
    assert found.kappa == pytest.approx(expected, abs=0.0001)


def test_the_ends_of_the_scale() -> None:
    assert cohen([("a", "a"), ("b", "b")]).kappa == 1
    assert cohen([("a", "b"), ("b", "a")]).kappa == -1
    assert cohen([]) == Agreement(0, 0, None)
    assert cohen([("a", "a")] * 5) == Agreement(5, 5, None)
    assert fleiss([[2, 0], [0, 2]]) == 1
    assert fleiss([]) is None
    assert fleiss([[3], [3]]) is None


@pytest.mark.parametrize("table", [[[1, 0]], [[2, 0], [2, 1]], [[0]]])
def test_fleiss_needs_the_same_number_of_people_everywhere(table: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="opinions"):
        fleiss(table)


def said(media: int, *opinions: str) -> list[Opinion]:
    return [Opinion(media, actor, "", "s", code) for actor, _, code in (o.partition("=") for o in opinions)]


def test_people_are_paired_whatever_the_order_and_grouped_by_their_number() -> None:
    rated = [said(1, "ben=1", "anna=1"), said(2, "anna=1", "ben=2"), said(3, "cleo=1", "anna=1", "ben=1")]
    found = {(p.first, p.second): p.agreement for p in pairs(rated)}
    assert found["anna", "ben"] == Agreement(3, 2, 0.0)
    assert found["anna", "cleo"] == Agreement(1, 1, None)
    numbers = fleiss_by_number(rated)
    assert {n: items for n, (items, _) in numbers.items()} == {2: 2, 3: 1}
    assert numbers[2][1] == pytest.approx(-1 / 3)
