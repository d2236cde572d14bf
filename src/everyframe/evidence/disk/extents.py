"""Stretches of bytes: what live files own, what is free, and how much of one lies in the others."""

from array import array
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["Extents"]


class Extents:
    """Gather stretches, then ask about their union. Needs 16 bytes of memory for each."""

    def __init__(self) -> None:
        self._starts = array("Q")
        self._ends = array("Q")
        self._merged: tuple[NDArray[np.uint64], NDArray[np.uint64]] | None = None

    def add(self, start: int, length: int) -> None:
        """Add a stretch."""
        if length > 0:
            self._starts.append(start)
            self._ends.append(start + length)
            self._merged = None

    def _union(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        if self._merged is None:
            starts, ends = np.frombuffer(self._starts, np.uint64), np.frombuffer(self._ends, np.uint64)
            order = np.argsort(starts, kind="stable")
            starts, ends = starts[order], np.maximum.accumulate(ends[order]) if len(ends) else ends.copy()
            first = np.ones(len(starts), bool)
            first[1:] = starts[1:] > ends[:-1]
            last = np.append(first[1:], True) if len(first) else first
            self._merged = (starts[first].copy(), ends[last].copy())
        return self._merged

    def covered(self, stretches: Iterable[tuple[int, int]]) -> int:
        """Give how many bytes of some stretches (start, length) lie in the union."""
        starts, ends = self._union()
        total = 0
        for start, length in stretches:
            at = int(np.searchsorted(ends, start, side="right"))
            while at < len(starts) and starts[at] < start + length:
                total += min(int(ends[at]), start + length) - max(int(starts[at]), start)
                at += 1
        return total

    def gaps(self, size: int) -> Iterator[tuple[int, int]]:
        """Give what the union leaves of ``size`` bytes: start and length."""
        starts, ends = self._union()
        at = 0
        for start, end in zip(starts, ends, strict=True):
            if int(start) > at:
                yield at, min(int(start), size) - at
            at = max(at, int(end))
            if at >= size:
                return
        if at < size:
            yield at, size - at
