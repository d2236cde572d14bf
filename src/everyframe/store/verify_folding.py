"""Checks of what known sets and stacks say: summaries against rows, and rows against the audit."""

import json
from collections.abc import Callable, Iterator

from sqlalchemy import ColumnElement, Connection, func, select

from everyframe.store import folding, known_facts, schema, stacking
from everyframe.store.match_schema import known_choice, known_hit, known_set
from everyframe.store.stack_schema import stack_member

__all__ = ["KNOWN_CHECKS", "STACK_CHECKS"]

M, H, S, C, T = schema.media, known_hit, known_set, known_choice, stack_member
MOST = 1000
Check = Callable[[Connection], Iterator[str]]


def _hits(connection: Connection) -> Iterator[str]:
    """Hold the hits against the digest that the last run left, unless one is going on or was stopped."""
    last = _newest(connection, "match.start", "match.end")
    if last and last[0] == "match.end" and json.loads(last[1])["digest"] != known_facts.hits_digest(connection):
        yield "the hits in known sets are not those that matching stored"


def _choices(connection: Connection) -> Iterator[str]:
    """Hold which sets are left out against the choices, and these against the audit."""
    a = schema.audit.c
    bodies = connection.execute(select(a.body).where(a.action == "match.choice").order_by(a.seq)).scalars()
    recorded = [(b["set"], b["kind"], b["why"]) for b in map(json.loads, bodies)]
    rows = [tuple(r) for r in connection.execute(select(C.c.ident, C.c.kind, C.c.why).order_by(C.c.id))]
    if rows != recorded:
        yield "the choices of known sets are not those that were recorded"
    newest = {ident: kind == "without" for ident, kind, _ in rows}
    for known in known_facts.read_sets(connection):
        if known.left_out != newest.get(known.ident, False):
            yield f"known set {known.ident}: is {'' if known.left_out else 'not '}left out, but the choices say otherwise"


def _known(connection: Connection) -> Iterator[str]:
    yield from _differing(connection, M.c.known_by, known_facts.known_value(), "its known set is not what the hits say")


def _members(connection: Connection) -> Iterator[str]:
    last = _newest(connection, "stacks.fold")
    if last and json.loads(last[1])["digest"] != stacking.members_digest(connection):
        yield "the stacks are not those that were stored"


def _stacked(connection: Connection) -> Iterator[str]:
    words = "what it is folded under is not what its stack says"
    yield from _differing(connection, M.c.stacked_under, stacking.stacked_value(), words)
    yield from _differing(connection, M.c.aside, folding.aside_value(), "whether the grid leaves it out is wrong")


def _differing(
    connection: Connection,
    column: ColumnElement[int],
    value: ColumnElement[int | None] | ColumnElement[int],
    words: str,
) -> Iterator[str]:
    for (ident,) in connection.execute(select(M.c.id).where(column.is_distinct_from(value)).limit(MOST)):
        yield f"media {ident}: {words}"


def _newest(connection: Connection, *actions: str) -> tuple[str, str] | None:
    a = schema.audit.c
    newest = select(func.max(a.seq)).where(a.action.in_(actions)).scalar_subquery()
    row = connection.execute(select(a.action, a.body).where(a.seq == newest)).one_or_none()
    return (row.action, row.body) if row else None


KNOWN_CHECKS: tuple[Check, ...] = (_hits, _choices, _known)
STACK_CHECKS: tuple[Check, ...] = (_members, _stacked)
