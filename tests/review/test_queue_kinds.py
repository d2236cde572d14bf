"""The queue by stack and by burst: each picture in one group, and the figures those of a plain count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select, update

from everyframe.review.query import view_of
from everyframe.review.queue import GATHERINGS, kind_of, next_group, queue
from everyframe.store import schema
from everyframe.store.orders import read_order
from everyframe.store.stack_schema import stack_member
from everyframe.store.views import shown

if TYPE_CHECKING:
    from everyframe.review.queue import Queued
    from everyframe.store.case import Case

M, TIME = schema.media, schema.media_time
STACKS = {10: (11, 12, 13), 20: (21,)}
VARIANT = 13
KNOWN = 40  # set aside, in no stack
BURST = {30: "2025:07:01 10:00:00", 31: "2025:07:01 10:00:40", 32: "2025:07:01 10:01:40", 33: "2025:07:01 10:02:41"}


@pytest.fixture
def gathered(case: Case) -> Case:
    """Two stacks, one with a variant; and four pictures of which three were taken in one go."""
    with case.database.write() as connection:
        connection.execute(update(M).where(M.c.id == KNOWN).values(aside=1))
        for head, members in STACKS.items():
            for m in members:
                row: dict[str, object] = {
                    "media_id": m,
                    "representative_id": head,
                    "distance": 8,
                    "by_hand": False,
                    "differs": m == VARIANT,
                }
                connection.execute(insert(stack_member).values(row))
                aside = 0 if m == VARIANT else 2
                connection.execute(update(M).where(M.c.id == m).values(aside=aside, stacked_under=head))
        connection.execute(TIME.delete())
        for media_id, text in BURST.items():
            times: dict[str, object] = {
                "media_id": media_id,
                "ordinal": 0,
                "source": "ExifIFD:DateTimeOriginal",
                "text": text,
            }
            connection.execute(insert(TIME).values(times))
        connection.execute(schema.media_metadata.delete())
        connection.execute(update(M).where(M.c.id.in_((10, 31))).values(looked=True))
    return case


def queued(case: Case, by: str) -> list[Queued]:
    with case.database.read() as connection:
        return queue(GATHERINGS[by](connection, ()))


def listed(case: Case, text: str) -> set[int]:
    with case.database.read() as connection:
        return {int(i) for i in read_order(connection, view_of({"q": text}), case.scheme.id, ()).ids}


def everything(case: Case) -> set[int]:
    with case.database.read() as connection:
        return set(connection.execute(select(M.c.id).where(shown())).scalars())


def test_stacks_are_groups_and_a_look_at_the_one_on_top_leaves_only_what_differs(gathered: Case) -> None:
    found = {q.group.key: q for q in queued(gathered, "stack")}
    assert set(found) == {10, 20, 0}
    assert (found[10].group.media, found[10].group.unseen, found[10].reason) == (4, 1, "untouched")
    assert (found[20].group.media, found[20].group.unseen) == (2, 1)
    assert [found[k].query for k in (10, 20, 0)] == ["stack:10", "stack:20", "stack:none"]
    assert listed(gathered, "stack:10") == {10, 11, 12, 13}
    assert listed(gathered, "stack:none") == everything(gathered) - {10, 13, 20}
    assert found[0].group.media == len(listed(gathered, "stack:none"))
    assert [q.group.key for q in queued(gathered, "stack")] == [10, 20, 0]


def test_bursts_end_where_nothing_was_taken_for_more_than_a_minute(gathered: Case) -> None:
    found = {q.group.key: q for q in queued(gathered, "burst")}
    assert set(found) == {30, 0}
    assert (found[30].group.media, found[30].group.unseen, found[30].reason) == (3, 2, "begun")
    assert found[30].group.newest == "2025-07-01T10:00:00"
    assert listed(gathered, "burst:31") == {30, 31, 32}
    assert 33 in listed(gathered, "burst:none")
    assert found[0].group.media == len(listed(gathered, "burst:none"))


@pytest.mark.parametrize("by", list(GATHERINGS))
def test_each_picture_of_the_grid_is_in_one_group(gathered: Case, by: str) -> None:
    groups = [listed(gathered, q.query) & everything(gathered) for q in queued(gathered, by)]
    assert set().union(*groups) == everything(gathered)
    assert sum(map(len, groups)) == len(everything(gathered))


@pytest.mark.parametrize("by", ["stack", "burst"])
def test_next_stays_with_the_kind_and_passes_over_what_somebody_else_has(gathered: Case, by: str) -> None:
    found = queued(gathered, by)
    first = next_group(found, "", 1)
    assert first is not None
    assert kind_of(first.query) == by
    following = next_group(found, first.query, 1)
    assert following is not None
    passed = next_group(found, first.query, 1, [following.lease])
    assert passed is None or passed.query not in (first.query, following.query)
    assert kind_of("within:x//y") == "folder"
