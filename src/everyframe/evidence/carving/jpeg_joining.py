"""Two parts of one JPEG with foreign bytes between them, found by trying where the second goes on (bifragment gap carving).

The first part ends at the boundary of a cluster, counted from the beginning of the file, before the place where the picture
breaks. Each later boundary is tried as the beginning of the second part: first with a few kilobytes, which rejects all but
the right one nearly always; then all the way to the end marker. A picture counts as joined only when it is whole, down to
its last unit. After Garfinkel, "Carving contiguous and fragmented files with fast object validation", 2007.
"""

import copy
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from everyframe.evidence.carving.carved import Span
from everyframe.evidence.carving.compiled import compiled
from everyframe.evidence.carving.entropy import MCU, MORE, PLACE, WRONG, run_scan
from everyframe.evidence.carving.huffman import Tables
from everyframe.evidence.carving.jpeg_walk import Broken, Stop, Walk, follow, walk
from everyframe.evidence.carving.space import Skipping, View

__all__ = ["foreign", "joined"]

SECTOR: Final = 512
CLUSTER: Final = 4096
PROBE: Final = 8192
WINDOW: Final = 1 << 18
#: Places from which one picture is tried to the end: data of other pictures go on for a while, too.
MOST_TRIALS: Final = 24
#: What trying to the end costs at least, in bytes.
TRIAL: Final = 1 << 16
#: What is tried, in this order: distance of the boundaries, how many of them before the break, largest gap.
PLANS: Final = ((CLUSTER, 16, WINDOW), (CLUSTER, 2, 1 << 40), (SECTOR, 8, WINDOW))
#: Bytes before the break in which foreign ones are looked for.
MOST_BACK: Final = 8 << 20


def joined(view: View, found: Walk, broken: int) -> tuple[int, Span] | None:
    """Return the end of a picture in two parts, and the gap between them, if a second part is found."""
    if found.following is None or not found.following.stops:
        return None
    if view.joining_left <= 0:
        view.joining_refused = True
        return None
    left = MOST_TRIALS
    for cut, step, gap in _cuts(found, broken, foreign(view, found, broken)):
        stop = _at(view, found, cut)
        for behind in _survivors(view, found, stop, cut, step, gap) if stop else ():
            end = _all_the_way(view, found, stop, cut, behind) if stop else 0
            if end:
                return end, (cut, behind - cut)
            left -= 1
            if not left:
                return None
    return None


def foreign(view: View, found: Walk, broken: int) -> int:
    """Return the first sector of a scan that is plain text or one byte over and over, as no picture is; or the break."""
    if found.following is None or not found.following.stops:
        return broken
    low = max(found.following.stops[0].position, broken - MOST_BACK)
    first = found.start + -(-(low - found.start) // SECTOR) * SECTOR
    count = (broken - first) // SECTOR
    if count <= 0:
        return broken
    data = np.frombuffer(view.read(first, count * SECTOR), np.uint8)
    sectors = data[: len(data) // SECTOR * SECTOR].reshape(-1, SECTOR)
    hits = np.flatnonzero((sectors < 0x80).all(axis=1) | (sectors == sectors[:, :1]).all(axis=1))
    return first + int(hits[0]) * SECTOR if len(hits) else broken


def _cuts(found: Walk, broken: int, likely: int) -> Iterator[tuple[int, int, int]]:
    """Give boundaries at which the first part may end, each with the distance of boundaries and the largest gap."""
    assert found.following is not None  # noqa: S101 - the caller looked
    if likely < broken:
        yield likely, SECTOR, WINDOW
        yield likely, CLUSTER, 1 << 40
    first = found.following.stops[0].position
    for step, tries, gap in PLANS:
        last = found.start + (min(likely, broken) - found.start) // step * step
        for cut in range(last, max(last - tries * step, first), -step):
            yield cut, step, gap


def _at(view: View, found: Walk, cut: int) -> Stop | None:
    """Follow the scan up to a boundary and stop there, if it holds so far."""
    assert found.following is not None  # noqa: S101 - the caller looked
    before = [stop for stop in found.following.stops if stop.position <= cut]
    if not before:
        return None
    scan, state, held = found.following.scan, before[-1].state.copy(), before[-1].held.copy()
    data = np.frombuffer(view.read(before[-1].position, cut - before[-1].position), np.uint8)
    state[PLACE] = 0
    if run_scan(data, state, scan.settings, scan.blocks, found.frame.tables, held) != MORE:
        return None
    return Stop(before[-1].position + int(state[PLACE]), state, held)


def _survivors(view: View, found: Walk, stop: Stop, cut: int, step: int, gap: int) -> Iterator[int]:
    """Give the boundaries behind a cut at which the scan goes on for as long as the probe is."""
    assert found.following is not None  # noqa: S101 - the caller looked
    scan = found.following.scan
    tail = np.frombuffer(view.read(stop.position, cut - stop.position), np.uint8)
    held, position = stop.held.copy(), cut + step
    while position < min(cut + min(gap, view.gap), view.size) and view.joining_left > 0:
        view.joining_left -= WINDOW
        data = np.frombuffer(view.read(position, WINDOW + PROBE), np.uint8)
        place = 0
        while (
            place := _probe(data, place, step, tail, stop.state, (scan.settings, scan.blocks), found.frame.tables, held)
        ) >= 0:
            yield position + place
            place += step
        position += WINDOW
    view.joining_refused = view.joining_refused or view.joining_left <= 0


@compiled
def _probe(
    data: NDArray[np.uint8],
    place: int,
    step: int,
    tail: NDArray[np.uint8],
    state: NDArray[np.int64],
    plan: tuple[NDArray[np.int64], NDArray[np.int64]],
    tables: Tables,
    held: NDArray[np.int64],
) -> int:
    """Return the first boundary in the window at which the scan goes on, or -1."""
    together = np.zeros(len(tail) + PROBE, np.uint8)
    together[: len(tail)] = tail
    original = held.copy()
    while place < min(WINDOW, len(data)):
        size = min(PROBE, len(data) - place)
        part = data[place : place + size]
        place += step
        if size < 16 or np.all(part == part[0]) or np.all(part < 0x80):
            continue
        together[len(tail) : len(tail) + size] = part
        now = state.copy()
        now[PLACE] = 0
        status = run_scan(together[: len(tail) + size], now, plan[0], plan[1], tables, held)
        if len(held):
            behind = min(now[MCU] + 1, len(held))
            held[state[MCU] : behind] = original[state[MCU] : behind]
        if status != WRONG:
            return place - step
    return -1


def _all_the_way(view: View, found: Walk, stop: Stop, cut: int, behind: int) -> int:
    """Return the end of the picture if it is whole when it goes on behind the gap; else 0."""
    view.joining_left -= TRIAL
    trial = copy.deepcopy(found)
    assert trial.following is not None  # noqa: S101 - the caller looked
    trial.following.position, trial.following.state = stop.position, stop.state.copy()
    trial.following.scan.held[:] = stop.held
    skipping = Skipping(view, cut, behind - cut)
    try:
        follow(skipping, trial)
        end = walk(skipping, trial)
    except Broken as broken:
        view.joining_left -= max(broken.position - cut, 0)
        return 0
    return end + behind - cut if end > cut else 0
