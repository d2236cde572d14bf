"""A container that libarchive goes through from front to back: everything but zip."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from everyframe.errors import EvidenceError
from everyframe.evidence.container import peek_into
from everyframe.evidence.cursor import MODES, Cursor, Mode
from everyframe.evidence.ending import missing_end
from everyframe.evidence.member import TAR, Member
from everyframe.model.warning import Problem, WarningCode

__all__ = ["StreamedContainer", "recognise"]

TOLD = 5


class StreamedContainer:
    """Read members in one pass, in their order; going back begins another."""

    def __init__(self, stream: BinaryIO, length: int, mode: Mode, family: int, beat: Callable[[], None]) -> None:
        self.length = length
        self.passes = 0
        self._stream = stream
        self._mode = mode
        self._family = family
        self._beat = beat
        self._cursor: Cursor | None = None
        self._warnings: list[str] = []
        self._missing = 0

    def _begin(self) -> Cursor:
        return Cursor(self._stream, self.length, self._mode, self._beat, plain_names=self._family == TAR)

    def members(self) -> Iterator[Member]:
        """Go through the headers with a cursor of its own."""
        cursor = self._begin()
        self._warnings = cursor.warnings
        try:
            yield from cursor
        finally:
            self._missing = cursor.missing
            cursor.close()

    def stand_on(self, ordinal: int) -> Member | None:
        """Bring the cursor to a member, forward when it can."""
        cursor = self._cursor
        if cursor is None or cursor.past(ordinal):
            self.close()
            cursor = self._cursor = self._begin()
            self.passes += 1
        while cursor.member is None or cursor.member.ordinal < ordinal:
            if next(cursor, None) is None:
                break
        return cursor.member

    def chunks(self) -> Iterator[memoryview]:
        """Unpack the member stood on."""
        return iter(()) if self._cursor is None else self._cursor.chunks()

    def problems(self) -> Iterator[Problem]:
        """Tell what libarchive remarked on, and what is missing at the end where it does not tell."""
        reasons = [words for words in self._warnings if "convert" not in words][:TOLD]
        if not self._mode.compressed:
            reasons.extend(filter(None, [self._missing_end()]))
        for reason in reasons:
            yield Problem(WarningCode.ARCHIVE_BROKEN, reason)

    def _missing_end(self) -> str:
        if self._missing:
            return f"cut short: {self._missing:,} bytes or more are missing at the end"
        return missing_end(self._family, peek_into(self._stream), self.length)

    def close(self) -> None:
        """Let go of the cursor."""
        if self._cursor is not None:
            self._cursor.close()
            self._cursor = None


def recognise(stream: BinaryIO, length: int, beat: Callable[[], None]) -> StreamedContainer | None:
    """Try what libarchive knows; None when it knows nothing of the kind."""
    for mode in MODES:
        family = _family(stream, length, mode, beat)
        if family:
            return StreamedContainer(stream, length, mode, family, beat)
    return None


def _family(stream: BinaryIO, length: int, mode: Mode, beat: Callable[[], None]) -> int:
    """Give the format found, 0 for none.

    An empty tar is a run of zeros and would be seen in any of them, so that is taken for no archive.
    """
    cursor = Cursor(stream, length, mode, beat)
    try:
        if not cursor.recognised:
            return 0
        empty = next(cursor, None) is None
        return 0 if empty and cursor.family() == TAR else cursor.family()
    except EvidenceError:
        return cursor.family()
    finally:
        cursor.close()
