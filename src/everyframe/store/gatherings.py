"""Groups of the queue that are no folders: stacks of near-duplicates, and bursts of one camera."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from everyframe.store import schema
from everyframe.store.bursts import read_bursts
from everyframe.store.columns import kept
from everyframe.store.groups import Group, Key, Members, counted
from everyframe.store.ids import id_list, id_select
from everyframe.store.stack_schema import stack_member
from everyframe.store.views import shown

__all__ = ["burst_groups", "stack_groups"]

M, F, E, T = schema.media, schema.media_file, schema.exhibit, stack_member


def stack_groups(connection: Connection, unnamed: Sequence[int] = ()) -> list[Group]:
    """Give every stack, with what is folded in it, and as one group what stands in none.

    A look at the representative stands for what shows the same, so that only it and what differs count as unseen.
    """
    cursor: Any = connection.execute(select(T.c.media_id, T.c.representative_id)).cursor
    pairs = np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, 2)
    heads, codes = np.unique(pairs[:, 1], return_inverse=True)
    media = np.concatenate([heads, pairs[:, 0]])
    codes = np.concatenate([np.arange(len(heads)), codes])
    named = _named(connection, [int(h) for h in heads])
    keys = [Key(*named[int(h)][:2], "stack", int(h)) for h in heads]
    found = Members(keys, [named[int(h)][2] for h in heads], codes, media)
    return counted(connection, found, unnamed, whole=True) + _rest(connection, media, "stack", unnamed)


def burst_groups(connection: Connection, unnamed: Sequence[int] = ()) -> list[Group]:
    """Give every burst of two or more pictures, and as one group what stands in none."""
    found = read_bursts(connection)
    named = kept(connection, "burst names", lambda: _named(connection, [int(f) for f in found.first]))
    keys = [Key(*named[int(f)][:2], "burst", int(f)) for f in found.first]
    codes, media = found.codes.astype(np.int64), found.media.astype(np.int64)
    groups = counted(connection, Members(keys, found.begins, codes, media), unnamed)
    return groups + _rest(connection, media, "burst", unnamed)


def _rest(connection: Connection, media: Any, kind: str, unnamed: Sequence[int]) -> list[Group]:  # noqa: ANN401 - (N,) int64
    """Gather what stands in the grid and in none of the groups."""
    cursor: Any = connection.execute(select(M.c.id).where(shown())).cursor
    rest = np.setdiff1d(np.fromiter((row[0] for row in cursor), dtype=np.int64), media)
    if not rest.size:
        return []
    return counted(connection, Members([Key("", "", kind)], [""], np.zeros(len(rest), np.int64), rest), unnamed)


def _named(connection: Connection, ids: list[int]) -> dict[int, tuple[str, str, str]]:
    """Give exhibit, path and time of the first file of some Media."""
    query = (
        select(M.c.id, E.c.reference, F.c.display, F.c.modified)
        .join(F, F.c.id == M.c.first_file_id)
        .join(E, E.c.id == F.c.exhibit_id)
        .where(M.c.id.in_(id_select()))
    )
    rows: Any = connection.execute(query, id_list(ids))
    return {r[0]: (r[1], r[2], r[3] or "") for r in rows}
