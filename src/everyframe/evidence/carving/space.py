"""The bytes to be searched, as one row without gaps: the ranges one behind the other."""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from everyframe.errors import EvidenceError
from everyframe.evidence.carving.carved import Extent, Span

__all__ = ["Front", "Parser", "Read", "Skipping", "Space", "View", "free_ranges"]

Read: TypeAlias = Callable[[int, int], bytes]
"""Gives the bytes at an offset, as many as asked for; fewer only at the very end."""

PAGE = 1 << 18
PAGES = 64
#: What it costs to ask for bytes at all, in bytes.
CALL = 128


def free_ranges(total: int, owned: Iterable[Span]) -> Iterator[Span]:
    """Give what nobody owns of the first `total` bytes, in order; what is owned may overlap and come in any order."""
    position = 0
    for offset, size in sorted(owned):
        if min(offset, total) > position:
            yield position, min(offset, total) - position
        position = max(position, offset + max(size, 0))
    if position < total:
        yield position, total - position


class View:
    """Give bytes by position, from 0 to `size`; what lies beyond is not there."""

    size: int
    gap: int = 0
    """Bytes that may lie between two parts of a file that are joined."""
    joining_left: int = 0
    """Bytes that may still be tried for joining two parts of a file."""
    joining_refused: bool = False
    """Whether something was not tried for want of them."""

    def read(self, position: int, size: int) -> bytes:
        """Return bytes, fewer than `size` only where the view ends."""
        raise NotImplementedError

    def charge(self, work: int) -> None:
        """Count what was done beside reading, in bytes that could have been read meanwhile."""
        raise NotImplementedError


class Skipping(View):
    """Leave a gap out of another view."""

    def __init__(self, view: View, cut: int, gap: int) -> None:
        self._view, self._cut, self._gap = view, cut, gap
        self.size = view.size - gap

    def read(self, position: int, size: int) -> bytes:
        """Return bytes as if those of the gap were not there."""
        front = self._view.read(position, min(size, self._cut - position)) if position < self._cut else b""
        rest = size - len(front)
        return front + self._view.read(max(position, self._cut) + self._gap, rest) if rest > 0 else front

    def charge(self, work: int) -> None:
        """Count what was done beside reading."""
        self._view.charge(work)


class Front(View):
    """Give no more than what lies before a position."""

    def __init__(self, view: View, size: int) -> None:
        self._view = view
        self.size = min(size, view.size)

    def read(self, position: int, size: int) -> bytes:
        """Return bytes, as if nothing came behind."""
        return self._view.read(position, min(size, self.size - position))

    def charge(self, work: int) -> None:
        """Count what was done beside reading."""
        self._view.charge(work)


Parser: TypeAlias = Callable[[View, int], Extent | None]
"""Finds how far what begins at a position reaches; None where nothing begins that can be believed."""


class Space(View):
    """Put ranges one behind the other, and remember which bytes were read last.

    A file that was stored around another one lies without gaps here when the other one's bytes are in no range.

    Args:
        read: gives the bytes at an offset of the volume.
        ranges: offset and size of each range, in any order; those that touch or overlap become one.
    """

    def __init__(self, read: Read, ranges: Iterable[Span]) -> None:
        self._read = read
        self._starts: list[int] = []
        self._offsets: list[int] = []
        self.size = 0
        self._pages: OrderedDict[int, bytes] = OrderedDict()
        self.work = 0
        """Bytes that were asked for so far."""
        self._take(sorted((offset, size) for offset, size in ranges if size > 0))

    def _take(self, ranges: list[Span]) -> None:
        last = max((offset + size for offset, size in ranges), default=0)
        end = self._present(ranges[0][0], last) if ranges else 0
        reached = -1
        for offset, size in ranges:
            if offset < 0:
                raise EvidenceError(f"a range begins at {offset:,}, before the first byte")
            first, behind = max(offset, reached), min(offset + size, end)
            if first >= behind:
                continue
            if first != reached:
                self._starts.append(self.size)
                self._offsets.append(first)
            self.size += behind - first
            reached = behind

    def _present(self, low: int, high: int) -> int:
        """Find where the bytes end, when the ranges claim more than there are."""
        if self._read(high - 1, 1):
            return high
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self._read(middle, 1) else (low, middle)
        return low

    def read(self, position: int, size: int) -> bytes:
        """Return bytes, fewer than `size` only at the end; counts them as work."""
        size = min(size, self.size - position)
        if size <= 0 or position < 0:
            return b""
        self.work += size + CALL
        number, within = divmod(position, PAGE)
        if within + size <= PAGE:
            return self._page(number)[within : within + size]
        parts = [self._page(n) for n in range(number, (position + size - 1) // PAGE + 1)]
        return b"".join(parts)[within : within + size]

    def charge(self, work: int) -> None:
        """Count what was done beside reading."""
        self.work += work

    def window(self, position: int, size: int) -> bytes:
        """Return bytes that are read once: they are not remembered and are no work."""
        return b"".join(self._gather(position, min(size, self.size - position)))

    def _page(self, number: int) -> bytes:
        page = self._pages.get(number)
        if page is None:
            start = number * PAGE
            page = self._pages[number] = b"".join(self._gather(start, min(PAGE, self.size - start)))
            if len(self._pages) > PAGES:
                self._pages.popitem(last=False)
        else:
            self._pages.move_to_end(number)
        return page

    def _gather(self, position: int, size: int) -> Iterator[bytes]:
        for offset, length in self.pieces(position, size):
            data = self._read(offset, length)
            if len(data) != length:
                raise EvidenceError(f"{len(data):,} of {length:,} bytes could be read at {offset:,}")
            yield data

    def pieces(self, position: int, size: int) -> Iterator[Span]:
        """Give where the bytes of a span lie, as offsets and sizes of the volume."""
        index = bisect_right(self._starts, position) - 1
        while size > 0:
            start = self._starts[index]
            behind = self._starts[index + 1] if index + 1 < len(self._starts) else self.size
            length = min(size, behind - position)
            yield self._offsets[index] + position - start, length
            position, size, index = position + length, size - length, index + 1

    def offset(self, position: int) -> int:
        """Return where the byte at a position lies in the volume."""
        index = bisect_right(self._starts, position) - 1
        return self._offsets[index] + position - self._starts[index]
