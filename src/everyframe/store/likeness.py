"""What looks like what: the perceptual hashes of a case in memory, compared bit by bit; nothing near is left out."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from everyframe.errors import UsageError
from everyframe.model.query import All, Likeness, Node, Term, Value
from everyframe.model.query import Any as AnyOf
from everyframe.store import schema
from everyframe.store.columns import kept

__all__ = ["Alike", "alike", "likeness_in"]

M = schema.media
_WORDS: Final = 4


@dataclass(frozen=True, slots=True)
class Alike:
    """Hold what was found, nearest first: ids (N,) int64 of Media, and distances (N,) int16 in bits."""

    ids: NDArray[np.int64]
    distances: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class _Hashes:
    ids: NDArray[np.int64]
    words: NDArray[np.uint64]


def alike(connection: Connection, asked: Likeness) -> Alike:
    """Find every Media whose upright picture is within the distance asked for.

    Raises:
        UsageError: the Media that is asked about does not exist, or has no perceptual hash.
    """
    found = kept(connection, "hashes", lambda: _read(connection))
    wanted = np.frombuffer(asked.pdq or _hash_of(connection, asked.media_id), dtype=np.uint64)
    distances = np.bitwise_count(found.words ^ wanted).sum(axis=1, dtype=np.int16)
    near = np.flatnonzero(distances <= asked.distance)
    order = near[np.argsort(distances[near], kind="stable")]  # they stand by id
    return Alike(found.ids[order], distances[order])


def likeness_in(node: Node | None) -> Likeness | None:
    """Give the first likeness that a query asks for, or None."""
    match node:
        case Term(values=(Value(data=Likeness() as asked), *_)):
            return asked
        case All(parts) | AnyOf(parts):
            return next((found for part in parts if (found := likeness_in(part))), None)
        case _:
            return None


def _hash_of(connection: Connection, media_id: int) -> bytes:
    query = select(func.coalesce(M.c.upright_pdq, M.c.pdq)).where(M.c.id == media_id)
    found = connection.execute(query).scalar_one_or_none()
    if found is None:
        raise UsageError(f"content {media_id} has no perceptual hash to search by")
    return bytes(found)


def _read(connection: Connection) -> _Hashes:
    query = select(M.c.id, func.coalesce(M.c.upright_pdq, M.c.pdq)).where(M.c.pdq.is_not(None)).order_by(M.c.id)
    cursor: Any = connection.execute(query).cursor  # the driver's own: a million row objects would cost a second
    ids, hashes = [], []
    for ident, pdq in cursor:
        ids.append(ident)
        hashes.append(pdq)
    words = np.frombuffer(b"".join(hashes), dtype=np.uint64).reshape(-1, _WORDS)
    return _Hashes(np.array(ids, dtype=np.int64), words)
