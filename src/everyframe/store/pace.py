"""What the looks tell of the pace: who looked at how much when, and what was found in which order."""

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, func, select

from everyframe.store import schema

__all__ = ["Spell", "first_looks", "spells"]

L = schema.look
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Spell:
    """Hold one batch of looks: who, when (seconds since 1970), how many Media looked at for the first time, time on screen."""

    actor: str
    at: float
    first: int
    seconds: float


def spells(connection: Connection) -> list[Spell]:
    """Give every batch of looks, oldest first."""
    first = select(func.min(L.c.id).label("id")).group_by(L.c.media_id).subquery()
    columns = (L.c.actor, func.min(L.c.at), func.count(first.c.id), func.max(L.c.duration_ms) / 1000.0)
    query = select(*columns).outerjoin(first, first.c.id == L.c.id).group_by(L.c.op).order_by(func.min(L.c.id))
    rows: Any = connection.execute(query).cursor
    return [Spell(actor, _instant(at), number, float(span)) for actor, at, number, span in rows]


def _instant(text: str) -> float:
    return float(np.datetime64(text[:23], "ms").astype(np.int64)) / 1000


def first_looks(connection: Connection) -> Ids:
    """Give the Media that were looked at, in the order of their first looks."""
    query = select(L.c.media_id).group_by(L.c.media_id).order_by(func.min(L.c.id))
    rows: Any = connection.execute(query).cursor
    return np.fromiter(itertools.chain.from_iterable(rows), np.int64)
