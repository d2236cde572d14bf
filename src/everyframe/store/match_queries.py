"""What matching asks of a case: digests and perceptual hashes of its contents, a batch at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Select, and_, func, insert, or_, select

from everyframe.model.states import MediaKind, MediaOutcome
from everyframe.store import schema
from everyframe.store.match_schema import turned_hash
from everyframe.store.packs import Place

__all__ = [
    "DigestBatch",
    "Turned",
    "Unturned",
    "add_turned",
    "digest_batch",
    "last_media",
    "left_to_turn",
    "turned_batch",
    "unturned",
]

M, P, T = schema.media, schema.preview, turned_hash
SIDES: Final = 8
HASH: Final = 32


@dataclass(frozen=True, slots=True)
class DigestBatch:
    """Hold the digests of N contents, pictures or not: ids (N,), and bytes (N, length) of each algorithm."""

    ids: NDArray[np.int64]
    digests: dict[str, NDArray[np.uint8]]


@dataclass(frozen=True, slots=True)
class Unturned:
    """Hold a picture whose turned hashes are still to be computed, with where its large preview is.

    ``pdq`` is the hash as stored, with its quality; ``upright_pdq`` that of the upright picture, where it was turned.
    """

    media_id: int
    orientation: int
    pdq: bytes
    quality: int
    upright_pdq: bytes | None
    upright_quality: int | None
    place: Place | None


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


def left_to_turn(connection: Connection) -> tuple[int, int]:
    """Give how many pictures have no turned hashes yet, and the lowest id of them (0 when there are none)."""
    row = connection.execute(select(func.count(), func.coalesce(func.min(M.c.id), 0)).where(_to_turn())).one()
    return int(row[0]), int(row[1])


def unturned(connection: Connection, after: int, limit: int) -> list[Unturned]:
    """Give the next pictures that have no turned hashes yet."""
    hashed = (M.c.orientation, M.c.pdq, M.c.pdq_quality, M.c.upright_pdq, M.c.upright_quality)
    preview = and_(P.c.media_id == M.c.id, P.c.role == "viewer", P.c.ordinal == 0)
    query = select(M.c.id, *hashed, P.c.pack, P.c.offset, P.c.length).outerjoin(P, preview)
    query = query.where(_to_turn(), M.c.id > after).order_by(M.c.id).limit(limit)
    return [
        Unturned(r[0], r[1] or 1, r[2], r[3] or 0, r[4], r[5], (r[6], r[7], r[8]) if r[6] is not None else None)
        for r in connection.execute(query)
    ]


def add_turned(connection: Connection, rows: Iterable[tuple[int, bytes, bytes]]) -> None:
    """Store the hashes (256 bytes) and qualities (8 bytes) of pictures in eight orientations."""
    values = [{"media_id": m, "hashes": h, "quality": q} for m, h, q in rows]
    if values:
        connection.execute(insert(T), values)


def turned_batch(connection: Connection, after: int, limit: int) -> Turned:
    """Give the next pictures that can be matched by their hashes."""
    query = select(T.c.media_id, T.c.hashes, T.c.quality).where(T.c.media_id > after).order_by(T.c.media_id)
    rows = _raw(connection, query.limit(limit))
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    hashes = _bytes(columns[1], SIDES * HASH).reshape(-1, SIDES, HASH)
    return Turned(np.array(columns[0], dtype=np.int64), hashes, _bytes(columns[2], SIDES))


def _to_turn() -> ColumnElement[bool]:
    """Say which pictures can be matched by hash and have no turned hashes yet; plain ones are never matched."""
    fine = or_(M.c.pdq_quality >= 50, M.c.upright_quality >= 50)  # noqa: PLR2004 - as known.nearest.LEAST_QUALITY
    image = (M.c.kind == MediaKind.IMAGE, M.c.outcome == MediaOutcome.VIEWABLE, M.c.pdq.is_not(None))
    return and_(*image, fine, M.c.id.not_in(select(T.c.media_id)))


def _raw(connection: Connection, query: Select[Any]) -> list[Any]:
    """Read rows through the driver's own cursor: row objects would cost more than the look-up."""
    rows: Any = connection.execute(query).cursor
    return list(rows)


def _bytes(column: Any, width: int) -> NDArray[np.uint8]:  # noqa: ANN401 - bytes of one length
    return np.frombuffer(b"".join(column), dtype=np.uint8).reshape(-1, width)
