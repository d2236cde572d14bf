"""Where the second part of a broken JPEG can begin, by what can be told without following its codes."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from everyframe.evidence.carving.compiled import compiled
from everyframe.evidence.carving.jpeg_ahead import lying_ahead
from everyframe.evidence.carving.jpeg_walk import Walk
from everyframe.evidence.carving.space import View

__all__ = ["PROBE", "SECTOR", "WINDOW", "Likely", "can_go_on"]

SECTOR: Final = 512
PROBE: Final = 8192
WINDOW: Final = 1 << 18
#: Bytes of a second part that show nothing.
LEAST: Final = 16


class Likely:
    """Tell the sectors at which data of a scan can go on, by what can be told without following it."""

    def __init__(self, view: View, found: Walk, low: int) -> None:
        assert found.following is not None  # noqa: S101 - the caller looked
        self._view, self._start, self._low = view, found.start, low
        self._restarts = bool(found.following.scan.settings[1] > 0)
        self._windows: dict[int, NDArray[np.bool_]] = {}

    def behind(self, position: int, step: int, end: int) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """Give the boundaries from a position to an end, as far as the allowance for joining goes.

        Returns:
            The position of a window, and offsets in it, ascending.
        """
        every = step // SECTOR
        while position < end and self._view.joining_left > 0:
            number, sector = divmod((position - self._start) // SECTOR, WINDOW // SECTOR)
            first = self._start + number * WINDOW
            offsets = (sector + np.flatnonzero(self._window(number)[sector::every]) * every) * SECTOR
            offsets = offsets[offsets < end - first]
            if len(offsets):
                yield first, offsets
            position += -(-(first + WINDOW - position) // step) * step
        self._view.joining_refused = self._view.joining_refused or self._view.joining_left <= 0

    def _window(self, number: int) -> NDArray[np.bool_]:
        """Return which sectors of a window can be the beginning of a second part: (512,) bool."""
        flags = self._windows.get(number)
        if flags is None:
            first = self._start + number * WINDOW
            self._view.joining_left -= WINDOW
            data = np.frombuffer(self._view.read(first, WINDOW + PROBE), np.uint8)
            flags = self._windows[number] = can_go_on(data, self._restarts)
            for begin, end in lying_ahead(self._view, max(first, self._low), first + WINDOW):
                flags[max(-((first - begin) // SECTOR), 0) : max(-((first - end) // SECTOR), 0)] = False
        return flags


def can_go_on(data: NDArray[np.uint8], restarts: bool) -> NDArray[np.bool_]:  # noqa: FBT001 - in its place
    """Tell of each sector whether data of a scan can begin there, by the kilobytes from there on: (512,) bool.

    They cannot where all of it is plain text or one byte over and over, nor where the first marker is none that can
    follow a scan.
    """
    whole = len(data) // SECTOR
    sectors = data[: whole * SECTOR].reshape(-1, SECTOR)
    most, least = sectors.max(axis=1, initial=0), sectors.min(axis=1, initial=255)
    marks = np.flatnonzero(data[:-1] == 0xFF) if len(data) else np.zeros(0, np.int64)
    return _can_go_on(data, most, least, marks, restarts)


@compiled
def _can_go_on(
    data: NDArray[np.uint8],
    most: NDArray[np.uint8],
    least: NDArray[np.uint8],
    marks: NDArray[np.int64],
    restarts: bool,  # noqa: FBT001 - compiled code takes no names
) -> NDArray[np.bool_]:
    size, whole = len(data), len(most)
    flags = np.zeros(WINDOW // SECTOR, np.bool_)
    mark = len(marks) - 1
    marker, bad = size + PROBE, False
    for sector in range(min(len(flags), -(-size // SECTOR)) - 1, -1, -1):
        begin = sector * SECTOR
        end = min(begin + PROBE, size)
        while mark >= 0 and marks[mark] >= begin:
            code = data[marks[mark] + 1]
            again = 0xD0 <= code <= 0xD7
            if code != 0 and not (again and restarts):
                marker = marks[mark]
                bad = (
                    (code < 0xC0 and code != 1) or again or code == 0xD8 or (code <= 0xCF and code not in (0xC4, 0xCC))
                )
            mark -= 1
        high, differs = False, False
        for other in range(sector, min(end // SECTOR, whole)):
            high = high or most[other] >= 0x80
            differs = differs or most[other] != least[other] or least[other] != least[sector]
            if high and differs:
                break
        for n in range(max(end // SECTOR * SECTOR, begin), end):  # what is left of less than a sector
            high = high or data[n] >= 0x80
            differs = differs or data[n] != data[begin]
        flags[sector] = end - begin >= LEAST and high and differs and not (bad and marker + 1 < end)
    return flags
