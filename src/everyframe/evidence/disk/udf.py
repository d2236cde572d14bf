"""UDF: discs and sticks without an ISO 9660 part. Deleted records are not looked for; what is free is searched."""

import struct
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import BinaryIO

from everyframe.errors import EvidenceError
from everyframe.evidence.disk.descent import descend
from everyframe.evidence.disk.extents import Extents
from everyframe.evidence.disk.media import Bytes, buffered
from everyframe.evidence.disk.stamps import Stamps
from everyframe.evidence.disk.udf_blocks import Node, Udf, broken
from everyframe.model.entry import Entry
from everyframe.model.states import EntryKind
from everyframe.model.warning import Problem, WarningCode

__all__ = ["UdfFileSystem"]

NAMED = 257
KINDS = {4: EntryKind.DIRECTORY, 5: EntryKind.FILE, 0: EntryKind.FILE, 12: EntryKind.SYMLINK}
REAL_TIME = 249
DELETED, PARENT = 4, 8
MOST_DIRECTORY, LARGER = 64 << 20, 4
FAULTS = (EvidenceError, OSError, ValueError, struct.error, IndexError)


class UdfFileSystem:
    """Read one UDF volume.

    Raises:
        EvidenceError: it is broken, or of a kind that is not read.
    """

    kind = "UDF"

    def __init__(self, data: Bytes) -> None:
        self.problems: list[Problem] = []
        self.places: set[tuple[int, int]] = set()
        self._size = data.size
        self._owned = Extents()
        try:
            self._udf = Udf(data)
        except (OSError, ValueError, struct.error) as error:
            raise broken(f"volume that cannot be opened: {error}") from error

    def live(self) -> Iterator[Entry]:
        """List the files, depth first in byte order."""
        self._owned = Extents()
        yield from descend(self._udf.root, self._entry, self._names, FAULTS)

    def _entry(self, path: bytes, ident: tuple[int, int]) -> Entry:
        try:
            node = self._udf.node(ident)
        except FAULTS as error:
            return Entry(path, problem=Problem(WarningCode.UNREADABLE_FILE, f"its record cannot be read: {error}"))
        self._own(ident, node)
        kind = EntryKind.FILE if node.kind == REAL_TIME else KINDS.get(node.kind, EntryKind.UNKNOWN)
        entry = Stamps(*map(_time, node.times)).on(Entry(path, kind, node.size, locator=f"{ident[0]}-{ident[1]}"))
        if kind is EntryKind.FILE and node.size > LARGER * self._size + (1 << 30):
            words = f"declares {node.size:,} bytes, on a volume of {self._size:,}"
            return replace(entry, size=None, problem=Problem(WarningCode.UNREADABLE_FILE, words))
        return entry

    def _own(self, ident: tuple[int, int], node: Node) -> None:
        self._owned.add(self._udf.offset(*ident), self._udf.block)
        for extent in node.extents:
            if extent.start is not None and extent.start < self._size:
                self._owned.add(extent.start, min(extent.length, self._size - extent.start))

    def _names(self, ident: tuple[int, int]) -> list[tuple[bytes, tuple[int, int]]]:
        """Read one directory, in byte order of the names."""
        node = self._udf.node(ident)
        if node.size > MOST_DIRECTORY:
            raise OSError(5, f"a directory that declares {node.size:,} bytes")
        raw, place, found = self._udf.content(node, 0, node.size), 0, []
        while place + 38 <= len(raw):
            if struct.unpack_from("<H", raw, place)[0] != NAMED:
                words = "a directory ends before its size: what it named behind is not listed"
                self.problems.append(Problem(WarningCode.VOLUME_DAMAGED, words, "listing"))
                break
            traits, length, skip = raw[place + 18], raw[place + 19], struct.unpack_from("<H", raw, place + 36)[0]
            if not traits & (DELETED | PARENT):
                name = _name(raw[place + 38 + skip : place + 38 + skip + length])
                found.append((name, self._udf.where(raw[place + 20 : place + 36])))
            place += (38 + skip + length + 3) // 4 * 4
        return sorted(found)

    def recovered(self) -> Iterator[Entry]:
        """List nothing: records of deleted files are not looked for."""
        return iter(())

    def free(self) -> Iterator[tuple[int, int]]:
        """Give what no live file owns."""
        return self._owned.gaps(self._size)

    def open(self, locator: str) -> BinaryIO:
        """Open a file by the place of its record."""
        partition, block = (int(part) for part in locator.split("-"))
        try:
            node = self._udf.node((partition, block))
        except FAULTS as error:
            raise EvidenceError(f"its record cannot be read: {error}") from error
        return buffered(lambda offset, length: self._udf.content(node, offset, length), node.size)


def _name(raw: bytes) -> bytes:
    """Give a name of OSTA CS0 as UTF-8."""
    text = raw[1:].decode("utf-16-be" if raw[:1] in (b"\x10", b"\xff") else "latin-1", "replace")
    return text.replace("/", "_").encode("utf-8", "surrogateescape") or b"unnamed"


def _time(raw: bytes) -> str | None:
    """Write a time as recorded (ECMA-167 1/7.3), with its offset where it has one."""
    if len(raw) < 12 or not any(raw):  # noqa: PLR2004 - the length of one
        return None
    zone, year, month, day, hour, minute, second, hundredth, hundreds, micro = struct.unpack("<Hh8B", raw)
    minutes = (zone & 0xFFF) - (0x1000 if zone & 0x800 else 0)
    known = zone >> 12 == 1 and abs(minutes) < 1440  # noqa: PLR2004 - minutes of a day
    micros = hundredth * 10_000 + hundreds * 100 + micro
    try:
        moment = datetime(  # noqa: DTZ001 - a record need not have a zone
            year, month, day, hour, minute, second, min(micros, 999_999)
        )
    except ValueError:
        return None
    text = f"{moment.isoformat()[:19]}.{moment.microsecond:06d}000"
    if not known:
        return text
    shown = timezone(timedelta(minutes=minutes))
    return text + moment.replace(tzinfo=shown).isoformat()[-6:]
