"""What the looks tell of the pace: who looked at how much when, and what was found in which order."""

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, exists, func, select

from everyframe.store import schema

__all__ = ["Spell", "first_looks", "spells"]

L = schema.look
_BEFORE = L.alias("before")
_EARLIER = (_BEFORE.c.media_id == L.c.media_id) & (_BEFORE.c.id < L.c.id)
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Spell:
    """Hold one batch of looks: who, when (seconds since 1970), how many Media looked at for the first time, time on screen."""

    actor: str
    at: float
    first: int
    seconds: float


def spells(connection: Connection, actor: str = "", newest: int = 0) -> list[Spell]:
    """Give batches of looks, oldest first.

    Args:
        connection: reading.
        actor: only theirs; everybody's when empty.
        newest: only those among so many of their newest looks; all when 0.
    """
    columns = (L.c.actor, func.min(L.c.at), func.sum(~exists().where(_EARLIER)), func.max(L.c.duration_ms) / 1000.0)
    query = select(*columns).group_by(L.c.op).order_by(func.min(L.c.id))
    if actor:
        query = query.where(L.c.actor == actor)
    if newest:
        theirs = select(L.c.id).where(L.c.actor == actor) if actor else select(L.c.id)
        last = theirs.order_by(L.c.id.desc()).limit(newest).subquery()
        query = query.where(L.c.id >= select(func.min(last.c.id)).scalar_subquery())
    rows: Any = connection.execute(query).cursor
    return [Spell(actor, _instant(at), number, float(span)) for actor, at, number, span in rows]


def _instant(text: str) -> float:
    return float(np.datetime64(text[:23], "ms").astype(np.int64)) / 1000


def first_looks(connection: Connection) -> Ids:
    """Give the Media that were looked at, in the order of their first looks."""
    query = select(L.c.media_id).group_by(L.c.media_id).order_by(func.min(L.c.id))
    rows: Any = connection.execute(query).cursor
    return np.fromiter(itertools.chain.from_iterable(rows), np.int64)
