from __future__ import annotations

from everyframe.review.query import parse
from everyframe.review.queue import next_group, queue
from everyframe.store.groups import Group

GROUPS = [
    Group("A", "done", 5, 0, 5, "2025-05-05"),
    Group("A", "small", 3, 3, 3, "2025-01-01"),
    Group("A", "large old", 9, 9, 9, "2024-01-01"),
    Group("A", "large new", 9, 9, 9, "2025-01-01"),
    Group("B", 'odd " name, (1)', 8, 2, 8, ""),
]


def test_what_was_begun_comes_first_then_the_largest_then_the_newest_and_nothing_is_left_out() -> None:
    queued = queue(GROUPS)
    assert [q.group.path for q in queued] == ['odd " name, (1)', "large new", "large old", "small", "done"]
    assert [q.reason for q in queued] == ["begun", "untouched", "untouched", "untouched", "seen"]


def test_each_group_has_a_query_that_can_be_read() -> None:
    assert queue(GROUPS)[0].query == r'within:"B//odd \" name, (1)"'
    for queued in queue(GROUPS):
        parse(queued.query)


def test_next_and_previous_skip_what_was_looked_at() -> None:
    queued = queue(GROUPS)
    names = {q.query: q.group.path for q in queued}

    def step(query: str, by: int) -> str | None:
        found = next_group(queued, query, by)
        return names[found.query] if found else None

    first, second, last, seen = queued[0].query, queued[1].query, queued[3].query, queued[4].query
    assert step("", 1) == names[first]
    assert step(first, 1) == names[second]
    assert step(second, -1) == names[first]
    assert step(last, 1) is None
    assert step(first, -1) is None
    assert step(seen, -1) == names[last]
    assert step(seen, 1) is None
