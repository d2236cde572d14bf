"""ICSE lists as CSV: a table whose columns name the ICSE database or its baseline category.

The layout is not published; columns are found by name, and ``--map`` names those that are not found.
"""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from everyframe.errors import UsageError
from everyframe.known.columns import Header, find_header, table_entries
from everyframe.known.entry import KnownEntry
from everyframe.known.lint import Lint
from everyframe.known.source import Source

__all__ = ["IcseReader"]

ICSE: Final = re.compile(r"\bicse|\bbaseline", re.IGNORECASE)


class IcseReader:
    """Read a list of the ICSE database; its baseline column is the category unless another one is."""

    NAME: ClassVar = "icse"
    DESCRIPTION: ClassVar = "ICSE list (CSV)"
    KIND: ClassVar = ""

    def recognises(self, source: Source) -> bool:
        """Look for a digest column beside one that names ICSE or its baseline."""
        header = _header(source)
        return header is not None and any(ICSE.search(n) for n in header.names)

    def entries(self, source: Source, lint: Lint) -> Iterator[KnownEntry]:
        """Give every row."""
        header = _header(source)
        if not header:
            raise UsageError(f"{source.path}: no column is named after a digest; name one with --map COLUMN=md5")
        return table_entries(source, lint, header)


def _header(source: Source) -> Header | None:
    line = source.head_lines[0] if source.head_lines else ""
    plain = find_header(line, source.mapping)
    if plain and "category" not in plain.fields:
        baseline = next((n for n in plain.names if "baseline" in n.lower() and n not in source.mapping), "")
        if baseline:
            return find_header(line, source.mapping | {baseline: "category"})
    return plain
