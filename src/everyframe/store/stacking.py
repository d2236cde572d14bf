"""What stacks need of a case, and what is kept of them: pictures in, members and comparisons out."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, and_, delete, exists, false, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from everyframe.audit.chain import canonical
from everyframe.model.features import LEAST_QUALITY
from everyframe.model.states import MediaKind, MediaOutcome
from everyframe.store import folding, schema
from everyframe.store.match_schema import turned_hash
from everyframe.store.stack_schema import stack_comparison, stack_member

__all__ = [
    "Candidates",
    "Compared",
    "MemberRow",
    "add_comparisons",
    "compared",
    "members_digest",
    "put_members",
    "read_candidates",
    "stacked_value",
]

M, F, T, X, H = schema.media, schema.media_file, stack_member, stack_comparison, turned_hash
HASH: Final = 32
TURNS: Final = 8
_CHUNK: Final = 20_000
Exposure = tuple[str, str, str, str]
Row = tuple[
    int, bytes, bytes | None, bytes | None, int, int, int, bytes, str | None, str | None, str | None, str | None
]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Hold the N pictures that may be stacked, by id.

    Args:
        ids: (N,) int64.
        hashes: (N, 8, 32) uint8, of the upright picture in its eight orientations; one that is not known, or too plain, is as
            that of the picture as it is.
        quality: (N,) uint8.
        pixels: (N,) int64, width times height.
        sizes: (N,) int64, bytes.
        sha256: (N, 32) uint8.
        has_metadata: (N,) whether the file names a camera.
        exposures: make, model, body serial and original time as recorded, or None where no such time is recorded.
    """

    ids: NDArray[np.int64]
    hashes: NDArray[np.uint8]
    quality: NDArray[np.uint8]
    pixels: NDArray[np.int64]
    sizes: NDArray[np.int64]
    sha256: NDArray[np.uint8]
    has_metadata: NDArray[np.bool_]
    exposures: list[Exposure | None]


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Hold a member: its representative, bits between them, and whether a person put it there, and it shows otherwise.

    ``turn`` is the orientation (1-8) to which the representative is brought to lie like the member.
    """

    media_id: int
    representative_id: int
    distance: int
    turn: int
    by_hand: bool
    differs: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """Hold a comparison of two pictures; without figures it could not be made, and counts as a difference."""

    media_id: int
    other_id: int
    differs: bool
    stretch: float | None
    difference: float | None


def read_candidates(connection: Connection) -> Candidates:
    """Read the pictures that may be stacked: shown by one frame, not known, not excluded, not folded already."""
    count = connection.execute(select(func.count()).select_from(M).where(_candidate())).scalar_one()
    found = Candidates(
        np.zeros(count, np.int64),
        np.zeros((count, TURNS, HASH), np.uint8),
        np.zeros(count, np.uint8),
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
        np.zeros((count, HASH), np.uint8),
        np.zeros(count, bool),
        [],
    )
    at = 0
    for rows in _chunks(connection):
        _fill(found, at, rows)
        at += len(rows)
    return found


def _fill(found: Candidates, at: int, rows: Sequence[Row]) -> None:
    ids, upright, turned, fine, quality, pixels, sizes, sha256, make, model, serial, taken = zip(*rows, strict=True)
    part = slice(at, at + len(rows))
    found.ids[part], found.quality[part], found.pixels[part], found.sizes[part] = ids, quality, pixels, sizes
    found.sha256[part] = _table(sha256, HASH)
    own = _table(upright, HASH)[:, None]
    ways = _table([t or bytes(TURNS * HASH) for t in turned], TURNS * HASH).reshape(-1, TURNS, HASH)
    usable = _table([f or bytes(TURNS) for f in fine], TURNS) >= LEAST_QUALITY
    found.hashes[part] = np.where(usable[:, :, None], ways, own)
    found.hashes[part, :1] = own
    found.has_metadata[part] = [bool(m or n) for m, n in zip(make, model, strict=True)]
    each = zip(make, model, serial, taken, strict=True)
    found.exposures.extend((m or "", n or "", s or "", t) if t else None for m, n, s, t in each)


def _table(blobs: Sequence[bytes], width: int) -> NDArray[np.uint8]:
    return np.frombuffer(b"".join(blobs), np.uint8).reshape(-1, width)


def _chunks(connection: Connection) -> Iterator[Sequence[Row]]:
    t, w = schema.media_metadata, schema.media_time
    original = select(w.c.text).where(w.c.media_id == M.c.id, w.c.source.like("%:DateTimeOriginal"))
    taken = original.order_by(w.c.ordinal).limit(1).correlate(M).scalar_subquery()
    hashes = (func.coalesce(M.c.upright_pdq, M.c.pdq), H.c.hashes, H.c.quality)
    quality = func.coalesce(M.c.upright_quality, M.c.pdq_quality, 0)
    pixels = func.coalesce(M.c.width, 0) * func.coalesce(M.c.height, 0)
    query = select(M.c.id, *hashes, quality, pixels, M.c.size, M.c.sha256, t.c.make, t.c.model, t.c.serial, taken)
    query = (
        query.outerjoin(t, t.c.media_id == M.c.id)
        .outerjoin(H, H.c.media_id == M.c.id)
        .where(_candidate())
        .order_by(M.c.id)
    )
    rows: Any = connection.execute(query).cursor
    while chunk := rows.fetchmany(_CHUNK):
        yield chunk


def _candidate() -> ColumnElement[bool]:
    """Say what may be stacked. Of several frames, one says too little of the others."""
    image = and_(M.c.kind == MediaKind.IMAGE, M.c.outcome == MediaOutcome.VIEWABLE, M.c.pdq.is_not(None))
    single = or_(M.c.frames.is_(None), M.c.frames <= 1)
    open_file = exists().where(F.c.media_id == M.c.id, F.c.exclusion_id.is_(None))
    return and_(image, single, M.c.folded == false(), M.c.known_by.is_(None), open_file)


def compared(connection: Connection) -> dict[tuple[int, int], bool]:
    """Give which pairs were compared before, and whether they show something else."""
    rows: Any = connection.execute(select(X.c.media_id, X.c.other_id, X.c.differs)).cursor
    return {(one, other): bool(differs) for one, other, differs in rows}


def add_comparisons(connection: Connection, rows: Sequence[Compared]) -> None:
    """Keep comparisons, so that a later run need not make them again."""
    if rows:
        values = [{name: getattr(r, name) for name in Compared.__slots__} for r in rows]
        connection.execute(upsert(X).on_conflict_do_nothing(), values)


def put_members(connection: Connection, rows: Sequence[MemberRow]) -> None:
    """Put the members in place of those before, with the summaries that follow from them."""
    connection.execute(delete(T))
    if rows:
        connection.execute(insert(T), [{name: getattr(r, name) for name in MemberRow.__slots__} for r in rows])
    value = stacked_value()
    some = or_(M.c.stacked_under.is_not(None), M.c.id.in_(select(T.c.media_id)))
    connection.execute(update(M).where(some, M.c.stacked_under.is_distinct_from(value)).values(stacked_under=value))
    folding.settle_aside(connection)


def stacked_value() -> ColumnElement[int | None]:
    """Give what ``media.stacked_under`` must be: a member that shows something else stands for itself."""
    own = select(T.c.representative_id).where(T.c.media_id == M.c.id, T.c.differs == false())
    return own.correlate(M).scalar_subquery()


def members_digest(connection: Connection) -> str:
    """Digest every member: SHA-256 over canonical JSON, a line a member."""
    total = hashlib.sha256()
    for row in connection.execute(select(T).order_by(T.c.media_id).execution_options(yield_per=2000)):
        total.update(canonical(list(row)).encode() + b"\n")
    return total.hexdigest()
