"""Where: the places that some Media record, gathered in squares of the earth so that a map can show a million."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from everyframe.model.query import Box
from everyframe.store import schema
from everyframe.store.columns import Ids, kept, member

__all__ = ["Cluster", "clusters"]

META = schema.media_metadata


@dataclass(frozen=True, slots=True)
class Cluster:
    """Hold the Media of one square: how many, one of them, their middle, and the box that holds them all."""

    media: int
    first: int
    latitude: float
    longitude: float
    box: Box


@dataclass(frozen=True, slots=True)
class _Points:
    ids: NDArray[np.int64]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]


def clusters(connection: Connection, ids: Ids, within: Box, step: float) -> tuple[int, list[Cluster]]:
    """Gather some Media (N,) int32 in squares of ``step`` degrees; gives how many are in the box, and the squares."""
    points = kept(connection, "places", lambda: _read(connection))
    if not points.ids.size:
        return 0, []
    inside = member(ids, int(points.ids.max()) + 1)[points.ids]
    inside &= (points.latitude >= within.south) & (points.latitude <= within.north)
    inside &= (points.longitude >= within.west) & (points.longitude <= within.east)
    at, lat, lon = points.ids[inside], points.latitude[inside], points.longitude[inside]
    squares = np.floor(lat / step).astype(np.int64) * 10_000_000 + np.floor(lon / step).astype(np.int64)
    order = np.argsort(squares, kind="stable")
    starts = np.flatnonzero(np.diff(squares[order], prepend=np.iinfo(np.int64).min))
    return len(at), [_cluster(at[part], lat[part], lon[part]) for part in np.split(order, starts[1:]) if len(part)]


def _cluster(ids: NDArray[np.int64], lat: NDArray[np.float64], lon: NDArray[np.float64]) -> Cluster:
    box = Box(float(lat.min()), float(lon.min()), float(lat.max()), float(lon.max()))
    return Cluster(len(ids), int(ids.min()), float(lat.mean()), float(lon.mean()), box)


def _read(connection: Connection) -> _Points:
    where = (META.c.latitude.is_not(None), META.c.longitude.is_not(None))
    rows: Any = connection.execute(select(META.c.media_id, META.c.latitude, META.c.longitude).where(*where)).cursor
    table = np.array([tuple(row) for row in rows], dtype=np.float64).reshape(-1, 3)
    return _Points(table[:, 0].astype(np.int64), table[:, 1], table[:, 2])
