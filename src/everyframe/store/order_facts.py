"""What the order knows of each picture that stands in the grid: stored facts as columns, a row a Media."""

import itertools
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Row, Select, func, or_, select

from everyframe.model.states import MediaKind, Provenance
from everyframe.store import order_links, order_schema, schema
from everyframe.store.views import unfolded

__all__ = [
    "Codes",
    "Column",
    "Facts",
    "code_column",
    "media_by_path",
    "read_facts",
    "read_labels",
    "read_looks",
    "read_traits",
]

M, F, T, S = schema.media, schema.media_file, schema.media_metadata, schema.standing
Codes = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.int64]
FETCHED = 20_000


@dataclass(frozen=True, slots=True)
class Column:
    """Hold one column of names: the code of each row (int32, -1 for none), and the name of each code."""

    codes: Codes
    names: list[Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """Hold N rows, ascending by ``ids``.

    Args:
        ids: (N,) of Media.
        group: (N,) row of the one that stands for it: itself, or the representative of its stack.
        known: (N,) whether a known set has it; None where nothing was looked up.
        film: (N,) whether it is a film.
        sound: (N,) whether it has sound.
        differs: (N,) whether an embedded picture shows something else.
        recovered: (N,) whether it was deleted or carved.
        pixels: (N,) width and height in one number, 0 for none.
        taken: (N,) seconds since 1970 by the camera's own clock; NaN for none.
        place: (N, 2) degrees north and east; NaN for none.
        folder: names are (exhibit, folder's path in bytes).
        camera: names are (make, model, serial).
        mime: names are MIME types.
        software: names as recorded.
        links: further columns that grouping gives: what shares a code belongs together.
    """

    ids: Ids
    group: Ids
    known: Bools | None
    film: Bools
    sound: Bools
    differs: Bools
    recovered: Bools
    pixels: Ids
    taken: npt.NDArray[np.float64]
    place: npt.NDArray[np.float64]
    folder: Column
    camera: Column
    mime: Column
    software: Column
    links: dict[str, Column]

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self, ids: npt.ArrayLike) -> Ids:
        """Give the row of each id that has one; the others are left out."""
        wanted = np.asarray(ids, np.int64)
        at = np.searchsorted(self.ids, wanted)
        at[at == len(self.ids)] = 0
        return at[self.ids[at] == wanted] if len(self.ids) else at[:0]


def code_column(values: Iterable[Hashable | None], count: int) -> Column:
    """Number the values of a column; None is -1."""
    numbers: dict[Hashable, int] = {}
    found = (-1 if v is None else numbers.setdefault(v, len(numbers)) for v in values)
    return Column(np.fromiter(found, np.int32, count), list(numbers))


def read_facts(connection: Connection) -> Facts:
    """Read the facts; a million rows take some seconds and 300 MB while they are read."""
    columns = _columns(connection, _query())
    ids = np.array(columns[0], np.int64)
    n = len(ids)
    kinds, provenance = columns[1], columns[5]
    taken, differs = _spread(ids, _times(connection)), np.isin(ids, _differing(connection))
    wide, tall = (np.array([v or 0 for v in columns[c]], np.int64) for c in (2, 3))
    place = np.array([columns[11], columns[12]], np.float64).reshape(2, n).T
    return Facts(
        ids=ids,
        group=order_links.read_groups(connection, ids),
        known=order_links.read_known(connection, ids),
        film=np.array([k == MediaKind.VIDEO for k in kinds], bool),
        sound=np.array([bool(a) for a in columns[4]], bool),
        differs=differs,
        recovered=np.array([p in (Provenance.DELETED, Provenance.CARVED) for p in provenance], bool),
        pixels=wide << 20 | tall,
        taken=taken,
        place=place,
        folder=code_column(_folders(columns[6], columns[7]), n),
        camera=code_column(_cameras(columns[8], columns[9], columns[10]), n),
        mime=code_column(columns[13], n),
        software=code_column((s or None for s in columns[14]), n),
        links={name: code_column(values, n) for name, values in order_links.read_links(connection, ids).items()},
    )


def _query() -> Select[Any]:
    joined = M.join(F, F.c.id == M.c.first_file_id).outerjoin(T, T.c.media_id == M.c.id)
    own = (M.c.id, M.c.kind, M.c.width, M.c.height, M.c.audio_codec, F.c.provenance, F.c.exhibit_id, F.c.path)
    made = (T.c.make, T.c.model, T.c.serial, T.c.latitude, T.c.longitude, M.c.mime, T.c.software)
    return select(*own, *made).select_from(joined).where(unfolded()).order_by(M.c.id)


def _columns(connection: Connection, query: Select[Any]) -> list[list[Any]]:
    """Read a query column by column through the driver's own cursor."""
    cursor: Any = connection.execute(query).cursor
    columns: list[list[Any]] = [[] for _ in query.selected_columns]
    while rows := cursor.fetchmany(FETCHED):
        for column, values in zip(columns, zip(*rows, strict=True), strict=True):
            column.extend(values)
    return columns


def _folders(exhibits: Sequence[int], paths: Sequence[bytes]) -> Iterator[tuple[int, bytes]]:
    return ((e, bytes(p).rpartition(b"/")[0]) for e, p in zip(exhibits, paths, strict=True))


def _cameras(*parts: Sequence[str | None]) -> Iterator[tuple[str, ...] | None]:
    """Name bodies; what has neither model nor serial number names none."""
    for make, model, serial in zip(*parts, strict=True):
        yield (make or "", model or "", serial or "") if model or serial else None


def _times(connection: Connection) -> list[tuple[int, float]]:
    """Give when each was taken, as the camera recorded it."""
    t = schema.media_time
    original = or_(t.c.source.like("%:DateTimeOriginal"), t.c.source.like("%:CreateDate"))
    query = select(t.c.media_id, func.min(t.c.text)).where(original).group_by(t.c.media_id)
    rows: Any = connection.execute(query).cursor
    return [(ident, _seconds(text)) for ident, text in rows]


def _seconds(text: str) -> float:
    """Read the local time that a text begins with; NaN when it has none."""
    digits = text[:19].replace(":", "-").replace("T", " ").replace("/", "-").replace(".", "-")
    form = f"{digits[:10]}T{digits[11:19].replace('-', ':')}"
    try:
        return float(np.datetime64(form, "s").astype(np.int64))
    except ValueError:
        return float("nan")


def _differing(connection: Connection) -> Ids:
    e = schema.embedding
    return np.fromiter(connection.execute(select(e.c.media_id).where(e.c.differs)).scalars(), np.int64)


def _spread(ids: Ids, pairs: Sequence[tuple[int, float]]) -> npt.NDArray[np.float64]:
    found = np.full(len(ids), np.nan)
    if pairs and len(ids):
        keys = np.array([p[0] for p in pairs], np.int64)
        at = np.minimum(np.searchsorted(ids, keys), len(ids) - 1)
        hit = ids[at] == keys
        found[at[hit]] = np.array([p[1] for p in pairs])[hit]
    return found


def read_looks(connection: Connection) -> Ids:
    """Give the ids of what somebody has looked at, ascending."""
    rows: Any = connection.execute(select(M.c.id).where(M.c.looked, unfolded()).order_by(M.c.id)).cursor
    return np.fromiter(itertools.chain.from_iterable(rows), np.int64)


def read_labels(connection: Connection, scheme: str) -> list[Row[tuple[int, str]]]:
    """Give (Media, code) of everything decided under a scheme."""
    query = select(S.c.media_id, S.c.code).where(S.c.scheme == scheme).order_by(S.c.media_id)
    return list(connection.execute(query))


def read_traits(connection: Connection, version: str, after: int) -> Iterator[tuple[int, bytes]]:
    """Give (Media, vector) of every trait of one version whose Media has a higher id than ``after``, ascending."""
    t = order_schema.trait
    query = select(t.c.media_id, t.c.vector).where(t.c.version == version, t.c.media_id > after)
    for row in connection.execute(query.order_by(t.c.media_id).execution_options(yield_per=5000)):
        yield row.media_id, bytes(row.vector)


def media_by_path(connection: Connection) -> dict[bytes, int | None]:
    """Give the Media of every file by the path that it has in its source; None where it has none."""
    rows: Any = connection.execute(select(F.c.path, F.c.media_id).order_by(F.c.id)).cursor
    return {bytes(path): ident for path, ident in rows}
