"""What a reader of one format is."""

from collections.abc import Iterator
from typing import ClassVar, Protocol

from everyframe.known.entry import KnownEntry
from everyframe.known.lint import Lint
from everyframe.known.source import Source

__all__ = ["Reader"]


class Reader(Protocol):
    """Read the sets of one format.

    A reader MUST find its format by the content alone, MUST give every row as an entry or count it in the lint report, and
    MUST hold no more than a bounded part of the file in memory. It MAY raise ``UsageError`` where nothing can be read.
    ``KIND`` is the kind of set that the format is always used for, or empty.
    """

    NAME: ClassVar[str]
    DESCRIPTION: ClassVar[str]
    KIND: ClassVar[str]

    def recognises(self, source: Source) -> bool:
        """Say whether the content is of this format."""

    def entries(self, source: Source, lint: Lint) -> Iterator[KnownEntry]:
        """Give every row."""
