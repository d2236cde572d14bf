"""What looks like what: the perceptual hashes of a case in memory, compared bit by bit; nothing near is left out."""

import threading
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, func, select

from everyframe.errors import UsageError
from everyframe.model.query import Likeness
from everyframe.store import schema

__all__ = ["Alike", "alike"]

M, AUDIT = schema.media, schema.audit
_WORDS: Final = 4


@dataclass(frozen=True, slots=True)
class Alike:
    """Hold what was found, nearest first: ids (N,) int64 of Media, and distances (N,) int16 in bits."""

    ids: NDArray[np.int64]
    distances: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class _Hashes:
    stamp: tuple[int, int]
    ids: NDArray[np.int64]
    words: NDArray[np.uint64]


_KEPT: WeakKeyDictionary[Engine, _Hashes] = WeakKeyDictionary()
_LOCK = threading.Lock()


def alike(connection: Connection, asked: Likeness) -> Alike:
    """Find every Media whose upright picture is within the distance asked for.

    Raises:
        UsageError: the Media that is asked about does not exist, or has no perceptual hash.
    """
    found = _hashes(connection)
    wanted = np.frombuffer(asked.pdq or _hash_of(connection, asked.media_id), dtype=np.uint64)
    distances = np.bitwise_count(found.words ^ wanted).sum(axis=1, dtype=np.int16)
    near = np.flatnonzero(distances <= asked.distance)
    order = near[np.lexsort((found.ids[near], distances[near]))]
    return Alike(found.ids[order], distances[order])


def _hash_of(connection: Connection, media_id: int) -> bytes:
    query = select(func.coalesce(M.c.upright_pdq, M.c.pdq)).where(M.c.id == media_id)
    found = connection.execute(query).scalar_one_or_none()
    if found is None:
        raise UsageError(f"content {media_id} has no perceptual hash to search by")
    return bytes(found)


def _hashes(connection: Connection) -> _Hashes:
    """Give the hashes of the case; read again only when intake has stored something since."""
    last = select(func.coalesce(func.max(M.c.id), 0)).scalar_subquery()
    jobs = select(func.count()).select_from(schema.job).scalar_subquery()
    row = connection.execute(select(last, jobs)).one()
    stamp = (int(row[0]), int(row[1]))
    with _LOCK:
        kept = _KEPT.get(connection.engine)
        if kept is None or kept.stamp != stamp:
            kept = _KEPT[connection.engine] = _read(connection, stamp)
        return kept


def _read(connection: Connection, stamp: tuple[int, int]) -> _Hashes:
    query = select(M.c.id, func.coalesce(M.c.upright_pdq, M.c.pdq)).where(M.c.pdq.is_not(None)).order_by(M.c.id)
    cursor: Any = connection.execute(query).cursor  # the driver's own: a million row objects would cost a second
    ids, hashes = [], []
    for ident, pdq in cursor:
        ids.append(ident)
        hashes.append(pdq)
    words = np.frombuffer(b"".join(hashes), dtype=np.uint64).reshape(-1, _WORDS)
    return _Hashes(stamp, np.array(ids, dtype=np.int64), words)
