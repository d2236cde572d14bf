"""The folder reader: a directory tree, or a single file, as the system shows it."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, ClassVar

from everyframe.errors import EvidenceError
from everyframe.evidence.descriptors import open_directory, open_path, open_regular, pass_through
from everyframe.evidence.source import SourceIdentity, fingerprint, overlaps
from everyframe.evidence.status import status_of
from everyframe.evidence.walk import entry_of, unreadable_entry, walk
from everyframe.model.entry import Entry
from everyframe.model.states import EntryKind

__all__ = ["FolderReader", "SourceIdentity", "fingerprint", "overlaps"]


class FolderReader:
    """Read a directory of any depth, or one regular file.

    Directories are walked and files opened through directory descriptors, one component at a time: no path is too long,
    and no link put in a directory's place is followed. A read error after opening is an OSError of the stream.
    """

    NAME: ClassVar[str] = "folder"
    DESCRIPTION: ClassVar[str] = "a folder and everything below it, or a single file"

    def __init__(self, root: bytes | Path) -> None:
        self._base = -1
        self._single = b""
        self._parent: tuple[bytes, int] | None = None
        real = fingerprint(root).realpath
        try:
            self._open_root(real)
        except OSError as error:
            raise EvidenceError(f"{os.fsdecode(root)}: {error.strerror}", "unreadable-directory") from error

    def _open_root(self, real: bytes) -> None:
        mode = os.stat(real, follow_symlinks=False).st_mode  # noqa: PTH116 - paths are bytes
        if stat.S_ISREG(mode):
            above, self._single = os.path.split(real)
            self._base = pass_through(above)
        elif stat.S_ISDIR(mode):
            self._base = open_directory(real)
        else:
            raise OSError(0, "neither a folder nor a regular file")

    def entries(self) -> Iterator[Entry]:
        """List every name below the root in byte order, depth first."""
        if self._single:
            yield self._only_entry()
        else:
            yield from walk(self._base)

    def _only_entry(self) -> Entry:
        try:
            return entry_of(self._single, status_of(self._single, self._base))
        except OSError as error:
            return unreadable_entry(self._single, error, EntryKind.UNKNOWN)

    def open(self, entry: Entry) -> BinaryIO:
        """Open a listed file for reading."""
        *above, name = entry.path.split(b"/")
        if entry.kind is not EntryKind.FILE or {b"", b".", b".."} & {*above, name}:
            raise EvidenceError(f"{entry.display}: not a file to be opened")
        try:
            handle = open_regular(name, self._directory(above))
        except OSError as error:
            raise EvidenceError(f"{entry.display}: {error.strerror}") from error
        return os.fdopen(handle, "rb")

    def _directory(self, parts: list[bytes]) -> int:
        """Give the descriptor of a directory; the last one asked for stays open, since files come in order."""
        if not parts:
            return self._base
        path = b"/".join(parts)
        if self._parent is None or self._parent[0] != path:
            handle = open_path(self._base, parts)
            self._release()
            self._parent = (path, handle)
        return self._parent[1]

    def _release(self) -> None:
        if self._parent is not None:
            os.close(self._parent[1])
            self._parent = None

    def close(self) -> None:
        """Close the directories held."""
        self._release()
        if self._base >= 0:
            os.close(self._base)
            self._base = -1
