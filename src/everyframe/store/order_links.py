"""What grouping and known sets say of each picture, for the order; what a case has no table of is simply no signal."""

import itertools
from collections.abc import Hashable
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, exists, func, select

from everyframe.store import folding, match_schema, schema
from everyframe.store.views import unfolded

__all__ = ["read_excluded", "read_groups", "read_known", "read_links"]

M, F = schema.media, schema.media_file
Ids = npt.NDArray[np.int64]


def read_groups(connection: Connection, ids: Ids) -> Ids:
    """Give the row that stands for each row: that of its stack's representative, or its own.

    A member that shows something else stands for itself, as it does in the grid.
    """
    own = np.arange(len(ids))
    stacked = M.c.aside.op("&")(folding.STACKED) != 0
    rows: Any = connection.execute(select(M.c.id, M.c.stacked_under).where(unfolded(), stacked)).cursor
    pairs = np.array(list(rows), np.int64).reshape(-1, 2)
    if pairs.size and len(ids):
        at = np.minimum(np.searchsorted(ids, pairs), len(ids) - 1)
        here = (ids[at] == pairs).all(axis=1)
        own[at[here, 0]] = at[here, 1]
    return own


def read_known(connection: Connection, ids: Ids) -> npt.NDArray[np.bool_] | None:
    """Tell which rows a known set accounts for; None when no look-up was made."""
    if not connection.execute(select(func.count()).select_from(match_schema.known_set)).scalar_one():
        return None
    return np.isin(ids, _ids(connection.execute(select(M.c.id).where(unfolded(), M.c.known_by.is_not(None)))))


def read_excluded(connection: Connection) -> Ids:
    """Give what needs no look because every file of it is excluded."""
    x = schema.exclusion
    if not connection.execute(select(func.count()).where(x.c.withdrawn_at.is_(None))).scalar_one():
        return np.zeros(0, np.int64)
    open_file = exists().where(F.c.media_id == M.c.id, F.c.exclusion_id.is_(None))
    return _ids(connection.execute(select(M.c.id).where(unfolded(), ~open_file)))


def _ids(result: Any) -> Ids:  # noqa: ANN401 - a result of one column
    return np.fromiter(itertools.chain.from_iterable(result.cursor), np.int64)


def read_links(_connection: Connection, _ids: Ids) -> dict[str, list[Hashable | None]]:
    """Give the links of each row, kind by kind: rows with the same value belong together, None belongs to none.

    Faces, rooms and series are not grouped yet; a stack is no link, as its members stand together anyway.
    """
    return {}
