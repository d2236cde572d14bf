"""What matching asks of a case: digests and perceptual hashes of its contents, a batch at a time."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, func, select

from everyframe.store import schema
from everyframe.store.match_schema import turned_hash

__all__ = [
    "DigestBatch",
    "Turned",
    "digest_batch",
    "last_media",
    "turned_batch",
]

M, T = schema.media, turned_hash
SIDES: Final = 8
HASH: Final = 32


@dataclass(frozen=True, slots=True)
class DigestBatch:
    """Hold the digests of N contents, pictures or not: ids (N,), and bytes (N, length) of each algorithm."""

    ids: NDArray[np.int64]
    digests: dict[str, NDArray[np.uint8]]


@dataclass(frozen=True, slots=True)
class Turned:
    """Hold N pictures in eight orientations: ids (N,), hashes (N, 8, 32), quality (N, 8)."""

    ids: NDArray[np.int64]
    hashes: NDArray[np.uint8]
    quality: NDArray[np.uint8]


def last_media(connection: Connection) -> int:
    """Give the highest Media id."""
    return int(connection.execute(select(func.coalesce(func.max(M.c.id), 0))).scalar_one())


def digest_batch(connection: Connection, after: int, limit: int) -> DigestBatch:
    """Give the digests of the next contents after an id."""
    names = ("sha256", "sha1", "md5")
    query = select(M.c.id, *(M.c[n] for n in names)).where(M.c.id > after).order_by(M.c.id).limit(limit)
    rows = _raw(connection, query)
    columns = list(zip(*rows, strict=True)) or [()] * 4
    widths = dict(zip(names, (32, 20, 16), strict=True))
    digests = {n: _bytes(column, widths[n]) for n, column in zip(names, columns[1:], strict=True)}
    return DigestBatch(np.array(columns[0], dtype=np.int64), digests)


def turned_batch(connection: Connection, after: int, limit: int) -> Turned:
    """Give the next pictures that can be matched by their hashes."""
    query = select(T.c.media_id, T.c.hashes, T.c.quality).where(T.c.media_id > after).order_by(T.c.media_id)
    rows = _raw(connection, query.limit(limit))
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    hashes = _bytes(columns[1], SIDES * HASH).reshape(-1, SIDES, HASH)
    return Turned(np.array(columns[0], dtype=np.int64), hashes, _bytes(columns[2], SIDES))


def _raw(connection: Connection, query: Select[Any]) -> list[Any]:
    """Read rows through the driver's own cursor: row objects would cost more than the look-up."""
    rows: Any = connection.execute(query).cursor
    return list(rows)


def _bytes(column: Any, width: int) -> NDArray[np.uint8]:  # noqa: ANN401 - bytes of one length
    return np.frombuffer(b"".join(column), dtype=np.uint8).reshape(-1, width)
