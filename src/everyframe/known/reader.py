"""What a reader of one format is."""

from collections.abc import Iterator
from typing import ClassVar, Protocol, runtime_checkable

from everyframe.known.block import Block, blocks_of
from everyframe.known.entry import KnownEntry
from everyframe.known.lint import Lint
from everyframe.known.source import Source

__all__ = ["BlockReader", "Reader", "read_blocks"]


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


@runtime_checkable
class BlockReader(Protocol):
    """Read rows many at once; MUST give what ``entries`` gives, and count what it counts."""

    def blocks(self, source: Source, lint: Lint) -> Iterator[Block]:
        """Give every row."""


def read_blocks(reader: Reader, source: Source, lint: Lint) -> Iterator[Block]:
    """Give every row of a file as blocks, the shortest way that its reader has."""
    return reader.blocks(source, lint) if isinstance(reader, BlockReader) else blocks_of(reader.entries(source, lint))
