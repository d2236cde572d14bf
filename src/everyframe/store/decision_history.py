"""Decisions as people look back on them: operation by operation, or all of one Media; and the audit, a page at a time."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from everyframe.store import schema

__all__ = ["Asked", "AuditEntry", "Done", "MediaDecision", "actors", "audit_page", "decisions_of", "operations"]

D, S, A = schema.decision, schema.standing, schema.audit
LONGEST_VALUE = 160


@dataclass(frozen=True, slots=True)
class Done:
    """Hold one operation: a decision on some Media, an undo or a redo.

    Args:
        op: its id.
        kind: ``category``, ``undo`` or ``redo``.
        actor: who.
        at: UTC.
        scheme: of the category.
        code: that was given; of an undo, what the first Media has again.
        media: how many.
        stands: of how many it is in force.
        first: a Media of it.
        last_id: its newest row, by which the next page goes on.
    """

    op: str
    kind: str
    actor: str
    at: str
    scheme: str
    code: str
    media: int
    stands: int
    first: int
    last_id: int


@dataclass(frozen=True, slots=True)
class MediaDecision:
    """Hold one decision on one Media; ``stands`` where it is in force."""

    op: str
    kind: str
    actor: str
    at: str
    scheme: str
    code: str
    stands: bool


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Hold one record of the audit, its facts as short texts."""

    seq: int
    at: str
    actor: str
    action: str
    hash: str
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """Name which records of the audit; what is empty does not narrow.

    Args:
        actor: whose.
        action: an action, or what several begin with, as in ``intake``.
        since: a day, the first.
        until: a day, the last.
        before: the number below which to go on; 0 begins with the newest.
    """

    actor: str = ""
    action: str = ""
    since: str = ""
    until: str = ""
    before: int = 0


def operations(connection: Connection, actor: str, before: int, limit: int) -> list[Done]:
    """Give operations of one person, or of all when empty, newest first, without reading the rows of the large ones."""
    return [done for done, _ in zip(_operations(connection, actor, before), range(limit), strict=False)]


def _operations(connection: Connection, actor: str, before: int) -> Iterator[Done]:
    below = before
    while True:
        where = ([D.c.actor == actor] if actor else []) + ([D.c.id < below] if below else [])
        row = connection.execute(select(D).where(*where).order_by(D.c.id.desc()).limit(1)).one_or_none()
        if row is None:
            return
        rows = (D.c.op == row.op, D.c.actor == row.actor)
        first, count = connection.execute(select(func.min(D.c.id), func.count()).where(*rows)).one()
        joined = D.join(S, S.c.decision_id == D.c.id)
        stands = connection.execute(select(func.count()).select_from(joined).where(*rows)).scalar_one()
        own = (row.op, row.kind, row.actor, row.at, row.scheme, row.code, int(count), int(stands), row.media_id, row.id)
        yield Done(*own)
        below = int(first)


def decisions_of(connection: Connection, media: int, actor: str) -> list[MediaDecision]:
    """Give the decisions on one Media, oldest first: of one person, or of all when empty."""
    query = select(D, S.c.decision_id).outerjoin(S, S.c.decision_id == D.c.id).where(D.c.media_id == media)
    rows = connection.execute((query.where(D.c.actor == actor) if actor else query).order_by(D.c.id))
    return [MediaDecision(r.op, r.kind, r.actor, r.at, r.scheme, r.code, r.decision_id is not None) for r in rows]


def actors(connection: Connection) -> list[str]:
    """Give everybody whose name stands in the audit."""
    return sorted(connection.execute(select(A.c.actor).distinct()).scalars())


def audit_page(connection: Connection, asked: Asked, limit: int) -> list[AuditEntry]:
    """Give records of the audit, newest first."""
    query = select(A).order_by(A.c.seq.desc()).limit(limit)
    if asked.actor:
        query = query.where(A.c.actor == asked.actor)
    if asked.action:
        query = query.where((A.c.action == asked.action) | A.c.action.startswith(f"{asked.action}.", autoescape=True))
    if asked.since:
        query = query.where(A.c.at >= asked.since)
    if asked.until:
        query = query.where(A.c.at < f"{asked.until}U")  # after every time of that day, which go on with a T
    if asked.before:
        query = query.where(A.c.seq < asked.before)
    rows = connection.execute(query)
    return [AuditEntry(r.seq, r.at, r.actor, r.action, bytes(r.hash).hex(), _facts(r.body)) for r in rows]


def _facts(body: str) -> dict[str, str]:
    return {name: _text(value) for name, value in json.loads(body).items()}


def _text(value: Any) -> str:  # noqa: ANN401 - whatever JSON can hold
    if isinstance(value, list) and len(value) > 8:  # noqa: PLR2004 - more is not read in a table
        return f"{json.dumps(value[:8], ensure_ascii=False)[:-1]}, … ({len(value)})"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
