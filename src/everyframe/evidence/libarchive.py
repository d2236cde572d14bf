"""libarchive as the archive reader needs it: the C functions, with return codes instead of exceptions.

Only formats and filters that read from the bytes they are given are ever switched on. Left out: ``mtree``, which can open
other files of the disk, and filters for which libarchive starts a program (``lrzip``, ``grzip``, ``lzop`` in some builds).
"""

import contextlib
import ctypes
import ctypes.util
import functools
from collections.abc import Iterator
from ctypes import POINTER, c_char_p, c_int, c_int64, c_long, c_size_t, c_ssize_t, c_void_p, c_wchar_p
from typing import Any

from everyframe.errors import WorkerError

__all__ = [
    "EOF",
    "FATAL",
    "OK",
    "READ_CALLBACK",
    "RETRY",
    "SEEK_CALLBACK",
    "SKIP_CALLBACK",
    "WARN",
    "call",
    "names_in",
]

EOF = 1
OK = 0
RETRY = -10
WARN = -20
FATAL = -30

LC_CTYPE_MASK = 1

READ_CALLBACK = ctypes.CFUNCTYPE(c_ssize_t, c_void_p, c_void_p, POINTER(c_void_p))
SKIP_CALLBACK = ctypes.CFUNCTYPE(c_int64, c_void_p, c_void_p, c_int64)
SEEK_CALLBACK = ctypes.CFUNCTYPE(c_int64, c_void_p, c_void_p, c_int64, c_int)

_ARGUMENTS: dict[str, list[Any]] = {
    "read_new": [],
    "read_set_seek_callback": [c_void_p, SEEK_CALLBACK],
    "read_open2": [c_void_p, c_void_p, c_void_p, READ_CALLBACK, SKIP_CALLBACK, c_void_p],
    "read_next_header": [c_void_p, POINTER(c_void_p)],
    "read_data": [c_void_p, c_void_p, c_size_t],
}
"""What a function takes when that is not one archive or one entry."""

_RESULTS: dict[str, Any] = {
    "read_new": c_void_p,
    "read_data": c_ssize_t,
    "error_string": c_char_p,
    "entry_pathname": c_char_p,
    "entry_pathname_utf8": c_char_p,
    "entry_pathname_w": c_wchar_p,
    "entry_hardlink": c_char_p,
    "entry_hardlink_w": c_wchar_p,
    "entry_size": c_int64,
    **dict.fromkeys(("entry_mtime", "entry_atime", "entry_ctime", "entry_birthtime"), c_int64),
    **dict.fromkeys(("entry_mtime_nsec", "entry_atime_nsec", "entry_ctime_nsec", "entry_birthtime_nsec"), c_long),
}
"""What a function gives when that is not an int."""


def _load(*names: str) -> ctypes.CDLL | None:
    """Load the first library there is, at import: a worker with its limits on may no longer be able to."""
    for name in names:
        with contextlib.suppress(OSError):
            return ctypes.CDLL(name)
    found = ctypes.util.find_library("archive")
    return ctypes.CDLL(found) if found else None


_library = _load("libarchive.so.13", "libarchive.13.dylib")


@functools.cache
def _function(name: str) -> Any:  # noqa: ANN401 - a C function
    if _library is None:
        raise WorkerError("libarchive is not installed: archives cannot be read (on Debian: apt install libarchive13)")
    function = getattr(_library, f"archive_{name}")
    function.argtypes = _ARGUMENTS.get(name, [c_void_p])
    function.restype = _RESULTS.get(name, c_int)
    return function


def call(name: str, *arguments: Any) -> Any:  # noqa: ANN401 - whatever the C function takes and gives
    """Call ``archive_NAME``."""
    return _function(name)(*arguments)


def _locales() -> tuple[Any, dict[str, int | None]]:
    """Make the locales in which names are converted, whatever the locale of the process; None for one there is not."""
    libc = ctypes.CDLL(None)
    libc.newlocale.argtypes, libc.newlocale.restype = [c_int, c_char_p, c_void_p], c_void_p
    libc.uselocale.argtypes, libc.uselocale.restype = [c_void_p], c_void_p
    return libc.uselocale, {name: libc.newlocale(LC_CTYPE_MASK, name.encode(), None) for name in ("C", "C.UTF-8")}


_use_locale, _made = _locales()


@contextlib.contextmanager
def names_in(locale: str) -> Iterator[None]:
    """Let this thread, and no other, convert names in a locale.

    In ``C.UTF-8``, names recorded in UTF-16 come out (elsewhere they are lost), but libarchive composes the characters
    of all it converts. In ``C`` it gives names recorded as bytes as they are.
    """
    before = _use_locale(_made[locale])
    try:
        yield
    finally:
        _use_locale(before)
