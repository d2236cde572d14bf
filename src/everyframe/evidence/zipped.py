"""A zip archive: its records read one by one, and each member's bytes handed to libarchive under a clean header."""

import io
import struct
from collections.abc import Callable, Iterator
from itertools import islice
from typing import BinaryIO

from everyframe.errors import EvidenceError
from everyframe.evidence.container import Peek, peek_into
from everyframe.evidence.cursor import ZIP_MEMBER, Cursor
from everyframe.evidence.member import ZIP, Member
from everyframe.evidence.zip_records import (
    FULL,
    LENGTH_FOLLOWS,
    LOCAL,
    ZIP64,
    Directory,
    Record,
    local_header,
    read_directory,
)
from everyframe.evidence.zip_salvage import salvage
from everyframe.model.warning import Problem, WarningCode

__all__ = ["ZipContainer", "recognise_zip"]

DECODING_FLAGS = 6
"""The bits of the flags that a decoder needs."""


class _Splice(io.RawIOBase):
    """Show a header and, behind it, some bytes of the archive as one stream."""

    def __init__(self, header: bytes, peek: Peek, start: int) -> None:
        self._header = header
        self._peek = peek
        self._start = start
        self._position = 0

    def seek(self, offset: int, _whence: int = 0) -> int:
        self._position = offset
        return offset

    def read(self, size: int = -1) -> bytes:
        behind = self._position - len(self._header)
        data = self._header[self._position :][:size] if behind < 0 else self._peek(self._start + behind, size)
        self._position += len(data)
        return data


def _clean_header(record: Record) -> bytes:
    """Write a header that says of the member what its bytes need, and nothing else."""
    flags = record.flags & (DECODING_FLAGS | (LENGTH_FOLLOWS if record.packed is None else 0))
    sizes, extra = (0, 0), b""
    if record.packed is not None:
        sizes, extra = (FULL, FULL), struct.pack("<HHQQ", ZIP64, 16, record.size, record.packed)
    head = LOCAL.pack(b"PK\3\4", 45, flags, record.method, 0, 0, record.crc, *sizes, 1, len(extra))
    return head + b"m" + extra


class ZipContainer:
    """Read the members of a zip in the order of its central directory; any of them can be read at once.

    Members that lie in the archive and are not in a missing or damaged directory come after it, ``most`` of them.
    """

    def __init__(
        self, stream: BinaryIO, length: int, directory: Directory | None, beat: Callable[[], None], *, most: int
    ) -> None:
        self.length = length
        self.passes = 0
        self._peek = peek_into(stream)
        self._beat = beat
        self._directory = directory
        self._most = most
        self._found: list[Record] | None = None
        self._cursor: Cursor | None = None

    @property
    def _listed(self) -> int:
        return 0 if self._directory is None else len(self._directory)

    def members(self) -> Iterator[Member]:
        """Give each record as a member."""
        self._salvaged()
        ordinal = 0
        while (member := self.member(ordinal)) is not None:
            if not ordinal % 1000:
                self._beat()
            yield member
            ordinal += 1

    def _salvaged(self) -> list[Record]:
        """Look for members outside the directory, once, when that is missing or damaged."""
        if self._found is None:
            known = self._directory
            whole = known is not None and known.whole
            listed = set(known.offsets) if known is not None and not whole else set()
            found = iter(()) if whole else salvage(self._peek, self.length, self._beat)
            self._found = list(islice((record for record in found if record.offset not in listed), self._most))
        return self._found

    def _record(self, ordinal: int) -> Record | None:
        if self._directory is not None and ordinal < self._listed:
            return self._directory.record(ordinal, self._peek)
        found = self._salvaged()
        return found[ordinal - self._listed] if ordinal - self._listed < len(found) else None

    def member(self, ordinal: int) -> Member | None:
        """Give one record as a member."""
        record = self._record(ordinal)
        if record is None:
            return None
        return Member(ordinal, record.name, record.kind, record.size, record.encrypted, record.times, ZIP)

    def stand_on(self, ordinal: int) -> Member | None:
        """Go to a member: to its own header, and from there to its bytes."""
        self.close()
        record = self._record(ordinal)
        if record is None:
            return None
        self._cursor = self._cursor_over(record)
        return self.member(ordinal)

    def _cursor_over(self, record: Record) -> Cursor:
        if record.encrypted:
            raise EvidenceError("encrypted", "archive-encrypted")
        local = local_header(record.offset, self._peek)
        if local is None:
            raise EvidenceError("broken: there is no member where the directory says", "archive-broken")
        packed = max(0, self.length - local.start) if record.packed is None else record.packed
        if local.start + packed > self.length:
            there = max(0, self.length - local.start)
            raise EvidenceError(f"broken: {there:,} packed bytes of {packed:,} are there", "archive-broken")
        header = _clean_header(record)
        cursor = Cursor(_Splice(header, self._peek, local.start), len(header) + packed, ZIP_MEMBER, self._beat)
        next(cursor, None)
        return cursor

    def chunks(self) -> Iterator[memoryview]:
        """Unpack the member stood on."""
        return iter(()) if self._cursor is None else self._cursor.chunks()

    def problems(self) -> Iterator[Problem]:
        """Tell of a directory that is not whole, and of members that share bytes."""
        directory = self._directory
        if directory is None:
            reason = "the central directory is missing; members are listed as they lie in the archive"
            yield Problem(WarningCode.ARCHIVE_BROKEN, reason)
            return
        if not directory.whole:
            reason = f"the central directory has {self._listed:,} records of {directory.declared:,}"
            yield Problem(WarningCode.ARCHIVE_BROKEN, reason)
        if directory.packed > self.length:
            reason = f"members share bytes: {directory.packed:,} packed bytes in an archive of {self.length:,}"
            yield Problem(WarningCode.ARCHIVE_LIMIT, reason)

    def close(self) -> None:
        """Let go of the member stood on."""
        if self._cursor is not None:
            self._cursor.close()
            self._cursor = None


def recognise_zip(
    stream: BinaryIO, length: int, beat: Callable[[], None], *, anywhere: bool, most: int
) -> ZipContainer | None:
    """Take a stream for a zip when it starts as one or, asked for ``anywhere``, ends with a directory that fits."""
    peek = peek_into(stream)
    if not anywhere and peek(0, 2) != b"PK":
        return None
    directory = read_directory(peek, length, beat)
    fits = directory is not None and (directory.declared == 0 or local_header(min(directory.offsets, default=-1), peek))
    if not fits and (anywhere or next(salvage(peek, length, beat), None) is None):
        return None
    return ZipContainer(stream, length, directory, beat, most=most)
