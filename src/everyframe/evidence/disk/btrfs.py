"""Btrfs on one device, with its subvolumes and snapshots as the directories that they appear as.

Deleted records are not looked for: a tree that is written anew has none. Checksums are not verified.
"""

import stat
import struct
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import BinaryIO

from everyframe.errors import EvidenceError
from everyframe.evidence.disk.btrfs_packed import unpacked
from everyframe.evidence.disk.btrfs_trees import Trees, broken
from everyframe.evidence.disk.descent import descend
from everyframe.evidence.disk.extents import Extents
from everyframe.evidence.disk.media import Bytes, buffered
from everyframe.evidence.disk.stamps import Stamps
from everyframe.evidence.times import utc_text
from everyframe.evidence.walk import KINDS
from everyframe.model.entry import Entry
from everyframe.model.states import EntryKind
from everyframe.model.warning import Problem, WarningCode

__all__ = ["Btrfs"]

INODE_ITEM, DIRECTORY_INDEX, EXTENT_DATA, ROOT_ITEM = 1, 96, 108, 132
OUTERMOST, TOP = 5, 256
INLINE, REGULAR = 0, 1
LARGER, MOST_PACKED = 4, 16 << 20
FAULTS = (EvidenceError, OSError, ValueError, struct.error, IndexError)


@dataclass(frozen=True, slots=True)
class _Extent:
    """Hold a stretch of a file: its first byte in the file, how many, and where they come from."""

    at: int
    size: int
    packing: int
    inline: bytes
    logical: int
    packed: int
    skip: int
    whole: int


class Btrfs:
    """Read one file system.

    Raises:
        EvidenceError: it is broken, or one of several devices.
    """

    kind = "Btrfs"

    def __init__(self, data: Bytes) -> None:
        self.problems: list[Problem] = []
        self.places: set[tuple[int, int]] = set()
        self._size = data.size
        self._owned = Extents()
        try:
            self._trees = Trees(data)
            self._trees.subvolume(OUTERMOST)
        except (OSError, ValueError, struct.error, IndexError) as error:
            raise broken(f"file system that cannot be opened: {error}") from error
        self._root = lru_cache(maxsize=256)(self._trees.subvolume)
        self._unpacked = lru_cache(maxsize=16)(self._unpack)

    def live(self) -> Iterator[Entry]:
        """List the files, depth first in byte order."""
        self._owned = Extents()
        if self._trees.unreplayed:
            words = "what was written last stands in its log, which is not read"
            self.problems.append(Problem(WarningCode.VOLUME_DAMAGED, words, "listing"))
        yield from descend((OUTERMOST, TOP), self._entry, self._names, FAULTS)

    def _names(self, ident: tuple[int, int]) -> list[tuple[bytes, tuple[int, int]]]:
        """Read one directory, in byte order of the names."""
        subvolume, number = ident
        found = []
        low, high = (number, DIRECTORY_INDEX, 0), (number, DIRECTORY_INDEX + 1, 0)
        for _, body in self._trees.items(self._root(subvolume), low, high):
            target, kind, _, _, _, length = struct.unpack_from("<QBQQHH", body)
            name = body[30 : 30 + length].replace(b"/", b"_") or b"unnamed"
            found.append((name, (target, TOP) if kind == ROOT_ITEM else (subvolume, target)))
        return sorted(found)

    def _inode(self, ident: tuple[int, int]) -> bytes:
        subvolume, number = ident
        low, high = (number, INODE_ITEM, 0), (number, INODE_ITEM + 1, 0)
        for _, body in self._trees.items(self._root(subvolume), low, high):
            if len(body) >= 160:  # noqa: PLR2004 - the size of one
                return body
        raise OSError(5, f"inode {number} is not there")

    def _entry(self, path: bytes, ident: tuple[int, int]) -> Entry:
        try:
            body = self._inode(ident)
            kind = KINDS.get(stat.S_IFMT(struct.unpack_from("<I", body, 52)[0]), EntryKind.UNKNOWN)
            (size,) = struct.unpack_from("<Q", body, 16)
            if kind is EntryKind.FILE:
                self._own(ident, size)
        except FAULTS as error:
            return Entry(path, problem=Problem(WarningCode.UNREADABLE_FILE, f"its record cannot be read: {error}"))
        accessed, changed, modified, created = (_time(body, at) for at in (112, 124, 136, 148))
        entry = Entry(path, kind, size, locator=f"{ident[0]}-{ident[1]}")
        if kind is EntryKind.FILE and size > LARGER * self._size + (1 << 30):
            words = f"declares {size:,} bytes, on a volume of {self._size:,}"
            entry = replace(entry, size=None, problem=Problem(WarningCode.UNREADABLE_FILE, words))
        return Stamps(modified, accessed, changed, created).on(entry)

    def _own(self, ident: tuple[int, int], size: int) -> None:
        for extent in self._extents(ident):
            if extent.logical and extent.at < size:
                for place in self._trees.physical(extent.logical, extent.packed):
                    if place < self._size:
                        self._owned.add(place, min(extent.packed, self._size - place))

    def _extents(self, ident: tuple[int, int]) -> Iterator[_Extent]:
        subvolume, number = ident
        low, high = (number, EXTENT_DATA, 0), (number, EXTENT_DATA + 1, 0)
        for (_, _, at), body in self._trees.items(self._root(subvolume), low, high):
            whole, packing, encryption, encoding, kind = struct.unpack_from("<8xQBBHB", body)
            if encryption or encoding:
                raise OSError(5, "an extent that is encrypted, or encoded in a way that is not read")
            if kind == INLINE:
                yield _Extent(at, whole, packing, body[21:], 0, 0, 0, whole)
                continue
            logical, packed, skip, size = struct.unpack_from("<QQQQ", body, 21)
            if kind == REGULAR and logical:
                yield _Extent(at, size, packing, b"", logical, packed, skip, whole)

    def recovered(self) -> Iterator[Entry]:
        """List nothing: records of deleted files are not looked for."""
        return iter(())

    def free(self) -> Iterator[tuple[int, int]]:
        """Give what no live file owns; the nodes in use belong to them, since small files stand in nodes."""
        for place, length in self._trees.places_visited():
            self._owned.add(place, length)
        return self._owned.gaps(self._size)

    def open(self, locator: str) -> BinaryIO:
        """Open a file by its subvolume and inode."""
        subvolume, number = (int(part) for part in locator.split("-"))
        try:
            (size,) = struct.unpack_from("<Q", self._inode((subvolume, number)), 16)
            extents = list(self._extents((subvolume, number)))
        except FAULTS as error:
            raise EvidenceError(f"its record cannot be read: {error}") from error
        starts = [extent.at for extent in extents]

        def read(offset: int, length: int) -> bytes:
            length = max(0, min(length, size - offset))
            first = max(bisect_right(starts, offset) - 1, 0)
            return self._content(extents[first : bisect_left(starts, offset + length)], offset, length)

        return buffered(read, size)

    def _content(self, extents: list[_Extent], offset: int, length: int) -> bytes:
        """Read from the extents of a stretch; what none of them holds was never written, and is zeros."""
        out = bytearray(length)
        for extent in extents:
            first, last = max(extent.at, offset), min(extent.at + extent.size, offset + length)
            if first >= last:
                continue
            part = self._part(extent, first - extent.at, last - first)
            if len(part) < last - first:
                raise OSError(5, "an extent is shorter than it says")
            out[first - offset : last - offset] = part
        return bytes(out)

    def _part(self, extent: _Extent, skip: int, length: int) -> bytes:
        if extent.logical and not extent.packing:
            return self._trees.read(extent.logical + extent.skip + skip, length)
        if extent.whole > MOST_PACKED or extent.packed > MOST_PACKED:
            raise OSError(5, f"a compressed extent that declares {extent.whole:,} bytes")
        whole = self._unpacked(extent)
        return whole[extent.skip + skip : extent.skip + skip + length]

    def _unpack(self, extent: _Extent) -> bytes:
        raw = extent.inline or self._trees.read(extent.logical, extent.packed)
        return unpacked(extent.packing, raw, extent.whole)


def _time(body: bytes, at: int) -> str | None:
    seconds, nanoseconds = struct.unpack_from("<qI", body, at)
    return utc_text(seconds, nanoseconds) if seconds or nanoseconds else None
