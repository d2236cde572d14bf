"""The interface of every evidence reader."""

from collections.abc import Iterator
from typing import BinaryIO, ClassVar, Protocol

from everyframe.model.entry import Entry

__all__ = ["Reader"]


class Reader(Protocol):
    """Read one container of evidence: a folder, an archive, an image.

    A reader MUST NOT write, create or change anything, and MUST NOT follow links out of its source. ``entries`` MUST
    name everything there is, in a stable order, and open no content; what it cannot name it MUST yield as an Entry with
    a Problem. ``open`` MUST return exactly the bytes of the entry or raise EvidenceError. ``close`` always runs.
    """

    NAME: ClassVar[str]
    DESCRIPTION: ClassVar[str]

    def entries(self) -> Iterator[Entry]:
        """List what the container holds, without opening any content."""
        ...

    def open(self, entry: Entry) -> BinaryIO:
        """Open one entry read-only, seekable, for reading at any offset."""
        ...

    def close(self) -> None:
        """Let go of whatever is held open."""
        ...
