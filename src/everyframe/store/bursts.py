"""Bursts: pictures that one camera took in one go, by the times that the pictures record."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from everyframe.model.states import MediaKind, MediaOutcome
from everyframe.store import schema
from everyframe.store.columns import Ids, kept

__all__ = ["BURST_SECONDS", "Bursts", "members", "read_bursts"]

M, F, META, TIME = schema.media, schema.media_file, schema.media_metadata, schema.media_time
#: A longer pause begins another burst.
BURST_SECONDS: Final = 60
#: The clocks of the moment a picture was taken, the best first; a time of editing says nothing of it.
CLOCKS: Final = ("DateTimeOriginal", "CreateDate", "MediaCreateDate")
Seconds = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Bursts:
    """Hold every burst of two or more.

    Args:
        media: (N,) the Media in them.
        codes: (N,) the place of the burst of each.
        first: (B,) the Media that begins each burst; the earliest, and of those the lowest number.
        begins: when each burst begins, as recorded.
    """

    media: Ids
    codes: Ids
    first: Ids
    begins: list[str]


def members(connection: Connection, media_id: int) -> list[int]:
    """Give the burst that a Media stands in, or with 0 all that stand in any."""
    found = read_bursts(connection)
    if not media_id:
        return [int(i) for i in found.media]
    code = found.codes[found.media == media_id]
    chosen = found.media[found.codes == code[0]] if code.size else np.array([media_id])
    return [int(i) for i in chosen]


def read_bursts(connection: Connection) -> Bursts:
    """Read the bursts of the case; kept until intake has stored something since."""
    return kept(connection, "bursts", lambda: _read(connection))


def _read(connection: Connection) -> Bursts:
    cameras: dict[tuple[Any, ...], int] = {}
    rows: dict[int, tuple[int, int, str]] = {}
    for media_id, source, text, exhibit, *camera in _times(connection):
        rank = _rank(source)
        if rank is not None and (media_id not in rows or rank < rows[media_id][0]):
            rows[media_id] = (rank, cameras.setdefault((exhibit, *camera), len(cameras)), text)
    ids = np.fromiter(rows, np.int64, len(rows))
    camera_of = np.fromiter((r[1] for r in rows.values()), np.int64, len(rows))
    texts = [_local(r[2]) for r in rows.values()]
    at = np.array([_seconds(text) for text in texts], np.int64)
    order = np.lexsort((ids, at, camera_of))
    order = order[at[order] >= 0]
    if not order.size:
        none = np.empty(0, np.int32)
        return Bursts(none, none, none, [])
    fresh = np.ones(len(order), bool)
    same = camera_of[order][1:] == camera_of[order][:-1]
    fresh[1:] = ~same | (np.diff(at[order]) > BURST_SECONDS)
    code = np.cumsum(fresh) - 1
    several = np.bincount(code)[code] > 1
    order, code = order[several], code[several]
    _, starts, codes = np.unique(code, return_index=True, return_inverse=True)
    first = order[starts]
    return Bursts(
        ids[order].astype(np.int32), codes.astype(np.int32), ids[first].astype(np.int32), [texts[i] for i in first]
    )


def _times(connection: Connection) -> Any:  # noqa: ANN401 - the driver's own rows
    columns = (TIME.c.media_id, TIME.c.source, TIME.c.text, F.c.exhibit_id, META.c.make, META.c.model, META.c.serial)
    query = (
        select(*columns)
        .join(M, M.c.id == TIME.c.media_id)
        .join(F, F.c.id == M.c.first_file_id)
        .outerjoin(META, META.c.media_id == M.c.id)
        .where(M.c.outcome == MediaOutcome.VIEWABLE, M.c.folded.is_(False), M.c.kind == MediaKind.IMAGE)
        .order_by(TIME.c.media_id, TIME.c.ordinal)
    )
    return connection.execute(query).cursor


def _rank(source: str) -> int | None:
    name = source.rpartition(":")[2]
    return CLOCKS.index(name) if name in CLOCKS else None


def _local(text: str) -> str:
    """Give a recorded time as text that numpy reads; the offset from UTC is left out, the camera being the same."""
    return f"{text[:10].replace(':', '-')}T{text[11:19]}"


def _seconds(text: str) -> int:
    """Give the seconds since 1970 of a local time, or -1 where it is none."""
    try:
        return max(-1, int(np.datetime64(text, "s").astype(np.int64)))
    except ValueError:
        return -1
