"""When: how many Media of a view each day, month or year has, by one clock at a time."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, func, select

from everyframe.store import schema
from everyframe.store import workbench as bench
from everyframe.store.columns import Column, Ids, kept, member, read_column

__all__ = ["FILE_CLOCKS", "UNITS", "Bar", "Clock", "bars", "clocks"]

F, TIME = schema.media_file, schema.media_time
FILE_CLOCKS: Final = ("modified", "created", "accessed")
UNITS: Final = {"year": 4, "month": 7, "day": 10}
_SHIFT: Final = 20


@dataclass(frozen=True, slots=True)
class Clock:
    """Name a clock: one of the file system's, or the tag of the content that a time stands in; and how many have it."""

    name: str
    media: int


@dataclass(frozen=True, slots=True)
class Bar:
    """Hold one bar: the time it stands for, and how many Media."""

    label: str
    media: int


def clocks(connection: Connection, ids: Ids) -> list[Clock]:
    """Give the clocks that some Media (N,) int32 have times of, the most frequent first."""
    found = [(name, len(_among(_days(connection, name), ids)[0])) for name in FILE_CLOCKS]
    column = kept(connection, "clocks", lambda: _sources(connection))
    kept_ids, codes = _among(column, ids)
    pairs = np.unique(kept_ids.astype(np.int64) << _SHIFT | codes)
    counts = np.bincount(pairs & ((1 << _SHIFT) - 1), minlength=len(column.labels))
    found += [(label, int(n)) for label, n in zip(column.labels, counts, strict=True)]
    return [Clock(name, n) for name, n in sorted(found, key=lambda c: (-c[1], c[0])) if n]


def bars(connection: Connection, ids: Ids, clock: str, unit: str) -> list[Bar]:
    """Count some Media (N,) int32 by the time that a clock gives; a Media with several times counts at each."""
    column = _days(connection, clock)
    found, codes = _among(column, ids)
    cut: dict[str, int] = {}
    short = np.array([cut.setdefault(label[: UNITS[unit]], len(cut)) for label in column.labels], dtype=np.int64)
    pairs = np.unique(found.astype(np.int64) << _SHIFT | short[codes]) if len(short) else np.empty(0, np.int64)
    counts = np.bincount(pairs & ((1 << _SHIFT) - 1), minlength=len(cut))
    return [Bar(label, int(counts[place])) for label, place in sorted(cut.items()) if counts[place]]


def _among(column: Column, ids: Ids) -> tuple[Ids, Ids]:
    if not column.ids.size:
        return column.ids, column.codes
    mask = member(ids, int(column.ids.max()) + 1)[column.ids]
    return column.ids[mask], column.codes[mask]


def _days(connection: Connection, clock: str) -> Column:
    return kept(connection, f"days {clock}", lambda: read_column(connection, _query(clock)))


def _sources(connection: Connection) -> Column:
    return read_column(connection, select(TIME.c.media_id, TIME.c.source).distinct())


def _query(clock: str) -> Any:  # noqa: ANN401 - a query for ids and days
    if clock in FILE_CLOCKS:
        day = F.c[clock]
        found = select(F.c.media_id, day).where(F.c.media_id.is_not(None), day.is_not(None)).subquery()
        return select(found.c.media_id, _day(found.c[clock])).distinct()
    inner = select(TIME.c.media_id, bench.LOCAL_TIME.label("local")).where(TIME.c.source == clock).subquery()
    return select(inner.c.media_id, _day(inner.c.local)).distinct()


def _day(column: Any) -> Any:  # noqa: ANN401 - a column of text
    return func.substr(column, 1, UNITS["day"])
