"""The records of a zip archive: its central directory, and the headers of the members themselves.

libarchive gives up a whole zip at the first field that it does not like; here each record stands alone.
"""

import stat
import struct
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from everyframe.evidence.container import Peek
from everyframe.evidence.member import KINDS, MemberTimes
from everyframe.evidence.zip_times import extra_fields, more_in_local, times_of, unicode_name
from everyframe.model.states import EntryKind

__all__ = ["Directory", "LocalHeader", "Record", "local_header", "read_directory"]

END = struct.Struct("<4s4H2LH")
END64 = struct.Struct("<4sQ2H2L4Q")
LOCATOR64 = struct.Struct("<4sLQL")
CENTRAL = struct.Struct("<4s6H3L5H2L")
LOCAL = struct.Struct("<4s5H3L2H")
END_SEARCH = 65_535 + END.size
LARGEST = 256 << 20
"""A longer central directory is not read; the members are then looked for as they lie."""

BEAT_EVERY = 10_000

FULL = 0xFFFFFFFF
ZIP64 = 0x0001
HIGHEST = (1 << 64) - 1
ENCRYPTED = 1
LENGTH_FOLLOWS = 8
DOS_DIRECTORY = 0x10


@dataclass(frozen=True, slots=True)
class Record:
    """Hold what is recorded of one member. ``packed`` and ``size`` are None where they only follow its bytes."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int | None
    size: int | None
    offset: int
    kind: EntryKind
    times: MemberTimes

    @property
    def encrypted(self) -> bool:
        """Tell whether the bytes are encrypted."""
        return bool(self.flags & ENCRYPTED)


class LocalHeader(NamedTuple):
    """Hold the header before a member's bytes, and where those start."""

    record: Record
    start: int


class Directory:
    """Hold a central directory as it lies, one record at a time being read from it.

    Args:
        data: its bytes.
        shift: bytes before the archive, as of a self-extracting program.
        declared: records there should be.
        beat: called every now and then while they are counted.
    """

    def __init__(self, data: bytes, shift: int, declared: int, beat: Callable[[], None]) -> None:
        self._data = data
        self._shift = shift
        self._places = array("L")
        self.declared = declared
        self.packed = 0
        self.offsets = array("Q")
        position = 0
        while data[position : position + 4] == b"PK\1\2" and position + CENTRAL.size <= len(data):
            if not len(self._places) % BEAT_EVERY:
                beat()
            self._places.append(position)
            position = self._index(position)

    def _index(self, position: int) -> int:
        fields = CENTRAL.unpack_from(self._data, position)
        after = position + CENTRAL.size + fields[10]
        packed, _, offset = _sizes(fields[8], fields[9], fields[16], self._data[after : after + fields[11]])
        self.packed += packed
        self.offsets.append(offset + self._shift & HIGHEST)
        return int(after + fields[11] + fields[12])

    def __len__(self) -> int:
        return len(self._places)

    @property
    def whole(self) -> bool:
        """Tell whether there are as many records as there should be; the short form counts to 65,535 and over."""
        return len(self) == self.declared or (self.declared <= 0xFFFF and len(self) & 0xFFFF == self.declared)  # noqa: PLR2004 - as the format has it

    def record(self, ordinal: int, peek: Peek) -> Record:
        """Read one record; its further times come from the member's own header."""
        position = self._places[ordinal]
        (_, made, _, flags, method, time, date, crc, packed, size, name_size, extra_size, *_, attributes, offset) = (
            CENTRAL.unpack_from(self._data, position)
        )
        start = position + CENTRAL.size
        name = self._data[start : start + name_size]
        raw = self._data[start + name_size : start + name_size + extra_size]
        packed, size, offset = _sizes(packed, size, offset, raw)
        extra = dict(extra_fields(raw))
        times = times_of(extra, date, time)
        if more_in_local(extra):
            local = local_header(offset + self._shift, peek)
            times = local.record.times if local else times
        kind = _kind(name, attributes, size, unix=made >> 8 in {3, 19})
        return Record(unicode_name(name, extra), flags, method, crc, packed, size, offset + self._shift, kind, times)


def _kind(name: bytes, attributes: int, size: int, *, unix: bool) -> EntryKind:
    """Tell what a member is. A directory that has bytes is taken for a file, so that they are not passed over."""
    kind = KINDS.get(stat.S_IFMT(attributes >> 16), EntryKind.FILE) if unix else EntryKind.FILE
    directory = name.endswith(b"/") or kind is EntryKind.DIRECTORY or attributes & DOS_DIRECTORY
    if directory:
        return EntryKind.FILE if size else EntryKind.DIRECTORY
    return kind


def _sizes(packed: int, size: int, offset: int, extra: bytes) -> tuple[int, int, int]:
    """Give packed size, size and offset, from the 64-bit field where the short ones are full."""
    if FULL not in {packed, size, offset}:
        return packed, size, offset
    values = dict(extra_fields(extra)).get(ZIP64, b"")
    large = iter(struct.unpack_from(f"<{len(values) // 8}Q", values))
    size = next(large, size) if size == FULL else size
    packed = next(large, packed) if packed == FULL else packed
    return packed, size, next(large, offset) if offset == FULL else offset


def local_header(position: int, peek: Peek) -> LocalHeader | None:
    """Read the header before a member's bytes; None where there is none."""
    header = peek(position, LOCAL.size)
    if len(header) < LOCAL.size or header[:4] != b"PK\3\4":
        return None
    _, _, flags, method, time, date, crc, packed, size, name_size, extra_size = LOCAL.unpack(header)
    rest = peek(position + LOCAL.size, name_size + extra_size)
    name, raw = rest[:name_size], rest[name_size:]
    packed, size, _ = _sizes(packed, size, 0, raw)
    extra = dict(extra_fields(raw))
    known = not flags & LENGTH_FOLLOWS or packed > 0
    record = Record(
        name=unicode_name(name, extra),
        flags=flags,
        method=method,
        crc=crc,
        packed=packed if known else None,
        size=size if known else None,
        offset=position,
        kind=_kind(name, 0, size, unix=False),
        times=times_of(extra, date, time),
    )
    return LocalHeader(record, position + LOCAL.size + name_size + extra_size)


def read_directory(peek: Peek, length: int, beat: Callable[[], None]) -> Directory | None:
    """Find and read the central directory; None where there is none, as in an archive cut short."""
    tail_start = max(0, length - END_SEARCH)
    tail = peek(tail_start, END_SEARCH)
    found = tail.rfind(b"PK\5\6", 0, max(0, len(tail) - END.size + 4))
    if found < 0:
        return None
    end = tail_start + found
    declared, size, offset = END.unpack_from(tail, found)[4:7]
    declared, size, offset, start = _zip64(peek, end) or (declared, size, offset, end - size)
    if start < 0 or size > LARGEST:
        return None
    return Directory(peek(start, size), start - offset, declared, beat)


def _zip64(peek: Peek, end: int) -> tuple[int, int, int, int] | None:
    """Read the large form of the end record: count, size, offset and where the directory really starts."""
    locator = end - LOCATOR64.size
    position = locator - END64.size
    if position < 0 or peek(locator, 4) != b"PK\6\7":
        return None
    record = peek(position, END64.size)
    if record[:4] != b"PK\6\6":
        return None
    fields = END64.unpack(record)
    return fields[7], fields[8], fields[9], position - fields[8]
