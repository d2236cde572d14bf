"""The bytes of one content as analysis sees them: read-only, seekable, read as seldom as possible."""

import io
from collections.abc import Callable
from typing import BinaryIO, Self

from everyframe.analysis.limits import Limits
from everyframe.errors import EvidenceError

__all__ = ["CHUNK", "Blob"]

CHUNK = 1 << 20
_HEAD = 1 << 16
_ONE_READ = 64 << 20


def _nothing() -> None:
    """Tell nobody."""


class Blob:
    """Give the bytes of one content to every stage.

    The stream is never closed here; the bytes that are held in memory are released by ``close`` or by leaving the
    ``with`` block.

    Args:
        stream: seekable, opened for reading only.
        size: bytes, as listed.
        name: the last part of the path, as recorded.
        beat: called during long reads, so that a watcher knows that work goes on.
        memory_bytes: what ``data`` may hold at once.
    """

    def __init__(
        self,
        stream: BinaryIO,
        size: int,
        name: bytes = b"",
        beat: Callable[[], None] = _nothing,
        *,
        memory_bytes: int = Limits().memory_bytes,
    ) -> None:
        self.stream = stream
        self.size = size
        self.name = name
        self.beat = beat
        self.memory_bytes = memory_bytes
        self._head = b""
        self._data: bytes | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the bytes held here."""
        self._data = None

    def read_at(self, offset: int, count: int) -> bytes:
        """Read up to ``count`` bytes from ``offset``; fewer at the end, none behind it or before the start."""
        if offset < 0 or count <= 0:
            return b""
        if self._data is not None:
            return self._data[offset : offset + count]
        try:
            self.stream.seek(offset)
            return _read_fully(self.stream, count)
        except (OSError, ValueError, EOFError) as error:
            raise EvidenceError(f"reading {count} bytes at {offset} failed: {error}") from error

    def head(self, count: int) -> bytes:
        """Give the first bytes; the first 64 KiB are read once."""
        if self._data is not None:
            return self._data[:count]
        if count > _HEAD:
            return self.read_at(0, count)
        if not self._head:
            self._head = self.read_at(0, _HEAD)
        return self._head[:count]

    def tail(self, count: int) -> bytes:
        """Give the last bytes."""
        return self.read_at(max(0, self.size - count), min(count, self.size))

    def data(self) -> bytes:
        """Give all the bytes, read once and kept.

        Raises:
            EvidenceError: with code ``size-limit`` when there are more than ``memory_bytes``.
        """
        if self._data is None:
            if self.size > self.memory_bytes:
                raise EvidenceError(f"{self.size} bytes, limit {self.memory_bytes}", code="size-limit")
            self._data = self._whole()
        return self._data

    def _whole(self) -> bytes:
        """Read everything; in one call where the listed size is small and true."""
        if self.size <= _ONE_READ:
            first = self.read_at(0, self.size + 1)
            if len(first) <= self.size:
                return first
        return b"".join(self.chunks(self.memory_bytes))

    def chunks(self, limit: int | None = None) -> "Chunks":
        """Give all the bytes in turn, with a beat after each mebibyte."""
        return Chunks(self, limit)

    def open(self) -> BinaryIO:
        """Give a stream over all the bytes, at its start; in memory when they are few, or held already."""
        if self._data is not None or self.size <= min(_ONE_READ, self.memory_bytes):
            return io.BytesIO(self.data())
        self.stream.seek(0)
        return self.stream


class Chunks:
    """Iterate over the bytes of a blob, from memory where they are held."""

    def __init__(self, blob: Blob, limit: int | None) -> None:
        self._blob = blob
        self._limit = limit
        self._offset = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        chunk = self._blob.read_at(self._offset, CHUNK)
        if not chunk:
            raise StopIteration
        self._offset += len(chunk)
        if self._limit is not None and self._offset > self._limit:
            raise EvidenceError(f"more than {self._limit} bytes", code="size-limit")
        self._blob.beat()
        return chunk


def _read_fully(stream: BinaryIO, count: int) -> bytes:
    """Read until ``count`` bytes or the end; a raw stream may give less at a time."""
    first = stream.read(count)
    if len(first) == count or not first:
        return first
    parts = [first]
    missing = count - len(first)
    while missing and (part := stream.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
