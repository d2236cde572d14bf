"""What is known, by the set that accounts for it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from everyframe.model.account import KnownTally
from everyframe.model.states import State
from everyframe.store import folding, schema
from everyframe.store.match_schema import known_set

__all__ = ["tallies"]

F = schema.media_file


def tallies(
    connection: Connection, with_state: Callable[..., Select[Any]], state: ColumnElement[str]
) -> dict[int | None, tuple[KnownTally, ...]]:
    """Count the files that are ``known`` by set, for each exhibit, and for the case under None.

    Args:
        connection: to read.
        with_state: selects over every MediaFile, as ``account.with_state``.
        state: the state of a file.
    """
    sets = {r.id: r for r in connection.execute(select(known_set).order_by(known_set.c.id))}
    if not sets:
        return {}
    by, numbers = folding.known_set_of().label("by"), (func.count(), func.count(F.c.media_id.distinct()))
    its = select(schema.media.c.id).where(schema.media.c.known_by.is_not(None))
    where = (state == State.KNOWN, or_(F.c.media_id.in_(its), F.c.folded_under.in_(its)))
    parts = with_state(F.c.exhibit_id, by, *numbers).where(*where).group_by(F.c.exhibit_id, by)
    whole = with_state(by, *numbers).where(*where).group_by(by)
    rows = [tuple(r) for r in connection.execute(parts)] + [(None, *r) for r in connection.execute(whole)]
    found: dict[int | None, list[KnownTally]] = {}
    for exhibit, ident, files, media in sorted(rows, key=lambda r: r[1]):
        known = sets[ident]
        found.setdefault(exhibit, []).append(KnownTally(known.name, known.version, known.kind, files, media))
    return {exhibit: tuple(each) for exhibit, each in found.items()}
