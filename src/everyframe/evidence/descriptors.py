"""Opening for reading only: component by component, never through a link, never waiting."""

import errno
import os
import stat

__all__ = ["open_directory", "open_path", "open_regular", "pass_through"]

READ_ONLY = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
NO_ATIME = getattr(os, "O_NOATIME", 0)


def _open(name: bytes, flags: int, directory: int | None) -> int:
    """Open without touching the access time where the system permits (owner or root), else plainly."""
    try:
        return os.open(name, flags | NO_ATIME, dir_fd=directory)
    except PermissionError as error:
        if error.errno != errno.EPERM:
            raise
    return os.open(name, flags, dir_fd=directory)


def open_directory(name: bytes, directory: int | None = None) -> int:
    """Open a directory for listing; a link in its place is an error."""
    return _open(name, READ_ONLY | os.O_DIRECTORY, directory)


def pass_through(name: bytes, directory: int | None = None) -> int:
    """Open a directory only to reach what is below it, which needs no permission to list it."""
    return os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)


def open_regular(name: bytes, directory: int | None = None) -> int:
    """Open a regular file; anything else found in its place by now is an error, and never waited for."""
    handle = _open(name, READ_ONLY, directory)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "no longer a regular file", name)
    return handle


def open_path(start: int, parts: list[bytes]) -> int:
    """Open the directory ``parts`` below ``start`` one component at a time, so that no length is too long."""
    handle = os.dup(start)
    for part in parts:
        try:
            deeper = pass_through(part, handle)
        finally:
            os.close(handle)
        handle = deeper
    return handle
