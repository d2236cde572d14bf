"""What the image reader asks of a file system, whichever library reads it."""

from collections.abc import Iterator
from typing import BinaryIO, Protocol

from everyframe.model.entry import Entry
from everyframe.model.warning import Problem

__all__ = ["FileSystem"]


class FileSystem(Protocol):
    """Read one file system.

    ``live`` MUST give every file that has a name, in byte order of the path, depth first. ``recovered`` MUST be asked for
    after ``live`` is through, and gives what records of deleted files there are. ``free`` gives the stretches, offset and
    length, that no live file owns; slack behind the end of a file is among them. ``places`` has start and size of what
    ``recovered`` gave whole and in one piece. ``open`` takes an entry's locator.
    """

    kind: str
    problems: list[Problem]
    places: set[tuple[int, int]]

    def live(self) -> Iterator[Entry]:
        """List what is not deleted."""
        ...

    def recovered(self) -> Iterator[Entry]:
        """List what is left of deleted files."""
        ...

    def free(self) -> Iterator[tuple[int, int]]:
        """Give what belongs to no live file."""
        ...

    def open(self, locator: str) -> BinaryIO:
        """Open a file."""
        ...
