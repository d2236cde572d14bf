"""Building a set: entries in, sorted tables and row records out, in a folder that takes its place in one step."""

import itertools
from collections.abc import Iterable
from operator import attrgetter
from pathlib import Path
from typing import Final

from everyframe.errors import UsageError
from everyframe.known.entry import ALGORITHMS, KnownEntry
from everyframe.known.lint import Lint
from everyframe.known.rows import RowWriter
from everyframe.known.sorting import Sorter
from everyframe.known.table import write_table
from everyframe.known.trivial import trivial_digests

__all__ = ["Built", "build"]

#: Rows taken at once.
CHUNK: Final = 256
MAX_ROWS: Final = 2**32 - 2
#: Rows, rows per algorithm, rows per category.
Built = tuple[int, dict[str, int], dict[str, int]]


def build(folder: Path, name: str, entries: Iterable[KnownEntry], lint: Lint) -> Built:
    """Write every file of a set but its facts, with bounded memory."""
    sorters = {a: Sorter(folder, a, length) for a, length in ALGORITHMS.items()}
    writer = RowWriter(folder)
    try:
        _take(entries, writer, sorters, lint)
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


def _take(entries: Iterable[KnownEntry], writer: RowWriter, sorters: dict[str, Sorter], lint: Lint) -> None:
    entries = iter(entries)
    while chunk := list(itertools.islice(entries, CHUNK)):
        first = writer.rows
        if first + len(chunk) > MAX_ROWS:
            raise UsageError(f"more than {MAX_ROWS:,} rows: split the set")
        writer.add(chunk)
        for algorithm, sorter in sorters.items():
            values: list[bytes] = list(map(attrgetter(algorithm), chunk))
            sorter.add(values, first)
            for value in trivial_digests(algorithm).intersection(values):
                lint.add("trivial-digest", f"from row {first + 1}", f"{algorithm} {value.hex()}", values.count(value))
