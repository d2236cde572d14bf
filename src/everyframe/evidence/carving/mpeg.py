"""MPEG program streams (ISO/IEC 11172-1, 13818-1): pack by pack; and transport streams: packet by packet."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from everyframe.evidence.carving.carved import Extent
from everyframe.evidence.carving.compiled import compiled
from everyframe.evidence.carving.space import View

__all__ = ["program", "timed_transport", "transport"]

PACK, SYSTEM, END = 0xBA, 0xBB, 0xB9
LEAST_PACKETS = 4
LEAST_PART = 16
PART: Final = 1 << 18
SYNC: Final = 0x47


def program(view: View, start: int) -> Extent | None:
    """Find how far a program stream reaches: to its end code, or to the last packet that holds."""
    position, packets, film, ended = start, 0, False, False
    while not ended:
        head = view.read(position, 14)
        if len(head) < 4 or head[:3] != b"\0\0\1" or head[3] < END:
            break
        size = _size(head)
        if not size or position + size > view.size:
            break
        film = film or 0xE0 <= head[3] <= 0xEF
        ended = head[3] == END
        position, packets = position + size, packets + 1
    if packets < LEAST_PACKETS or not film:
        return None
    rest = view.read(position, 4)
    cut = not ended and (len(rest) == 4 and rest[:3] == b"\0\0\1" and rest[3] >= END)
    end = view.size if cut else position
    return Extent("mpeg", end, whole=not cut, why="the bytes end here" if cut else "", sure=start + 4 if cut else end)


def _size(head: bytes) -> int:
    """Return the length of what begins here, 0 where nothing can begin so."""
    if head[3] == END:
        return 4
    if head[3] == PACK:
        if len(head) == 14 and head[4] >> 6 == 1:
            return 14 + (head[13] & 7)
        return 12 if head[4] >> 4 == 2 else 0
    length = int.from_bytes(head[4:6], "big")
    return 6 + length if length else 0


def transport(view: View, start: int) -> Extent | None:
    """Find how far a transport stream of packets of 188 bytes reaches."""
    return _packets(view, start, 188, 0)


def timed_transport(view: View, start: int) -> Extent | None:
    """Find how far a transport stream reaches whose packets have a time of four bytes before each."""
    return _packets(view, start, 192, 4)


def _packets(view: View, start: int, packet: int, before: int) -> Extent | None:
    position, tables = start, 0
    while True:
        data = view.read(position, PART // packet * packet)
        held, found = _in_step(np.frombuffer(data, np.uint8), packet, before)
        tables += found
        position += held * packet
        if held * packet < len(data) or not data:
            break
    if position - start < LEAST_PART * packet or not tables:
        return None
    cut = view.read(position + before, 1) == bytes([SYNC]) and position + packet > view.size
    end, why = (view.size, "the bytes end here") if cut else (position, "")
    return Extent("m2ts" if before else "ts", end, whole=not cut, why=why, sure=start + packet)


@compiled
def _in_step(data: NDArray[np.uint8], packet: int, before: int) -> tuple[int, int]:
    """Count the packets that follow each other, and those among them that begin a program table."""
    held, tables, size = 0, 0, len(data)
    while (held + 1) * packet <= size:
        place = held * packet + before
        if data[place] != SYNC or data[place + 1] & 0x80 != 0 or data[place + 3] & 0x30 == 0:
            break
        if data[place + 1] == 0x40 and data[place + 2] == 0 and data[place + 4] == 0 and data[place + 5] == 0:
            tables += 1
        held += 1
    return held, tables
