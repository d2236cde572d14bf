"""File systems that The Sleuth Kit reads: NTFS, FAT, exFAT, ext, HFS+; live files and deleted records."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import pytsk3

from everyframe.errors import EvidenceError
from everyframe.evidence.disk import mft
from everyframe.evidence.disk.extents import Extents
from everyframe.evidence.disk.media import Bytes, buffered
from everyframe.evidence.disk.record import Content, Record, gone, record_of, recovered_of
from everyframe.model.disk import RecoveredState
from everyframe.model.entry import Entry
from everyframe.model.states import EntryKind
from everyframe.model.warning import Problem, WarningCode

__all__ = ["MOST_RECORDS", "TskFileSystem", "TskImage"]

TYPES = {
    "NTFS": pytsk3.TSK_FS_TYPE_NTFS, "FAT": pytsk3.TSK_FS_TYPE_FAT_DETECT, "exFAT": pytsk3.TSK_FS_TYPE_EXFAT,
    "ext": pytsk3.TSK_FS_TYPE_EXT_DETECT, "HFS+": pytsk3.TSK_FS_TYPE_HFS_DETECT,
}  # fmt: skip
NAMES = {
    pytsk3.TSK_FS_TYPE_FAT12: "FAT12", pytsk3.TSK_FS_TYPE_FAT16: "FAT16", pytsk3.TSK_FS_TYPE_FAT32: "FAT32",
    pytsk3.TSK_FS_TYPE_EXT2: "ext2", pytsk3.TSK_FS_TYPE_EXT3: "ext3", pytsk3.TSK_FS_TYPE_EXT4: "ext4",
}  # fmt: skip
MOST_RECORDS = 500_000
"""Deleted records kept of one volume; damaged file systems can show any number of them."""
DEEPEST = 1000
SYSTEM = {b"$ALLOC_BITMAP", b"$UPCASE_TABLE", b"$MBR", b"$FAT1", b"$FAT2"}
LABEL = b" (Volume Label Entry)"
ORPHANS = b"$OrphanFiles"
LOST = b"$Lost"
NTFS_OWN = 24  # records below are the file system's
NTFS_EXTEND = 11


class TskImage(pytsk3.Img_Info):  # type: ignore[misc] # the library has no types
    """Hand bytes to The Sleuth Kit. Once ``budget`` is set, reading more than that fails: no search goes on for ever."""

    def __init__(self, data: Bytes) -> None:
        self._data = data
        self.budget: int | None = None
        super().__init__(url="", type=pytsk3.TSK_IMG_TYPE_EXTERNAL)

    def read(self, offset: int, size: int) -> bytes:
        """Read from an offset."""
        if self.budget is not None:
            self.budget -= size
            if self.budget < 0:
                raise OSError(5, "the search reads more than the volume holds")
        return self._data.read(offset, size)

    def get_size(self) -> int:
        """Give the size."""
        return self._data.size

    def close(self) -> None:
        """Leave the bytes open: others read them."""


@dataclass(frozen=True, slots=True)
class _Name:
    name: bytes
    inode: int
    sequence: int
    directory: bool
    deleted: bool


class TskFileSystem:
    """Read one file system through pytsk3.

    Raises:
        EvidenceError: The Sleuth Kit cannot make sense of it.
    """

    def __init__(self, data: Bytes, kind: str) -> None:
        self._image = TskImage(data)
        self._size = data.size
        try:
            self._fs = pytsk3.FS_Info(self._image, offset=0, type=TYPES[kind])
        except OSError as error:
            raise EvidenceError(f"its file system cannot be opened: {_words(error)}", "volume-unreadable") from error
        self.kind = NAMES.get(self._fs.info.ftype, kind)
        self.problems: list[Problem] = []
        self.places: set[tuple[int, int]] = set()
        self.owned = Extents()
        self._ntfs = kind == "NTFS"
        self._block = int(self._fs.info.block_size)
        self._seen: set[int] = set()
        self._directories: set[int] = set()
        self._dropped = 0
        self._deleted: list[tuple[bytes, _Name]] = []

    # live files

    def live(self) -> Iterator[Entry]:
        """List the files that have a name, then those whose record is in use and whose name is lost."""
        self._seen.clear()
        self._directories.clear()
        self._deleted.clear()
        self.owned = Extents()
        self._image.budget = 4 * self._size + (1 << 30)
        root = int(self._fs.info.root_inum)
        yield from self._streams(b"", root)
        try:
            yield from self._walk(root, b"", deleted=False)
        except OSError as error:
            yield Entry(b".", EntryKind.DIRECTORY, problem=Problem(WarningCode.UNREADABLE_DIRECTORY, _words(error)))
        if self._ntfs:
            yield from self._lost()
        self._own_hidden()

    def _walk(self, inode: int, prefix: bytes, *, deleted: bool) -> Iterator[Entry]:
        """Go down from a directory; one list of names for each level is held."""
        levels = [(prefix, iter(self._names(inode)))]
        self._directories.add(inode)
        while levels:
            above, names = levels[-1]
            name = next(names, None)
            if name is None:
                levels.pop()
                continue
            path = above + name.name
            if path == ORPHANS:
                continue
            gone_ = deleted or name.deleted
            if gone_ and not name.directory:
                self._note_deleted(path, name)
            elif not gone_ and not self._own(path, name):
                yield from self._live(path, name)
            if name.directory:
                problem = self._descend(levels, path, name)
                if problem and not gone_:
                    yield Entry(path, EntryKind.DIRECTORY, problem=problem)

    def _descend(self, levels: list[tuple[bytes, Iterator[_Name]]], path: bytes, name: _Name) -> Problem | None:
        """Enter a directory; gives why not, where that is a gap."""
        if name.inode in self._directories:
            return None if name.deleted else Problem(WarningCode.UNREADABLE_DIRECTORY, "the directory is reached twice")
        if len(levels) > DEEPEST:
            return Problem(WarningCode.UNREADABLE_DIRECTORY, f"more than {DEEPEST:,} directories deep")
        self._directories.add(name.inode)
        try:
            found = self._names(name.inode)
        except OSError as error:
            return Problem(WarningCode.UNREADABLE_DIRECTORY, _words(error))
        inside = found if not name.deleted else [_Name(n.name, n.inode, n.sequence, n.directory, True) for n in found]  # noqa: FBT003 - in its place
        levels.append((path + b"/", iter(inside)))
        return None

    def _names(self, inode: int) -> list[_Name]:
        """Read one directory, in byte order of the names."""
        found = set()
        for item in self._fs.open_dir(inode=inode):
            name = item.info.name
            if name is None or not name.name or name.name in (b".", b"..") or name.name.endswith(LABEL):
                continue
            deleted = not name.flags & pytsk3.TSK_FS_NAME_FLAG_ALLOC
            directory = name.type in (pytsk3.TSK_FS_NAME_TYPE_DIR, pytsk3.TSK_FS_NAME_TYPE_VIRT_DIR)
            meta = item.info.meta
            if meta is not None and name.type == pytsk3.TSK_FS_NAME_TYPE_UNDEF:
                directory = meta.type == pytsk3.TSK_FS_META_TYPE_DIR
            found.add(_Name(bytes(name.name), int(name.meta_addr), int(name.meta_seq), directory, deleted))
        return sorted(found, key=lambda n: (n.name, n.deleted, n.inode, n.sequence, n.directory))

    def _own(self, path: bytes, name: _Name) -> bool:
        """Tell whether a name is the file system's own, and count what it owns."""
        system = name.name in SYSTEM or (self._ntfs and (name.inode < NTFS_OWN or path.startswith(b"$Extend/")))
        if self.kind == "HFS+":
            system = name.inode < 16 and name.name.startswith(b"$")  # noqa: PLR2004 - the first number of a user's file
        if system:
            self._own_inode(name.inode)
        return bool(system)

    def _own_inode(self, inode: int) -> None:
        record = self._record(inode)
        for content in record.contents if record else ():
            self._add_owned(content)
        self._seen.add(inode)

    def _live(self, path: bytes, name: _Name) -> Iterator[Entry]:
        """Give the entries of one live name: one for each stream."""
        record = self._record(name.inode)
        if record is None:
            if not name.directory:
                reason = "its record cannot be read"
                yield Entry(path, problem=Problem(WarningCode.UNREADABLE_FILE, reason))
            return
        if not record.in_use:  # an index that was not written back: the record knows better
            self._note_deleted(path, name)
            return
        for content in record.owned:
            self._add_owned(content)
        self._seen.add(name.inode)
        yield from record.entries(path, self._size)

    def _streams(self, path: bytes, inode: int) -> Iterator[Entry]:
        record = self._record(inode)
        if record is not None:
            for content in record.owned:
                self._add_owned(content)
            found = record.entries(path, self._size)
            yield from (e for e in found if e.path)  # a damaged root may claim to be a file

    def _add_owned(self, content: Content) -> None:
        left = content.size
        for start, length in content.runs:
            if start < self._size:  # damaged records name places that there are not
                self.owned.add(start, min(length, max(left, 0), self._size - start))
            left -= length

    def _record(self, inode: int) -> Record | None:
        try:
            return record_of(self._fs.open_meta(inode), self._block, self.kind)
        except OSError:
            return None

    def _lost(self) -> Iterator[Entry]:
        """List NTFS records in use that no directory names: their directory is damaged."""
        try:
            table = self.open("0-128-1")
            lost = [
                n for n in mft.in_use(table) if n >= NTFS_OWN and n not in self._seen and n not in self._directories
            ]
        except (OSError, EvidenceError) as error:
            self.problems.append(Problem(WarningCode.VOLUME_DAMAGED, f"its file table cannot be gone through: {error}"))
            return
        for inode in lost[:MOST_RECORDS]:
            record = self._record(inode)
            if record is not None and record.kind is EntryKind.FILE:
                name = _Name(record.own_name or b"inode-%d" % inode, inode, 0, directory=False, deleted=False)
                yield from self._live(LOST + b"/%d/" % inode + name.name, name)

    def _own_hidden(self) -> None:
        """Count what files without a name own: the journal of ext."""
        if self.kind.startswith("ext"):
            self._own_inode(8)

    # deleted records

    def _note_deleted(self, path: bytes, name: _Name) -> None:
        if len(self._deleted) < MOST_RECORDS:
            self._deleted.append((path, name))
        else:
            self._dropped += 1

    def recovered(self) -> Iterator[Entry]:
        """List deleted records: those that a directory still names, then orphans."""
        named, self._deleted = self._deleted, []
        listed: set[tuple[int, str]] = set()
        for path, name in named:
            yield from self._recover(path, name, listed)
        if self.kind != "HFS+":  # no record outlives its name there
            yield from self._orphans(listed)
        if self._dropped:
            reason = f"{self._dropped:,} deleted records beyond the first {MOST_RECORDS:,} are not listed"
            self.problems.append(Problem(WarningCode.RECORDS_LIMIT, reason))

    def _recover(self, path: bytes, name: _Name, listed: set[tuple[int, str]]) -> Iterator[Entry]:
        record = self._record(name.inode)
        if record is None:
            yield gone(path, "its record cannot be read")
            return
        if record.in_use:
            if not self._ntfs or name.sequence != record.sequence:
                yield gone(path, "its record is in use by another file")
            return
        if self._ntfs and name.sequence and record.sequence not in (name.sequence, name.sequence + 1):
            yield gone(path, "its record was used again since")
            return
        if record.kind is not EntryKind.FILE:
            return
        for content in record.contents:
            key = (name.inode, content.locator)
            if key not in listed:
                listed.add(key)
                entry = recovered_of(path, record, content, self.owned, self._size)
                if len(content.runs) == 1 and entry.recovered and entry.recovered.state is RecoveredState.INTACT:
                    self.places.add((content.runs[0][0], content.size))
                yield entry

    def _orphans(self, listed: set[tuple[int, str]]) -> Iterator[Entry]:
        """List records that no directory names; The Sleuth Kit looks for them, within a budget of bytes read."""
        self._image.budget = 3 * self._size + (1 << 28)
        last = int(self._fs.info.last_inum)
        try:
            yield from self._walk(last, ORPHANS + b"/", deleted=True)
        except OSError as error:
            self.problems.append(
                Problem(WarningCode.RECORDS_LIMIT, f"the search for orphans ended early: {_words(error)}")
            )
        found, self._deleted = self._deleted, []
        for path, name in found:
            if not (self._ntfs and name.inode < NTFS_OWN):
                found_ = self._recover(path, name, listed)
                yield from (e for e in found_ if e.locator)  # without name and content there is nothing to tell
        self._image.budget = None

    # contents

    def free(self) -> Iterator[tuple[int, int]]:
        """Give what no live file owns; true once ``live`` is through."""
        return self.owned.gaps(self._size)

    def open(self, locator: str) -> BinaryIO:
        """Open one stream of a file."""
        self._image.budget = None
        inode, kind, ident = (int(part) for part in locator.split("-"))
        try:
            file = self._fs.open_meta(inode)
            size = _size_of(file, kind, ident)
        except OSError as error:
            raise EvidenceError(f"its record cannot be read: {_words(error)}") from error

        def read(offset: int, length: int) -> bytes:
            data: bytes = file.read_random(offset, length, kind, ident)
            return data

        return buffered(read, size)


def _size_of(file: "pytsk3.File", kind: int, ident: int) -> int:
    for attribute in file:
        if int(attribute.info.type) == kind and int(attribute.info.id) == ident:
            return int(attribute.info.size)
    raise EvidenceError("the record is not as it was listed", "source-changed")


def _words(error: OSError) -> str:
    """Give the last part of what pytsk3 says, which is the reason."""
    return str(error.strerror or error).rpartition(") ")[2] or str(error)
