"""Decisions in the order in which they were made, an operation at a time: what others' screens are told."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from everyframe.store import schema

__all__ = ["MOST_IDS", "Happened", "decided_since"]

D = schema.decision
MOST_IDS = 1000


@dataclass(frozen=True, slots=True)
class Happened:
    """Hold one operation on decisions.

    Args:
        id: number of its last decision.
        op: its operation id.
        kind: category, undo or redo.
        actor: who.
        at: when.
        count: how many Media it concerns.
        rows: Media, scheme and code that it brought in force, for the first ``MOST_IDS``.
    """

    id: int
    op: str
    kind: str
    actor: str
    at: str
    count: int
    rows: list[tuple[int, str, str]]


def decided_since(connection: Connection, after: int, most: int) -> list[Happened]:
    """Give the operations whose decisions are numbered above ``after``, at most so many, oldest first."""
    columns = (func.max(D.c.id), D.c.op, D.c.kind, D.c.actor, D.c.at, func.count(), func.min(D.c.id))
    only = (func.max(D.c.media_id), func.max(D.c.scheme), func.max(D.c.code))  # those of the one row, mostly
    query = select(*columns, *only).where(D.c.id > after).group_by(D.c.op).order_by(func.max(D.c.id)).limit(most)
    return [
        Happened(last, op, kind, actor, at, count, [tuple(one)] if count == 1 else _rows(connection, first, last))
        for last, op, kind, actor, at, count, first, *one in connection.execute(query)
    ]


def _rows(connection: Connection, first: int, last: int) -> list[tuple[int, str, str]]:
    """Read the rows of an operation; they are numbered without gaps, being stored in one transaction."""
    query = select(D.c.media_id, D.c.scheme, D.c.code).where(D.c.id.between(first, last)).order_by(D.c.id)
    return [(r[0], r[1], r[2]) for r in connection.execute(query.limit(MOST_IDS))]
