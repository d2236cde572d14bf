"""Columns of a case that are read once and kept in memory, so that counting over a million of them takes a moment.

What is kept is read again when intake has stored something since; nothing that people decide is kept here. What takes long
to read stands for ten times as long, though intake goes on: reading it again for every view would hold everybody up.
"""

import threading
import time
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


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: tuple[int, ...]
    value: Any
    until: float


_KEPT: WeakKeyDictionary[Engine, dict[str, _Kept]] = WeakKeyDictionary()
LONG_SECONDS, REST = 0.25, 10
_LOCK = threading.Lock()


def kept(connection: Connection, name: str, read: Callable[[], T]) -> T:
    """Give what was read under a name, or read it (again) when intake has stored something since, at most so often."""
    tables = (schema.media, schema.warning, schema.media_file)
    last = [select(func.coalesce(func.max(t.c.id), 0)).scalar_subquery() for t in tables]
    jobs = select(func.count()).select_from(schema.job).scalar_subquery()
    stamp = tuple(int(n) for n in connection.execute(select(*last, jobs)).one())
    with _LOCK:
        shelf = _KEPT.setdefault(connection.engine, {})
        old = shelf.get(name)
        if old is None or (old.stamp != stamp and time.monotonic() >= old.until):
            began = time.monotonic()
            value = read()
            took = time.monotonic() - began
            shelf[name] = _Kept(stamp, value, began + took * (1 + REST) if took >= LONG_SECONDS else began)
        found: T = shelf[name].value
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
