"""File systems that libyal reads: APFS and XFS. Deleted records are not looked for in them."""

import stat
from collections.abc import Iterator
from typing import Any, BinaryIO

from everyframe.errors import EvidenceError
from everyframe.evidence.disk.extents import Extents
from everyframe.evidence.disk.keys import Keys
from everyframe.evidence.disk.media import Bytes, buffered, stream_of
from everyframe.evidence.disk.stamps import Stamps
from everyframe.evidence.times import utc_text
from everyframe.evidence.walk import KINDS
from everyframe.model.entry import Entry
from everyframe.model.states import EntryKind
from everyframe.model.warning import Problem, WarningCode

__all__ = ["YalFileSystem", "apfs_volumes", "open_xfs"]

DEEPEST = 1000
LARGER = 4
FAULTS = (OSError, RuntimeError, MemoryError, ValueError)


class YalFileSystem:
    """Read one volume through a libyal library.

    Args:
        kind: of the file system.
        volume: of pyfsapfs or pyfsxfs, open.
        size: bytes of the volume.
        number: the name of the property that numbers a file.
        kept: what must stay alive as long as the volume.
    """

    def __init__(self, kind: str, volume: Any, size: int, number: str, *kept: object) -> None:  # noqa: ANN401 - no types
        self.kind = kind
        self.problems: list[Problem] = []
        self.places: set[tuple[int, int]] = set()
        self._volume = volume
        self._size = size
        self._number = number
        self._kept = kept
        self._owned = Extents()

    def live(self) -> Iterator[Entry]:
        """List the files, depth first in byte order."""
        self._owned = Extents()
        try:
            root = self._volume.get_root_directory()
            levels = [(b"", iter(self._children(root) if root else []))]
            visited = {self._ident(root)} if root else set[int]()
        except FAULTS as error:
            reason = f"its root directory cannot be read: {error}"
            yield Entry(b".", EntryKind.DIRECTORY, problem=Problem(WarningCode.UNREADABLE_DIRECTORY, reason))
            return
        if root is None:
            self.problems.append(Problem(WarningCode.VOLUME_DAMAGED, "it has no root directory"))
        while levels:
            above, children = levels[-1]
            found = next(children, None)
            if found is None:
                levels.pop()
                continue
            name, child = found
            path = above + name
            entry = self._entry(path, child)
            if entry.kind is EntryKind.DIRECTORY and entry.problem is None:
                entry = self._descend(levels, visited, path, child)
            if entry.kind is not EntryKind.DIRECTORY or entry.problem:
                yield entry

    def _descend(self, levels: list[Any], visited: set[int], path: bytes, child: Any) -> Entry:  # noqa: ANN401 - no types
        reason = "the directory is reached twice" if self._ident(child) in visited else ""
        reason = reason or (f"more than {DEEPEST:,} directories deep" if len(levels) > DEEPEST else "")
        visited.add(self._ident(child))
        try:
            if not reason:
                levels.append((path + b"/", iter(self._children(child))))
        except FAULTS as error:
            reason = str(error)
        problem = Problem(WarningCode.UNREADABLE_DIRECTORY, reason) if reason else None
        return Entry(path, EntryKind.DIRECTORY, problem=problem)

    def _children(self, directory: Any) -> list[tuple[bytes, Any]]:  # noqa: ANN401 - no types
        count = directory.get_number_of_sub_file_entries()
        return sorted((self._child(directory, n) for n in range(count)), key=lambda pair: pair[0])

    def _child(self, directory: Any, number: int) -> tuple[bytes, Any]:  # noqa: ANN401 - no types
        """Give the name and record of one entry; where the record cannot be read, what the library says of it."""
        try:
            found = directory.get_sub_file_entry(number)
            return str(found.get_name() or "unnamed").encode("utf-8", "surrogateescape"), found
        except FAULTS as error:
            return b"unnamed-%d" % number, error

    def _ident(self, entry: Any) -> int:  # noqa: ANN401 - no types
        return int(getattr(entry, self._number))

    def _entry(self, path: bytes, found: Any) -> Entry:  # noqa: ANN401 - no types
        try:
            if isinstance(found, Exception):
                raise found
            kind = KINDS.get(stat.S_IFMT(found.get_file_mode()), EntryKind.UNKNOWN)
            size = int(found.get_size() or 0)
            times = Stamps(*(_time(found, field) for field in TIMES))
            problem = None
            if kind is EntryKind.FILE and size > LARGER * self._size + (1 << 30):
                problem = Problem(
                    WarningCode.UNREADABLE_FILE, f"declares {size:,} bytes, on a volume of {self._size:,}"
                )
            if kind is EntryKind.FILE:
                self._own(found, size)
            return times.on(Entry(path, kind, size, locator=f"{self._ident(found)}-0-0", problem=problem))
        except FAULTS as error:
            return Entry(path, problem=Problem(WarningCode.UNREADABLE_FILE, f"its record cannot be read: {error}"))

    def _own(self, found: Any, size: int) -> None:  # noqa: ANN401 - no types
        for number in range(found.get_number_of_extents()):
            start, length, *_ = found.get_extent(number)
            self._owned.add(int(start), min(int(length), max(size, 0)))
            size -= int(length)

    def recovered(self) -> Iterator[Entry]:
        """List nothing: these libraries show no deleted records."""
        return iter(())

    def free(self) -> Iterator[tuple[int, int]]:
        """Give what no live file owns."""
        return self._owned.gaps(self._size)

    def open(self, locator: str) -> BinaryIO:
        """Open a file by its number."""
        ident = int(locator.partition("-")[0])
        try:
            get = getattr(self._volume, "get_file_entry_by_identifier", None) or self._volume.get_file_entry_by_inode
            found = get(ident)
            size = int(found.get_size())
        except FAULTS as error:
            raise EvidenceError(f"its record cannot be read: {error}") from error

        def read(offset: int, length: int) -> bytes:
            try:
                data: bytes = found.read_buffer_at_offset(length, offset)
            except (RuntimeError, MemoryError, ValueError) as error:
                raise OSError(5, str(error)) from error
            return data

        return buffered(read, size)


TIMES = (
    "get_modification_time_as_integer",
    "get_access_time_as_integer",
    "get_inode_change_time_as_integer",
    "get_creation_time_as_integer",
)


def _time(found: Any, field: str) -> str | None:  # noqa: ANN401 - no types
    """Give a time; both libraries count nanoseconds since 1970."""
    ticks = getattr(found, field)()
    return utc_text(*divmod(int(ticks), 1_000_000_000)) if ticks else None


def open_xfs(data: Bytes) -> YalFileSystem:
    """Open an XFS file system.

    Raises:
        EvidenceError: the library cannot make sense of it.
    """
    import pyfsxfs

    volume, stream = pyfsxfs.volume(), stream_of(data)
    try:
        volume.open_file_object(stream)
    except FAULTS as error:
        raise EvidenceError(f"its file system cannot be opened: {error}", "volume-unreadable") from error
    return YalFileSystem("XFS", volume, data.size, "inode_number", stream)


def apfs_volumes(data: Bytes, keys: Keys) -> list[tuple[str, int, YalFileSystem | None, str]]:
    """Open an APFS container; gives name, size, file system of each volume, and why it is locked where it is.

    Raises:
        EvidenceError: the library cannot make sense of it.
    """
    import pyfsapfs

    container, stream = pyfsapfs.container(), stream_of(data)
    try:
        container.open_file_object(stream)
        volumes = [container.get_volume(n) for n in range(container.get_number_of_volumes())]
        found: list[tuple[str, int, YalFileSystem | None, str]] = []
        for volume in volumes:
            name, size = str(volume.get_name() or ""), data.size
            if _unlocked(volume, keys):
                found.append((name, size, YalFileSystem("APFS", volume, size, "identifier", container, stream), ""))
            else:
                found.append(
                    (
                        name,
                        size,
                        None,
                        "FileVault: no key that was given opens it"
                        if keys != Keys()
                        else "FileVault: no key was given",
                    )
                )
    except FAULTS as error:
        raise EvidenceError(f"its container cannot be opened: {error}", "volume-unreadable") from error
    return found


def _unlocked(volume: Any, keys: Keys) -> bool:  # noqa: ANN401 - no types
    if not volume.is_locked():
        return True
    for method, words in (("set_password", keys.passwords), ("set_recovery_password", keys.recovery)):
        for word in words:
            getattr(volume, method)(word)
            volume.unlock()
            if not volume.is_locked():
                return True
    return False
