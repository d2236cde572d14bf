"""HashKeeper ``.hsh`` files."""

from collections.abc import Iterator
from typing import ClassVar, Final

from everyframe.errors import UsageError
from everyframe.known.columns import Header, find_header, table_entries
from everyframe.known.entry import KnownEntry
from everyframe.known.lint import Lint
from everyframe.known.source import Source

__all__ = ["HashKeeperReader"]

COLUMNS: Final = {"file_id", "hashset_id", "file_name", "hash", "file_size"}


class HashKeeperReader:
    """Read a HashKeeper list; its ``hash`` column is MD5."""

    NAME: ClassVar = "hashkeeper"
    DESCRIPTION: ClassVar = "HashKeeper (.hsh)"
    KIND: ClassVar = ""

    def recognises(self, source: Source) -> bool:
        """Look for HashKeeper's columns."""
        header = _header(source)
        return header is not None and set(header.names) >= COLUMNS

    def entries(self, source: Source, lint: Lint) -> Iterator[KnownEntry]:
        """Give every row."""
        header = _header(source)
        if not header:
            raise UsageError(f"{source.path}: has no header of a HashKeeper list")
        return table_entries(source, lint, header)


def _header(source: Source) -> Header | None:
    line = source.head_lines[0] if source.head_lines else ""
    return find_header(line, {"hash": "md5"}) if '"hash"' in line or ",hash," in line else None
