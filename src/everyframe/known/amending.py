"""Making a set out of another: without the rows that went, and with those that came. Nothing is sorted twice."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from everyframe.errors import UsageError
from everyframe.known.block import blocks_of
from everyframe.known.building import MAX_ROWS, Built, take
from everyframe.known.delta_rows import DeltaRows
from everyframe.known.entry import ALGORITHMS
from everyframe.known.lint import Lint
from everyframe.known.rows import RowWriter
from everyframe.known.sets import KnownSet
from everyframe.known.sorting import Piece, RowNumbers, Sorter
from everyframe.known.table import Table, write_table

__all__ = ["amend"]

#: Row numbers looked through at once.
CHUNK = 1 << 20


def amend(folder: Path, name: str, base: KnownSet, delta: DeltaRows, lint: Lint) -> Built:
    """Write every file of a set but its facts, with bounded memory: first the new rows, then those of the base that stay."""
    sorters = {a: Sorter(folder, a, length) for a, length in ALGORITHMS.items()}
    writer = RowWriter(folder)
    algorithms: dict[str, int] = {}
    try:
        take(blocks_of(delta.entries()), writer, sorters, lint)
        gone = np.array(sorted(delta.gone), dtype=np.uint32)
        stay = _Staying(gone, writer.rows)
        if writer.rows + base.info.rows - len(gone) > MAX_ROWS:
            raise UsageError(f"more than {MAX_ROWS:,} rows: split the set")
        if writer.rows + base.info.rows == len(gone):
            raise UsageError("the delta leaves no row; nothing was changed")
        writer.copy(base.rows, gone)
        categories = writer.close()
        for algorithm, length in ALGORITHMS.items():
            table = base.tables.get(algorithm)
            count = sorters[algorithm].count + (stay.count(table) if table else 0)
            if count:
                pieces = sorters[algorithm].pieces((table.piece(), stay) if table else None)
                path = folder / f"{algorithm}.table"
                write_table(path, algorithm=algorithm, name=name, length=length, count=count, pieces=pieces)
                algorithms[algorithm] = count
            sorters[algorithm].close()
    finally:
        writer.abandon()
    return writer.rows, algorithms, categories


class _Staying:
    """Keep of a piece of the base what stays, under its new row numbers."""

    def __init__(self, gone: RowNumbers, before: int) -> None:
        self._gone, self._before = gone, before

    def __call__(self, piece: Piece) -> Piece:
        below = np.searchsorted(self._gone, piece.rows)
        kept = self._kept(piece.rows, below)
        rows = (piece.rows[kept].astype(np.int64) - below[kept] + self._before).astype(np.uint32)
        return Piece(piece.keys[kept], piece.tails[kept], rows)

    def count(self, table: Table) -> int:
        numbers = table.row_numbers
        parts = (numbers[at : at + CHUNK] for at in range(0, len(numbers), CHUNK))
        return sum(int(np.count_nonzero(self._kept(rows, np.searchsorted(self._gone, rows)))) for rows in parts)

    def _kept(self, rows: RowNumbers, below: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        kept = np.ones(len(rows), dtype=bool)
        inside = below < len(self._gone)
        kept[inside] = self._gone[below[inside]] != rows[inside]
        return kept
