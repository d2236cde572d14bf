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


def step(groups: list[Group], path: str, by: int) -> str | None:
    queued = queue(groups)
    here = next((q.query for q in queued if q.group.path == path), "")
    found = next_group(queued, here, by)
    return found.group.path if found else None


def test_next_and_previous_go_round_through_what_has_something_unseen() -> None:
    begun, second, third, last = 'odd " name, (1)', "large new", "large old", "small"
    assert [step(GROUPS, path, 1) for path in ("", begun, second, third, last)] == [begun, second, third, last, begun]
    assert [step(GROUPS, path, -1) for path in (last, third, second, begun)] == [third, second, begun, last]


def test_from_a_group_of_which_everything_was_seen_the_first_that_is_open_comes_next() -> None:
    assert step(GROUPS, "done", 1) == 'odd " name, (1)'
    assert step(GROUPS, "done", -1) == "small"


def test_there_is_no_next_group_only_when_no_other_has_anything_unseen() -> None:
    alone = [Group("A", "here", 5, 2, 5, ""), Group("A", "done", 5, 0, 5, "")]
    assert step(alone, "here", 1) is None
    assert step(alone, "here", -1) is None
    assert step(alone, "done", 1) == "here"
    assert step(alone[1:], "done", 1) is None
