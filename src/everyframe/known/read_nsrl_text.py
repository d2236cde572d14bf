"""NSRL RDS 1 and 2 as text: ``NSRLFile.txt``."""

from collections.abc import Iterator
from typing import ClassVar, Final

from everyframe.errors import UsageError
from everyframe.known.columns import Header, find_header, table_entries
from everyframe.known.entry import KnownEntry
from everyframe.known.lint import Lint
from everyframe.known.source import Source

__all__ = ["NsrlTextReader"]

COLUMNS: Final = {"SHA-1", "FileName", "FileSize", "ProductCode", "SpecialCode"}


class NsrlTextReader:
    """Read the file list of an RDS of version 1 or 2; the product and system codes are kept as extra."""

    NAME: ClassVar = "nsrl-text"
    DESCRIPTION: ClassVar = "NSRL RDS 1 or 2 (text)"
    KIND: ClassVar = "known-software"

    def recognises(self, source: Source) -> bool:
        """Look for the columns that only the RDS has."""
        header = _header(source)
        return header is not None and set(header.names) >= COLUMNS

    def entries(self, source: Source, lint: Lint) -> Iterator[KnownEntry]:
        """Give every row."""
        header = _header(source)
        if not header:
            raise UsageError(f"{source.path}: has no header of an NSRL file list")
        return table_entries(source, lint, header)


def _header(source: Source) -> Header | None:
    return find_header(source.head_lines[0]) if source.head_lines else None
