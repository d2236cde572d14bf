"""GIF (87a, 89a): block by block, and through the LZW codes of each frame, to the trailer."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from everyframe.evidence.carving.carved import Extent
from everyframe.evidence.carving.compiled import compiled
from everyframe.evidence.carving.space import View

__all__ = ["gif"]

KIND = "gif"
EXTENSION, FRAME, TRAILER = 0x21, 0x2C, 0x3B
LABELS = {0x01, 0xCE, 0xF9, 0xFE, 0xFF}
MOST_CODES: Final = 4096
MOST_FRAMES = 100_000
LEAST = 512
_PAGE: Final = 1 << 16


def gif(view: View, start: int) -> Extent | None:
    """Find how far a picture reaches that begins at a position."""
    head = view.read(start, 13)
    if len(head) < 13 or head[6:8] == b"\0\0" or head[8:10] == b"\0\0":
        return None
    position = start + 13 + _colours(head[10])
    frames, whole, sure = 0, False, position
    while frames < MOST_FRAMES:
        mark = view.read(position, 2)
        if mark[:1] == bytes([TRAILER]) and frames:
            position, whole = position + 1, True
            break
        behind = 0
        if len(mark) == 2 and mark[0] == EXTENSION and mark[1] in LABELS:
            behind = _blocks(view, position + 2)[0]
        elif len(mark) == 2 and mark[0] == FRAME:
            behind = _frame(view, position, head)
            frames += 1
        if not behind:
            break
        position = behind
    if whole:
        return Extent(KIND, position, whole=True, sure=position)
    broken = _blocks(view, position + 11)[1] if frames else position
    if not frames or broken - start < LEAST:
        return None
    return Extent(KIND, broken, whole=False, why="a block that does not hold", sure=sure)


def _colours(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _blocks(view: View, position: int) -> tuple[int, int]:
    """Go over sub-blocks; gives the position behind the last, 0 if there is none, and how far it went."""
    while size := view.read(position, 1):
        position += 1 + size[0]
        if not size[0]:
            return position, position
        if position > view.size:
            return 0, view.size
    return 0, position


def _frame(view: View, position: int, head: bytes) -> int:
    """Return the position behind a frame, or 0 where its codes do not fill it."""
    told = view.read(position, 10)
    if len(told) < 10:
        return 0
    wide, high = (int.from_bytes(told[n : n + 2], "little") for n in (5, 7))
    position += 10 + _colours(told[9])
    least = view.read(position, 1)
    if not least or not 1 <= least[0] <= 8 or not wide * high or not (told[9] | head[10]) & 0x80:
        return 0
    end, _ = _blocks(view, position + 1)
    if not end:
        return 0
    state = np.array([0, 0, (1 << least[0]) + 2, least[0] + 1, -1, 0], np.int64)
    lengths = np.zeros(MOST_CODES, np.int64)
    place = position + 1
    while place < end:
        part = view.read(place, min(_PAGE, end - place))
        taken, status = _codes(np.frombuffer(part, np.uint8), least[0], wide * high, lengths, state)
        if status:
            return end if status == 1 else 0
        place += taken
    return end if state[5] == wide * high else 0


@compiled
def _codes(
    data: NDArray[np.uint8], least: int, pixels: int, lengths: NDArray[np.int64], state: NDArray[np.int64]
) -> tuple[int, int]:
    """Follow LZW codes over whole sub-blocks; gives what was taken, and 0 to go on, 1 at the end, 2 where they are wrong.

    ``state``: bits held, how many, the next free code, width of a code, the code before, pixels so far.
    """
    bits, count, free, width, before, done = state[0], state[1], state[2], state[3], state[4], state[5]
    clear, place, size = 1 << least, 0, len(data)
    while place < size and place + 1 + data[place] <= size:
        stop = place + 1 + np.int64(data[place])
        place += 1
        while place < stop:
            bits |= np.int64(data[place]) << count
            count, place = count + 8, place + 1
            while count >= width:
                code = bits & ((1 << width) - 1)
                bits, count = bits >> width, count - width
                if code == clear:
                    free, width, before = clear + 2, least + 1, -1
                    continue
                if code == clear + 1:
                    return place, 1 if done == pixels else 2
                if code > free or (code == free and before < 0):
                    return place, 2
                grown = 1 if before < 0 or before < clear else lengths[before]
                here = 1 if code < clear else grown + 1 if code == free else lengths[code]
                if before >= 0 and free < MOST_CODES:
                    lengths[free] = grown + 1
                    free += 1
                    if free == 1 << width and width < 12:
                        width += 1
                done, before = done + here, code
                if done > pixels:
                    return place, 2
    state[0], state[1], state[2], state[3], state[4], state[5] = bits, count, free, width, before, done
    return place, 0
