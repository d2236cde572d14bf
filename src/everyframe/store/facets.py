"""How many Media of a view have each value of a field, counted in memory so that a million take a moment.

The values are read once and kept; what intake has stored since is read again.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, Select, case, func, select

from everyframe.model.states import MediaKind, MediaOutcome
from everyframe.store import schema
from everyframe.store import workbench as bench

__all__ = ["MOST", "count_facets"]

M, F, E, META, W = schema.media, schema.media_file, schema.exhibit, schema.media_metadata, schema.warning
MOST: Final = 40  # values of one field that are given, the most frequent first

Ids = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Column:
    """Hold one field: (ids[i], codes[i]) says that a Media has a value; a Media may have several."""

    labels: list[str]
    ids: Ids
    codes: Ids


@dataclass(frozen=True, slots=True)
class _Columns:
    stamp: tuple[int, ...]
    found: dict[str, _Column]


_KEPT: WeakKeyDictionary[Engine, _Columns] = WeakKeyDictionary()
_LOCK = threading.Lock()


def count_facets(connection: Connection, ids: Ids) -> dict[str, list[tuple[str, int]]]:
    """Count the values of each field among some Media (N,) int32: field → (value, number), the most frequent first."""
    columns = _columns(connection)
    columns["tag"] = _column(connection, select(bench.media_tag.c.media_id, bench.media_tag.c.name))
    size = max((int(c.ids.max()) for c in columns.values() if c.ids.size), default=0) + 1
    member = np.zeros(size, dtype=bool)
    member[ids[ids < size]] = True
    return {name: _counted(column, member) for name, column in columns.items()}


def _counted(column: _Column, member: NDArray[np.bool_]) -> list[tuple[str, int]]:
    counts = np.bincount(column.codes[member[column.ids]], minlength=len(column.labels))
    best = np.lexsort((np.arange(len(counts)), -counts))[:MOST]
    return [(column.labels[i], int(counts[i])) for i in best if counts[i]]


def _columns(connection: Connection) -> dict[str, _Column]:
    """Give the columns of the case; read again only when intake has stored something since."""
    tables = (M, schema.warning, schema.media_file)
    last = [select(func.coalesce(func.max(t.c.id), 0)).scalar_subquery() for t in tables]
    jobs = select(func.count()).select_from(schema.job).scalar_subquery()
    stamp = tuple(int(n) for n in connection.execute(select(*last, jobs)).one())
    with _LOCK:
        kept = _KEPT.get(connection.engine)
        if kept is None or kept.stamp != stamp:
            found = {name: _column(connection, query) for name, query in _queries().items()}
            kept = _KEPT[connection.engine] = _Columns(stamp, found)
        return dict(kept.found)


def _queries() -> dict[str, Select[Any]]:
    """Give (Media id, value) for each field; the names are those of the query language."""
    film = case((M.c.kind == MediaKind.VIDEO, "film"), (func.coalesce(M.c.frames, 1) > 1, "animation"), else_="picture")
    viewable = M.c.outcome == MediaOutcome.VIEWABLE
    exhibit = select(F.c.media_id, E.c.reference).join(E, E.c.id == F.c.exhibit_id).where(F.c.media_id.is_not(None))
    return {
        "kind": select(M.c.id, film).where(viewable),
        "type": select(M.c.id, M.c.mime).where(viewable),
        "exhibit": exhibit.distinct(),
        "model": select(META.c.media_id, META.c.model).where(META.c.model != ""),
        "serial": select(META.c.media_id, META.c.serial).where(META.c.serial != ""),
        "provenance": select(F.c.media_id, F.c.provenance).where(F.c.media_id.is_not(None)).distinct(),
        "warning": select(W.c.media_id, W.c.code).where(W.c.media_id.is_not(None)).distinct(),
        "taken": _years(),
    }


def _years() -> Select[Any]:
    year = func.substr(schema.media_time.c.text, 1, 4)
    return select(schema.media_time.c.media_id, year).where(year.between("1826", "2999")).distinct()


def _column(connection: Connection, query: Select[Any]) -> _Column:
    codes: dict[str, int] = {}
    rows: Any = connection.execute(query).cursor  # the driver's own: a million row objects would cost a second

    def numbers() -> Iterator[int]:
        for media_id, value in rows:
            yield media_id << 32 | codes.setdefault(value, len(codes))

    packed = np.fromiter(numbers(), dtype=np.int64)
    return _Column(list(codes), (packed >> 32).astype(np.int32), (packed & 0xFFFFFFFF).astype(np.int32))
