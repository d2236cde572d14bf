"""Any table with a header in which a column is named after a digest, or is given by ``--map``."""

from collections.abc import Iterator
from typing import ClassVar

from everyframe.errors import UsageError
from everyframe.known.columns import Header, find_header, table_entries
from everyframe.known.entry import KnownEntry
from everyframe.known.lint import Lint
from everyframe.known.source import Source

__all__ = ["CsvReader"]


class CsvReader:
    """Read a table whose first line names its columns."""

    NAME: ClassVar = "csv"
    DESCRIPTION: ClassVar = "table with a header (comma, semicolon, tab or bar)"
    KIND: ClassVar = ""

    def recognises(self, source: Source) -> bool:
        """Look for a column named after a digest."""
        return _header(source) is not None

    def entries(self, source: Source, lint: Lint) -> Iterator[KnownEntry]:
        """Give every row; columns that fill no field are kept as extra."""
        header = _header(source)
        if not header:
            raise UsageError(f"{source.path}: no column is named after a digest; name one with --map COLUMN=md5")
        return table_entries(source, lint, header)


def _header(source: Source) -> Header | None:
    return find_header(source.head_lines[0], source.mapping) if source.head_lines else None
