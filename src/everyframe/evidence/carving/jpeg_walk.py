"""Walking through a JPEG (ITU-T T.81): segment by segment, and through the entropy-coded data, to the end marker."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from everyframe.evidence.carving.entropy import DONE, MORE, PLACE, STATE_SIZE, STOPPED, TO_GO, run_scan
from everyframe.evidence.carving.jpeg_frame import Frame, Scan, SegmentError
from everyframe.evidence.carving.space import View

__all__ = ["Broken", "Following", "Stop", "Walk", "follow", "walk"]

SOI, EOI, SOS = 0xD8, 0xD9, 0xDA
MOST_SEGMENTS = 4096
FIRST_READ, LAST_READ = 1 << 14, 1 << 18
#: Stops that are kept of a scan; of a progressive one fewer, since each holds what is known of every block.
STOPS, HEAVY_STOPS = 1 << 16, 2
#: Units of progressive scans that are followed in one picture, and what each costs in bytes read.
MOST_UNITS, UNIT = 1 << 26, 4
STAND_ALONE = {0x01, *range(0xD0, 0xD8)}


class Broken(Exception):  # noqa: N818 - it says what the bytes are, not what went wrong here
    """Say that the picture does not go on at a position."""

    def __init__(self, position: int, why: str) -> None:
        super().__init__(why)
        self.position = position
        self.why = why


@dataclass(frozen=True, slots=True)
class Stop:
    """Hold where the data of a scan go on, and what was known there."""

    position: int
    state: NDArray[np.int64]
    held: NDArray[np.int64]


@dataclass(slots=True)
class Following:
    """Hold a scan that is being followed: where its data go on and in what state, and some stops on the way."""

    scan: Scan
    position: int
    state: NDArray[np.int64]
    stops: deque[Stop]

    def stop(self) -> None:
        """Remember this place."""
        self.stops.append(Stop(self.position, self.state.copy(), self.scan.held.copy()))


@dataclass(slots=True)
class Walk:
    """Hold how far a walk through a picture has come."""

    start: int
    position: int
    frame: Frame = field(default_factory=Frame)
    segments: list[tuple[int, int, int]] = field(default_factory=list)
    """Marker, position of the body and its size."""
    data_from: int = 0
    """Position of the first entropy-coded byte."""
    following: Following | None = None
    units: int = 0
    """Units of all progressive scans so far."""


def walk(view: View, found: Walk) -> int:
    """Walk on to the end marker and return the position behind it; what is found on the way is noted."""
    while len(found.segments) < MOST_SEGMENTS:
        marker = _marker(view, found)
        if marker == EOI:
            if not found.frame.complete:
                raise Broken(found.position, "it ends before all of it was shown")
            return found.position
        if marker in STAND_ALONE:
            continue
        body = _body(view, found, marker)
        try:
            if marker == SOS:
                found.data_from = found.data_from or found.position
                scan = found.frame.scan(body)
                found.following = _begin(scan, found.position) if scan else None
                _count(view, found)
            else:
                found.frame.take(marker, body)
        except SegmentError as error:
            raise Broken(found.position, str(error)) from error
        if marker == SOS:
            follow(view, found)
    raise Broken(found.position, "more segments than are read")


def _marker(view: View, found: Walk) -> int:
    head = view.read(found.position, 2)
    while head == b"\xff\xff":
        found.position += 1
        head = view.read(found.position, 2)
    if len(head) < 2:
        raise Broken(found.position + len(head), "the bytes end here")
    if head[0] != 0xFF or head[1] in {0x00, SOI} or (head[1] < 0xC0 and head[1] != 0x01):
        raise Broken(found.position, "no marker where one has to be")
    found.position += 2
    return head[1]


def _body(view: View, found: Walk, marker: int) -> bytes:
    size = int.from_bytes(view.read(found.position, 2), "big") - 2
    body = view.read(found.position + 2, size) if size >= 0 else b""
    if size < 0 or len(body) < size:
        raise Broken(found.position, "a segment that is not all there" if size >= 0 else "a segment without a length")
    found.segments.append((marker, found.position + 2, size))
    found.position += 2 + size
    return body


def _count(view: View, found: Walk) -> None:
    """Count the units of a progressive scan: a few bytes can stand for thousands of empty ones."""
    if found.following and found.following.scan.settings[5]:
        units = int(found.following.scan.settings[0])
        found.units += units
        view.charge(units * UNIT)
        if found.units > MOST_UNITS:
            raise Broken(found.position, "more scans than are followed")


def _begin(scan: Scan, position: int) -> Following:
    """Stand before the first unit of a scan."""
    state = np.zeros(STATE_SIZE, np.int64)
    state[TO_GO] = scan.settings[1]
    return Following(scan, position, state, deque(maxlen=HEAVY_STOPS if len(scan.held) else STOPS))


def follow(view: View, found: Walk) -> None:
    """Go on through entropy-coded data to the marker behind them."""
    if found.following is None:
        found.position = _next_marker(view, found.position)
        return
    now, size = found.following, FIRST_READ
    while True:
        data = view.read(now.position, size)
        now.stop()
        now.state[PLACE] = 0
        status = run_scan(
            np.frombuffer(data, np.uint8),
            now.state,
            now.scan.settings,
            now.scan.blocks,
            found.frame.tables,
            now.scan.held,
        )
        stopped = now.position + int(now.state[STOPPED])
        now.position += int(now.state[PLACE])
        if status == DONE:
            found.position, found.following = now.position, None
            return
        if status != MORE:
            raise Broken(stopped, "bytes that are not of this picture")
        if len(data) < size:
            raise Broken(now.position + len(data) - int(now.state[PLACE]), "the bytes end here")
        size = min(size * 4, LAST_READ)


def _next_marker(view: View, position: int) -> int:
    """Go on to a marker that is no restart, by the rules of markers alone."""
    while data := view.read(position, LAST_READ):
        place = data.find(b"\xff")
        while 0 <= place < len(data) - 1:
            if data[place + 1] and data[place + 1] not in range(0xD0, 0xD8) and data[place + 1] != 0xFF:
                return position + place
            place = data.find(b"\xff", place + 1)
        if len(data) < LAST_READ:
            raise Broken(position + len(data), "the bytes end here")
        position += len(data) - 1
    raise Broken(position, "the bytes end here")
