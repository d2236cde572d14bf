"""The index of traits: one matrix of signed bytes a case in ``CASE/index``, mapped into memory; made of rows, rebuildable.

The vector of Media ``n`` is row ``n``; a row of zeros is none. What intake has added since is appended when the index is
opened; an index that does not fit the case is made anew.
"""

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from everyframe.atomic import atomic_file
from everyframe.store.case import Case
from everyframe.store.order_facts import Facts, read_traits
from everyframe.triage.queue import Traits

__all__ = ["DIMENSIONS", "VERSION", "open_traits"]

#: Of ``analysis.traits``; a test holds the two together.
VERSION: Final = "plain-2"
DIMENSIONS: Final = 884
_NAME: Final = f"traits-{VERSION}"


def open_traits(case: Case, facts: Facts) -> Traits:
    """Bring the index up to date and map it."""
    folder = case.directory / "index"
    vectors = _map(folder)
    with case.database.read() as connection:
        fresh = list(read_traits(connection, VERSION, len(vectors) - 1))
    if fresh:
        _append(folder, len(vectors), fresh)
        vectors = _map(folder)
    inside = facts.ids < len(vectors)
    at = np.where(inside, facts.ids, -1)
    have = np.zeros(len(facts), bool)
    have[inside] = _filled(vectors, facts.ids[inside])
    return Traits(vectors, np.where(have, at, -1))


def _filled(vectors: npt.NDArray[np.int8], ids: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Tell which rows hold a vector; patches always leave a trace in one."""
    found = np.zeros(len(ids), bool)
    for first in range(0, len(ids), 65536):
        found[first : first + 65536] = vectors[ids[first : first + 65536]].any(axis=1)
    return found


def _map(folder: Path) -> npt.NDArray[np.int8]:
    """Map what is there; nothing when there is no index or it is of another shape."""
    data, head = folder / f"{_NAME}.i8", folder / f"{_NAME}.json"
    rows = _rows(head)
    if not rows or not data.is_file() or data.stat().st_size < rows * DIMENSIONS:
        return np.zeros((0, DIMENSIONS), np.int8)
    return np.memmap(data, np.int8, "r", shape=(rows, DIMENSIONS))


def _rows(head: Path) -> int:
    try:
        said: Any = json.loads(head.read_bytes())
    except (OSError, ValueError):
        return 0
    rows = said.get("rows") if isinstance(said, dict) and said.get("dimensions") == DIMENSIONS else 0
    return rows if isinstance(rows, int) and rows > 0 else 0


def _append(folder: Path, rows: int, fresh: list[tuple[int, bytes]]) -> None:
    """Write the vectors behind what is there. Commit point: the head, which says how many rows count."""
    last = fresh[-1][0]
    block = np.zeros((last + 1 - rows, DIMENSIONS), np.int8)
    for ident, vector in fresh:
        if len(vector) == DIMENSIONS:
            block[ident - rows] = np.frombuffer(vector, np.int8)
    data = folder / f"{_NAME}.i8"
    with data.open("r+b" if data.exists() and rows else "wb") as file:
        file.seek(rows * DIMENSIONS)
        file.write(block.tobytes())
        file.truncate()
    with atomic_file(folder / f"{_NAME}.json") as head:
        head.write(json.dumps({"rows": last + 1, "dimensions": DIMENSIONS}).encode())
