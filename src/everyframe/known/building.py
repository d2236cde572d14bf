"""Building a set: entries in, sorted tables and row records out, in a folder that takes its place in one step."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np

from everyframe.errors import UsageError
from everyframe.known.block import Block
from everyframe.known.entry import ALGORITHMS
from everyframe.known.lint import Lint
from everyframe.known.rows import RowWriter
from everyframe.known.sorting import Sorter
from everyframe.known.table import write_table
from everyframe.known.trivial import trivial_counts

__all__ = ["MAX_ROWS", "Built", "build", "take"]

MAX_ROWS: Final = 2**32 - 2
#: Rows, rows per algorithm, rows per category.
Built = tuple[int, dict[str, int], dict[str, int]]


def build(folder: Path, name: str, blocks: Iterable[Block], lint: Lint) -> Built:
    """Write every file of a set but its facts, with bounded memory."""
    sorters = {a: Sorter(folder, a, length) for a, length in ALGORITHMS.items()}
    writer = RowWriter(folder)
    try:
        take(blocks, writer, sorters, lint)
        categories = writer.close()
        algorithms = {a: s.count for a, s in sorters.items() if s.count}
        for algorithm, count in algorithms.items():
            write_table(
                folder / f"{algorithm}.table",
                algorithm=algorithm,
                name=name,
                length=ALGORITHMS[algorithm],
                count=count,
                pieces=sorters[algorithm].pieces(),
            )
            sorters[algorithm].close()
    finally:
        writer.abandon()
    return writer.rows, algorithms, categories


def take(blocks: Iterable[Block], writer: RowWriter, sorters: dict[str, Sorter], lint: Lint) -> None:
    """Write the records of blocks, and hand their digests to the sorters."""
    for block in blocks:
        first = writer.rows
        if first + block.rows > MAX_ROWS:
            raise UsageError(f"more than {MAX_ROWS:,} rows: split the set")
        writer.add(block)
        for algorithm, (values, spots) in block.values.items():
            sorters[algorithm].add(values, spots + np.uint32(first))
            for value, count in trivial_counts(algorithm, values).items():
                lint.add("trivial-digest", f"from row {first + 1}", f"{algorithm} {value.hex()}", count)
