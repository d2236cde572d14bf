"""Which source is it: recognising a folder or file that was taken in before, under whatever path."""

import os
from dataclasses import dataclass
from pathlib import Path

from everyframe.errors import EvidenceError

__all__ = ["SourceIdentity", "fingerprint", "overlaps"]


@dataclass(frozen=True, slots=True)
class SourceIdentity:
    """Hold what a source is known by.

    Device and inode are the system's numbers of today: another stick at the same mount point may get the same ones.
    ``filesystem`` is the file system's own id (0 where it gives none) and tells such sticks apart.
    """

    realpath: bytes
    device: int
    inode: int
    filesystem: int = 0


def fingerprint(root: bytes | Path) -> SourceIdentity:
    """Identify a source by what it is, whatever links, slashes or dots its path has."""
    try:
        real = os.path.realpath(os.fsencode(root), strict=True)
        found = os.stat(real)  # noqa: PTH116 - paths are bytes
        return SourceIdentity(real, found.st_dev, found.st_ino, os.statvfs(real).f_fsid)
    except OSError as error:
        reason = f"{os.fsdecode(root)}: {error.strerror}"
        raise EvidenceError(reason, "unreadable-directory") from error


def _inside(inner: bytes, outer: bytes) -> bool:
    return inner.startswith(outer.rstrip(b"/") + b"/")


def overlaps(first: SourceIdentity, second: SourceIdentity) -> bool:
    """Tell whether two sources are the same one, or one lies within the other by path.

    A bind mount of the same directory is recognised; one of a directory inside it is not.
    """
    if _inside(first.realpath, second.realpath) or _inside(second.realpath, first.realpath):
        return True
    if first.filesystem and second.filesystem and first.filesystem != second.filesystem:
        return False
    return first.realpath == second.realpath or (first.device, first.inode) == (second.device, second.inode)
