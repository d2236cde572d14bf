"""What the archive reader asks of a container, whichever code goes through it."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol

from everyframe.errors import EvidenceError
from everyframe.evidence.member import Member
from everyframe.model.warning import Problem

__all__ = ["Container", "Peek", "peek_into", "unreadable"]

HIGHEST = 1 << 63

Peek = Callable[[int, int], bytes]
"""Read some bytes at a position."""


class Container(Protocol):
    """Hold members in a fixed order.

    ``members`` MUST give them all and raise EvidenceError where it cannot go on. ``stand_on`` MUST make ``chunks`` give
    the bytes of that member. ``passes`` counts how often the container was begun for reading.
    """

    length: int
    passes: int

    def members(self) -> Iterator[Member]:
        """Go through the headers."""
        ...

    def stand_on(self, ordinal: int) -> Member | None:
        """Go to one member."""
        ...

    def chunks(self) -> Iterator[memoryview]:
        """Give the bytes of the member stood on, once."""
        ...

    def problems(self) -> Iterator[Problem]:
        """Say what was found wrong beyond that, once the members are through."""
        ...

    def close(self) -> None:
        """Let go of what is held."""
        ...


def unreadable(error: OSError) -> EvidenceError:
    """Turn a read error of the evidence into an error of this archive."""
    return EvidenceError(f"the archive's own bytes cannot be read: {error.strerror or error}", "archive-broken")


def peek_into(stream: BinaryIO) -> Peek:
    """Give a way to read a stream at any place; where there is no such place, there is nothing."""

    def peek(position: int, size: int) -> bytes:
        if not 0 <= position < HIGHEST:
            return b""
        try:
            stream.seek(position)
            return stream.read(size)
        except OSError as error:
            raise unreadable(error) from error

    return peek
