"""How many Media of a view have each value of a field, counted in memory so that a million take a moment."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, case, func, select

from everyframe.model.states import MediaKind, MediaOutcome
from everyframe.store import schema
from everyframe.store import workbench as bench
from everyframe.store.columns import Column, Ids, kept, member, read_column

__all__ = ["MOST", "count_facets"]

M, F, E, META, W = schema.media, schema.media_file, schema.exhibit, schema.media_metadata, schema.warning
MOST: Final = 40  # values of one field that are given, the most frequent first


def count_facets(connection: Connection, ids: Ids) -> dict[str, list[tuple[str, int]]]:
    """Count the values of each field among some Media (N,) int32: field → (value, number), the most frequent first."""
    columns = dict(kept(connection, "facets", lambda: _read(connection)))
    columns["tag"] = read_column(connection, select(bench.media_tag.c.media_id, bench.media_tag.c.name))
    size = max((int(c.ids.max()) for c in columns.values() if c.ids.size), default=0) + 1
    mask = member(ids, size)
    return {name: _counted(column, mask) for name, column in columns.items()}


def _read(connection: Connection) -> dict[str, Column]:
    return {name: read_column(connection, query) for name, query in _queries().items()}


def _counted(column: Column, mask: NDArray[np.bool_]) -> list[tuple[str, int]]:
    counts = np.bincount(column.codes[mask[column.ids]], minlength=len(column.labels))
    best = np.lexsort((np.arange(len(counts)), -counts))[:MOST]
    return [(column.labels[i], int(counts[i])) for i in best if counts[i]]


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
