"""What grouping and known sets say of each picture, for the order; what a case has no table of is simply no signal."""

from collections.abc import Hashable

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

__all__ = ["read_groups", "read_known", "read_links"]

Ids = npt.NDArray[np.int64]


def read_groups(_connection: Connection, ids: Ids) -> Ids:
    """Give the row that stands for each row: that of its stack's representative, or its own."""
    return np.arange(len(ids))


def read_known(_connection: Connection, _ids: Ids) -> npt.NDArray[np.bool_] | None:
    """Tell which rows a known set has; None when no look-up was made."""
    return None


def read_links(_connection: Connection, _ids: Ids) -> dict[str, list[Hashable | None]]:
    """Give the links of each row, kind by kind: rows with the same value belong together, None belongs to none."""
    return {}
