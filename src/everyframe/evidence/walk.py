"""The walk over a directory tree: depth first, in byte order, with few descriptors however deep it goes."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field

from everyframe.evidence.descriptors import open_directory
from everyframe.evidence.status import Status, status_of
from everyframe.model.entry import Entry
from everyframe.model.states import EntryKind
from everyframe.model.warning import Problem, WarningCode

__all__ = ["entry_of", "unreadable_entry", "walk"]

HELD = 64
"""Directories held open at most; those above are opened again on the way back."""

KINDS = {
    stat.S_IFREG: EntryKind.FILE,
    stat.S_IFLNK: EntryKind.SYMLINK,
    stat.S_IFSOCK: EntryKind.SOCKET,
    stat.S_IFIFO: EntryKind.FIFO,
    stat.S_IFCHR: EntryKind.DEVICE,
    stat.S_IFBLK: EntryKind.DEVICE,
    stat.S_IFDIR: EntryKind.DIRECTORY,
}


@dataclass(slots=True)
class _Level:
    """Hold one directory of the way down: its name, identity, the names still to visit, and its descriptor or -1."""

    name: bytes
    identity: tuple[int, int]
    handle: int
    pending: list[bytes] = field(default_factory=list)
    fault: OSError | None = None


class _Trail:
    """Keep the levels from the root to where the walk stands; only the deepest ``HELD`` stay open."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._held: list[int] = []
        self._places: set[tuple[int, int]] = set()
        self.levels: list[_Level] = []

    def __contains__(self, identity: tuple[int, int]) -> bool:
        return identity in self._places

    def path(self, name: bytes = b"") -> bytes:
        parts = [level.name for level in self.levels[1:]]
        return b"/".join([*parts, name] if name else parts)

    def push(self, level: _Level) -> None:
        self.levels.append(level)
        self._places.add(level.identity)
        self._hold(len(self.levels) - 1)

    def pop(self) -> _Level:
        level = self.levels.pop()
        self._places.discard(level.identity)
        if level.handle >= 0:
            os.close(level.handle)
            self._held.remove(len(self.levels))
        return level

    def handle(self) -> int:
        """Give the descriptor of the deepest level, opening the way to it again when it was let go."""
        if self.levels[-1].handle < 0:
            self._reopen()
        return self.levels[-1].handle

    def _hold(self, index: int) -> None:
        self._held.append(index)
        if len(self._held) > HELD:
            self._let_go()

    def _let_go(self) -> None:
        oldest = self.levels[self._held.pop(0)]
        os.close(oldest.handle)
        oldest.handle = -1

    def _reopen(self) -> None:
        """Open the way down from the root again; the last of it stays held, so that going up costs little."""
        while self._held:
            self._let_go()
        above = self.levels[0].handle = os.dup(self._root)
        self._hold(0)
        for index, level in enumerate(self.levels[1:], 1):
            level.handle = _same_directory(level, above)
            above = level.handle
            self._hold(index)

    def close(self) -> None:
        while self.levels:
            self.pop()


def _same_directory(level: _Level, above: int) -> int:
    handle = open_directory(level.name, above)
    found = os.fstat(handle)
    if (found.st_dev, found.st_ino) != level.identity:
        os.close(handle)
        raise OSError(0, "another directory has taken its place while it was being listed", level.name)
    return handle


def _list(level: _Level) -> None:
    """Read the names of a directory, last first; what stops the reading half way is kept as the level's fault."""
    try:
        with os.scandir(level.handle) as names:
            level.pending.extend(os.fsencode(entry.name) for entry in names)
    except OSError as error:
        level.fault = error
    level.pending.sort(reverse=True)


def entry_of(path: bytes, found: Status) -> Entry:
    """Turn what the system says of a name into an Entry."""
    return Entry(
        path=path,
        kind=KINDS.get(stat.S_IFMT(found.mode), EntryKind.UNKNOWN),
        size=found.size,
        modified=found.modified,
        accessed=found.accessed,
        changed=found.changed,
        created=found.created,
    )


def _words(error: OSError) -> str:
    return error.strerror or str(error)


def unreadable_entry(path: bytes, error: OSError, kind: EntryKind) -> Entry:
    """Give the Entry of a directory that cannot be listed, or of a name of which nothing is known."""
    directory = kind is EntryKind.DIRECTORY
    code = WarningCode.UNREADABLE_DIRECTORY if directory else WarningCode.UNREADABLE_FILE
    return Entry(path=path, kind=kind, problem=Problem(code, _words(error)))


def _enter(trail: _Trail, name: bytes, found: Status) -> Entry | None:
    """Go down into a directory; the Entry tells why when that cannot be done."""
    identity = (found.device, found.inode)
    try:
        if identity in trail:
            raise OSError(0, "the directory contains itself")  # noqa: TRY301 - told like every other reason
        handle = open_directory(name, trail.handle())
    except OSError as error:
        return unreadable_entry(trail.path(name), error, EntryKind.DIRECTORY)
    level = _Level(name, identity, handle)
    trail.push(level)
    _list(level)
    return None


def _visit(trail: _Trail, name: bytes) -> Entry | None:
    """Look at one name: give its Entry, or go down into it and give none."""
    try:
        found = status_of(name, trail.handle())
    except OSError as error:
        return unreadable_entry(trail.path(name), error, EntryKind.UNKNOWN)
    if stat.S_ISDIR(found.mode):
        return _enter(trail, name, found)
    return entry_of(trail.path(name), found)


def _leave(trail: _Trail) -> Entry | None:
    """Come back up; the Entry tells of a directory whose names could not all be read."""
    path = trail.path() or b"."
    fault = trail.pop().fault
    return None if fault is None else unreadable_entry(path, fault, EntryKind.DIRECTORY)


def walk(root: int) -> Iterator[Entry]:
    """List everything below the open directory ``root``; names of one directory at a time are held in memory."""
    trail = _Trail(root)
    try:
        found = os.fstat(root)
        first = _Level(b"", (found.st_dev, found.st_ino), os.dup(root))
        trail.push(first)
        _list(first)
        while trail.levels:
            pending = trail.levels[-1].pending
            entry = _visit(trail, pending.pop()) if pending else _leave(trail)
            if entry is not None:
                yield entry
    finally:
        trail.close()
