"""A file in memory through which another program is given bytes, so that it never opens the evidence itself."""

import os
from typing import Final

from everyframe.analysis.blob import CHUNK, Blob

__all__ = ["WHOLE_COPY", "Scratch"]

#: Of larger contents only both ends are handed over, with a hole between them: metadata stand at the start or the end.
WHOLE_COPY: Final = 64 << 20


class Scratch:
    """Hold the bytes of one content at a time under a path that programs of the same user can open.

    The evidence is not handed on as a descriptor: a program that opens it anew would change its time of last access. The
    memory is kept from one content to the next, which spares making it anew.
    """

    def __init__(self) -> None:
        self._number: int | None = None

    def close(self) -> None:
        """Give the memory back."""
        number, self._number = self._number, None
        if number is not None:
            os.close(number)

    def hold(self, blob: Blob, head: int | None = None) -> str:
        """Put a content in place of the one before, and give its path.

        Args:
            blob: the content; the file is as long as it.
            head: hand over only so many of its first bytes, with a hole behind them.

        Raises:
            EvidenceError: when it cannot be read.
        """
        if self._number is None:
            self._number = os.memfd_create("content", os.MFD_CLOEXEC)
        number = self._number
        copied = _copied(blob.size, head)
        if copied != ((0, blob.size),):
            os.ftruncate(number, 0)
        os.ftruncate(number, blob.size)
        for start, end in copied:
            _copy(blob, number, start, end)
        return f"/proc/{os.getpid()}/fd/{number}"


def _copied(size: int, head: int | None) -> tuple[tuple[int, int], ...]:
    if head is not None and head < size:
        return ((0, head),)
    if size <= WHOLE_COPY:
        return ((0, size),)
    half = WHOLE_COPY // 2
    return ((0, half), (size - half, size))


def _copy(blob: Blob, target: int, start: int, end: int) -> None:
    if blob.size <= WHOLE_COPY:
        view = memoryview(blob.data())[start:end]
        while view:
            written = os.pwrite(target, view, start)
            start, view = start + written, view[written:]
        return
    while start < end and (chunk := blob.read_at(start, min(CHUNK, end - start))):
        start += os.pwrite(target, chunk, start)
        blob.beat()
