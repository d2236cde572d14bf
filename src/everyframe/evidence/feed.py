"""The way of an archive's bytes into libarchive: three callbacks over a seekable stream."""

import ctypes
from collections.abc import Callable
from types import TracebackType
from typing import Protocol

from everyframe.evidence.libarchive import FATAL, READ_CALLBACK, SEEK_CALLBACK, SKIP_CALLBACK

__all__ = ["Feed", "Readable"]

BLOCK = 64 * 1024


class Readable(Protocol):
    """Be a stream as far as it is needed here."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to a position."""
        ...

    def read(self, size: int = -1, /) -> bytes:
        """Read from there."""
        ...


class _Carrier:
    """Carry an exception across C code, which would drop it: kept on the way in, raised again on the way out."""

    def __init__(self) -> None:
        self.caught: BaseException | None = None

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        self.caught = error or self.caught
        return True

    def release(self) -> None:
        """Raise what was caught."""
        caught, self.caught = self.caught, None
        if caught is not None:
            raise caught


class Feed:
    """Hand the first ``length`` bytes of a stream to libarchive.

    It keeps its own position, so that two of them can share one stream. ``beat`` is called for each block read.
    ``missing`` is how far past the end libarchive wanted to go: it does not always tell.
    """

    def __init__(self, stream: Readable, length: int, beat: Callable[[], None]) -> None:
        self._stream = stream
        self._length = length
        self._beat = beat
        self._position = 0
        self.missing = 0
        self._block = b""
        self._carrier = _Carrier()
        self.release = self._carrier.release
        self.read = READ_CALLBACK(self._read)
        self.skip = SKIP_CALLBACK(self._skip)
        self.seek = SEEK_CALLBACK(self._seek)

    def _read(self, _archive: int, _context: int, where: "ctypes._Pointer[ctypes.c_void_p]") -> int:
        with self._carrier:
            self._beat()
            self._stream.seek(self._position)
            self._block = self._stream.read(max(0, min(BLOCK, self._length - self._position)))
            self._position += len(self._block)
            where[0] = ctypes.cast(ctypes.c_char_p(self._block), ctypes.c_void_p)
            return len(self._block)
        return FATAL

    def _skip(self, _archive: int, _context: int, wanted: int) -> int:
        """Go forward without reading, never past the end: what is missing there must show."""
        step = max(0, min(wanted, self._length - self._position))
        self._position += step
        self.missing = max(self.missing, wanted - step)
        return step

    def _seek(self, _archive: int, _context: int, offset: int, whence: int) -> int:
        target = offset + (0, self._position, self._length)[whence]
        if target < 0:
            return FATAL
        self._position = target
        self.missing = max(self.missing, target - self._length)
        return target
