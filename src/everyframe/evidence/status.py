"""What the system says of a name: kind, size, identity and times, the time of birth among them."""

import ctypes
import os
import struct
from typing import NamedTuple

from everyframe.evidence.times import NANOSECONDS, utc_text

__all__ = ["Status", "status_of"]

AT_FDCWD = -100
AT_SYMLINK_NOFOLLOW = 0x100
AT_NO_AUTOMOUNT = 0x800
STATX_WANTED = 0xFFF
STATX_BTIME = 0x800
LAYOUT = struct.Struct("=I 24x H 2x QQ 16x qIi qIi qIi qIi 8x II 112x")
"""``struct statx`` of linux/stat.h: mask, mode, inode, size, four times (access, birth, change, modification), device."""


class Status(NamedTuple):
    """Hold what one name is. Times are ISO 8601 text; ``created`` is None where the file system keeps none."""

    mode: int
    size: int
    device: int
    inode: int
    modified: str | None
    accessed: str | None
    changed: str | None
    created: str | None


def _load_statx() -> "ctypes._NamedFuncPointer | None":
    """Find statx, which alone gives the time of birth; None where the C library has none."""
    try:
        function = ctypes.CDLL(None, use_errno=True).statx
    except (OSError, AttributeError):
        return None
    function.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_uint, ctypes.c_char_p]
    function.restype = ctypes.c_int
    return function


_statx = _load_statx()


def status_of(name: bytes, directory: int | None = None) -> Status:
    """Ask the system what ``name`` is, below the open ``directory``, following no link and setting off no automount."""
    if _statx is None:
        return _portable(os.stat(name, dir_fd=directory, follow_symlinks=False))
    buffer = ctypes.create_string_buffer(LAYOUT.size)
    base = AT_FDCWD if directory is None else directory
    if _statx(base, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_WANTED, buffer):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)
    (mask, mode, inode, size, a, a_ns, _, b, b_ns, _, c, c_ns, _, m, m_ns, _, major, minor) = LAYOUT.unpack(buffer)
    born = utc_text(b, b_ns) if mask & STATX_BTIME else None
    device = os.makedev(major, minor)
    return Status(mode, size, device, inode, utc_text(m, m_ns), utc_text(a, a_ns), utc_text(c, c_ns), born)


def _portable(found: os.stat_result) -> Status:
    """Read the same from ``os.stat``, for a system without statx."""
    times = [utc_text(*divmod(ns, NANOSECONDS)) for ns in (found.st_mtime_ns, found.st_atime_ns, found.st_ctime_ns)]
    return Status(found.st_mode, found.st_size, found.st_dev, found.st_ino, times[0], times[1], times[2], None)
