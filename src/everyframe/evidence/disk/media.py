"""Bytes at an offset: what containers give and what volumes and file systems read from."""

import errno
import io
import os
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["Bytes", "Files", "Overlay", "Window", "buffered", "stream_of"]

HELD = 32
"""Segments held open at most: an image may have hundreds."""
READ_ONLY = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK
BUFFER, SMALL = 1 << 20, 4096


class Bytes(Protocol):
    """Give bytes at an offset.

    ``read`` MUST return exactly the bytes asked for, fewer only at the end, or raise OSError; it MUST NOT make bytes up.
    """

    @property
    def size(self) -> int:
        """Give the number of bytes."""
        ...

    def read(self, offset: int, length: int) -> bytes:
        """Read from an offset."""
        ...


class Files:
    """Read a row of files as if they were one; ``pread`` reads one of them. Few of them are open at a time."""

    def __init__(self, paths: list[bytes]) -> None:
        self._open: OrderedDict[int, int] = OrderedDict()
        self.paths = paths
        self.sizes = [os.stat(p).st_size for p in paths]  # noqa: PTH116 - paths are bytes
        self._starts = [sum(self.sizes[:n]) for n in range(len(paths))]
        self.size = sum(self.sizes)

    def pread(self, number: int, offset: int, length: int) -> bytes:
        """Read from one of the files."""
        parts = []
        while length > 0:
            part = os.pread(self._handle(number), length, offset)
            if not part:
                break
            parts.append(part)
            offset, length = offset + len(part), length - len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def read(self, offset: int, length: int) -> bytes:
        """Read across all of them."""
        parts = []
        while length > 0 and offset < self.size:
            number = bisect_right(self._starts, offset) - 1
            within = offset - self._starts[number]
            part = self.pread(number, within, min(length, self.sizes[number] - within))
            if not part:
                break
            parts.append(part)
            offset, length = offset + len(part), length - len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _handle(self, number: int) -> int:
        if number not in self._open:
            if len(self._open) >= HELD:
                os.close(self._open.popitem(last=False)[1])
            self._open[number] = os.open(self.paths[number], READ_ONLY)
        self._open.move_to_end(number)
        return self._open[number]

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Close what is open."""
        while self._open:
            os.close(self._open.popitem()[1])


class Window:
    """Show a stretch of other bytes; what lies behind their end is an error, since it is missing."""

    def __init__(self, base: Bytes, offset: int, size: int) -> None:
        self._base = base
        self.offset = offset
        self.size = size

    def read(self, offset: int, length: int) -> bytes:
        """Read from an offset within."""
        length = max(0, min(length, self.size - offset))
        data = self._base.read(self.offset + offset, length)
        if len(data) < length:
            raise OSError(errno.EIO, f"the image ends {length - len(data):,} bytes before what is asked for")
        return data


class Overlay:
    """Show other bytes with a stretch of them replaced: a backup boot sector in the place of the damaged one."""

    def __init__(self, base: Bytes, at: int, patch: bytes) -> None:
        self._base = base
        self._at = at
        self._patch = patch
        self.size = base.size

    def read(self, offset: int, length: int) -> bytes:
        """Read from an offset."""
        data = self._base.read(offset, length)
        start, end = max(offset, self._at), min(offset + len(data), self._at + len(self._patch))
        if start >= end:
            return data
        return data[: start - offset] + self._patch[start - self._at : end - self._at] + data[end - offset :]


class _Stream(io.RawIOBase):
    def __init__(self, read: Callable[[int, int], bytes], size: int) -> None:
        super().__init__()
        self._read = read
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = (0, self._at, self._size)[whence]
        if base + offset < 0:
            raise OSError(errno.EINVAL, "a position before the first byte")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer).cast("B")
        wanted = max(0, min(len(view), self._size - self._at))
        data = self._read(self._at, wanted) if wanted else b""
        if wanted and not data:
            raise OSError(errno.EIO, f"nothing can be read at byte {self._at:,} of {self._size:,}")
        view[: len(data)] = data
        self._at += len(data)
        return len(data)

    def get_size(self) -> int:
        """Give the size, under the name that libyal asks for."""
        return self._size


def stream_of(data: Bytes) -> BinaryIO:
    """Show bytes as an unbuffered seekable file, for libraries that read files."""
    return cast("BinaryIO", _Stream(data.read, data.size))


def buffered(read: Callable[[int, int], bytes], size: int) -> BinaryIO:
    """Show a read function as a buffered seekable file; fewer bytes than there are is an OSError."""
    return io.BufferedReader(_Stream(read, size), min(BUFFER, max(size, SMALL)))
