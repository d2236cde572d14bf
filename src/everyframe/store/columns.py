"""Columns of a case that are read once and kept in memory, so that counting over a million of them takes a moment.

What is kept is read again when intake has stored something since; nothing that people decide is kept here.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine, Select, func, select

from everyframe.store import schema

__all__ = ["Column", "Ids", "kept", "member", "read_column"]

T = TypeVar("T")
Ids = NDArray[np.int32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Column:
    """Hold one field: (ids[i], codes[i]) says that a Media has the value ``labels[codes[i]]``; it may have several."""

    labels: list[str]
    ids: Ids
    codes: Ids


_KEPT: WeakKeyDictionary[Engine, dict[str, tuple[tuple[int, ...], Any]]] = WeakKeyDictionary()
_LOCK = threading.Lock()


def kept(connection: Connection, name: str, read: Callable[[], T]) -> T:
    """Give what was read under a name, or read it (again) when intake has stored something since."""
    tables = (schema.media, schema.warning, schema.media_file)
    last = [select(func.coalesce(func.max(t.c.id), 0)).scalar_subquery() for t in tables]
    jobs = select(func.count()).select_from(schema.job).scalar_subquery()
    stamp = tuple(int(n) for n in connection.execute(select(*last, jobs)).one())
    with _LOCK:
        shelf = _KEPT.setdefault(connection.engine, {})
        if name not in shelf or shelf[name][0] != stamp:
            shelf[name] = (stamp, read())
        found: T = shelf[name][1]
        return found


def read_column(connection: Connection, query: Select[Any]) -> Column:
    """Read (Media id, text) rows as a column."""
    codes: dict[str, int] = {}
    rows: Any = connection.execute(query).cursor  # the driver's own: a million row objects would cost a second

    def numbers() -> Iterator[int]:
        for media_id, value in rows:
            yield media_id << 32 | codes.setdefault(value, len(codes))

    packed = np.fromiter(numbers(), dtype=np.int64)
    return Column(list(codes), (packed >> 32).astype(np.int32), (packed & 0xFFFFFFFF).astype(np.int32))


def member(ids: NDArray[Any], size: int) -> Mask:
    """Give a mask (size,) that is set at some ids; ids beyond are left out."""
    mask = np.zeros(size, dtype=bool)
    mask[ids[ids < size]] = True
    return mask
