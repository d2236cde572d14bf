"""Reading the entropy-coded part of a JPEG without making a picture of it: does it hold, and where does it end?

Sequential (T.81 F.2.2) and progressive (G.1.2, G.2) Huffman coding. Nothing is computed of the pixels; what is followed is
the codes, the restart markers, how far each block is filled and whether the mean of each block stays within what pixels
can have. Foreign bytes break one of these within a few hundred bytes, nearly always.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from everyframe.evidence.carving.compiled import compiled
from everyframe.evidence.carving.entropy_bands import DONE, MORE, WRONG, first_bands, later_bands
from everyframe.evidence.carving.huffman import BLOCK_END, FAST_BITS, Tables, fill, step, symbol

__all__ = ["DONE", "MCU", "MORE", "PLACE", "STATE_SIZE", "STOPPED", "TO_GO", "WRONG", "run_scan"]

#: What is where in the state, int64: place in the data, bits held and how many, units done, units to the next restart,
PLACE: Final = 0
_BITS, _COUNT = 1, 2
MCU: Final = 3
TO_GO: Final = 4
#: the next restart's number, blocks that are known to be empty, the four predictions, place where a wrong thing was met.
_NEXT, _RUN, _MEANS = 5, 6, 7
STOPPED: Final = 11
STATE_SIZE: Final = 12
#: What is where in the settings, int64: units in all, restart interval, first and last coefficient, bit of refinement
#: (high and low), sequential or progressive.
_UNITS, _INTERVAL, _FIRST, _LAST, _HIGH, _PROGRESSIVE = 0, 1, 2, 3, 4, 5

_ONES: Final = 0xFFFFFFFF
_EACH: Final = 0x01010101
_TOPS: Final = 0x80808080
_INDEX: Final = (1 << FAST_BITS) - 1


@compiled
def _signed(bits: int, count: int, wide: int) -> int:
    """Return the number that stands before the last `count` bits (T.81 F.2.2.1)."""
    value = (bits >> count) & ((1 << wide) - 1)
    return value - (1 << wide) + 1 if wide > 0 and value < 1 << (wide - 1) else value


@compiled
def _unit(  # noqa: C901, PLR0912 - one loop over every bit of every picture: a call within it costs more than what it does
    data: NDArray[np.uint8], state: NDArray[np.int64], blocks: NDArray[np.int64], tables: Tables, units: int
) -> int:
    """Follow up to so many units of a sequential scan; the state is left before the one that is not complete."""
    size, steps, runs = len(data), tables.steps, tables.runs
    place, bits, count = state[PLACE], state[_BITS], state[_COUNT]
    means, number = state[_MEANS : _MEANS + 4].copy(), len(blocks)
    for _ in range(units):
        for b in range(number):
            row, k = blocks[b, 1], np.int64(0)
            while k < 64:
                if count < 32 and place + 4 <= size:
                    word: Any = np.int64(data[place]) << 24 | np.int64(data[place + 1]) << 16
                    word |= np.int64(data[place + 2]) << 8 | np.int64(data[place + 3])
                    if (((word ^ _ONES) - _EACH) & word & _TOPS) == 0:  # no byte is 0xFF
                        place, bits, count = place + 4, bits << 32 | word, count + 32
                why = 0
                if count < 32:
                    place, bits, count, why = fill(data, size, place, bits, count)
                several: Any = (
                    np.int64(runs[row, (bits >> (count - FAST_BITS)) & _INDEX]) if count >= 32 else np.int64(0)
                )
                if several > 0 and k > 0 and k + ((several >> 6) & 255) < 64:
                    count -= several & 63
                    k += ((several >> 6) & 255) + (several >> 14) * BLOCK_END
                    continue
                code: Any = np.int64(steps[row, (bits >> (count - FAST_BITS)) & _INDEX]) if count >= 32 else np.int64(0)
                if code == 0:
                    length, value = symbol(tables, row, bits, count)
                    if length == 0 or length + (value if k == 0 else value & 15) > count:
                        state[STOPPED] = place
                        return MORE if why == 1 and (length > 0 or count < 16) else WRONG
                    code = step(row, length, value)
                count -= code & 63
                if k == 0:
                    means[blocks[b, 0]] += _signed(bits, count, code >> 14)
                    if abs(means[blocks[b, 0]]) > blocks[b, 3]:
                        k = np.int64(65)
                    row = blocks[b, 2]
                k += (code >> 6) & 255
            if 64 < k < BLOCK_END:
                state[STOPPED] = place
                return WRONG
        state[PLACE], state[_BITS], state[_COUNT] = place, bits, count
        state[MCU] += 1
        state[TO_GO] -= 1
        for c in range(4):
            state[_MEANS + c] = means[c]
    return DONE


@compiled
def _restart(data: NDArray[np.uint8], size: int, state: NDArray[np.int64], interval: int) -> int:
    """Pass the restart marker that has to stand here."""
    place, _, count, why = fill(data, size, state[PLACE], state[_BITS], state[_COUNT])
    if why != 2 or count >= 8:
        return MORE if why == 1 and count < 8 else WRONG
    while place + 1 < size and data[place + 1] == 0xFF:
        place += 1
    if place + 1 >= size:
        return MORE
    if data[place + 1] != 0xD0 + state[_NEXT]:
        return WRONG
    state[PLACE], state[_BITS], state[_COUNT] = place + 2, 0, 0
    state[TO_GO], state[_NEXT], state[_RUN] = interval, (state[_NEXT] + 1) & 7, 0
    state[_MEANS : _MEANS + 4] = 0
    return DONE


@compiled
def _refined_means(data: NDArray[np.uint8], state: NDArray[np.int64], number: int, units: int) -> int:
    """Pass units of a progressive scan that has one bit more of each mean."""
    size = len(data)
    place, bits, count = state[PLACE], state[_BITS], state[_COUNT]
    for _ in range(units):
        why = 0
        if count < number:
            place, bits, count, why = fill(data, size, place, bits, count)
        if count < number:
            state[STOPPED] = place
            return MORE if why == 1 else WRONG
        count -= number
        state[PLACE], state[_BITS], state[_COUNT] = place, bits, count
        state[MCU] += 1
        state[TO_GO] -= 1
    return DONE


@compiled
def _first_means(
    data: NDArray[np.uint8], state: NDArray[np.int64], blocks: NDArray[np.int64], tables: Tables, units: int
) -> int:
    """Read units of a progressive scan of means only; the state is left before the one that is not complete."""
    size, number, steps = len(data), len(blocks), tables.steps
    place, bits, count = state[PLACE], state[_BITS], state[_COUNT]
    means = state[_MEANS : _MEANS + 4].copy()
    for _ in range(units):
        for b in range(number):
            why = 0
            if count < 32:
                place, bits, count, why = fill(data, size, place, bits, count)
            row = blocks[b, 1]
            code: Any = np.int64(steps[row, (bits >> (count - FAST_BITS)) & _INDEX]) if count >= 32 else np.int64(0)
            if code == 0:
                length, value = symbol(tables, row, bits, count)
                if length == 0 or length + value > count:
                    state[STOPPED] = place
                    return MORE if why == 1 and (length > 0 or count < 16) else WRONG
                code = step(row, length, value)
            count -= code & 63
            means[blocks[b, 0]] += _signed(bits, count, code >> 14)
            if code >> 14 > 15 or abs(means[blocks[b, 0]]) > blocks[b, 3]:
                state[STOPPED] = place
                return WRONG
        state[PLACE], state[_BITS], state[_COUNT] = place, bits, count
        state[MCU] += 1
        state[TO_GO] -= 1
        for c in range(4):
            state[_MEANS + c] = means[c]
    return DONE


@compiled
def _bands(
    data: NDArray[np.uint8],
    state: NDArray[np.int64],
    settings: NDArray[np.int64],
    row: int,
    tables: Tables,
    held: NDArray[np.int64],
    units: int,
) -> int:
    """Read blocks of a progressive scan of one band, up to one behind which others are known to be empty."""
    first = state[MCU]
    at, band = (state[PLACE], state[_BITS], state[_COUNT]), (settings[_FIRST], settings[_LAST])
    if settings[_HIGH] == 0:
        place, bits, count, n, run, status, stopped = first_bands(
            data, at, tables, row, band, held, (first, first + units)
        )
    else:
        place, bits, count, n, run, status, stopped = later_bands(
            data, at, tables, row, band, held, (first, first + units, state[_RUN])
        )
    state[PLACE], state[_BITS], state[_COUNT], state[_RUN] = place, bits, count, run
    state[MCU] = n
    state[TO_GO] -= n - first
    if status != DONE:
        state[STOPPED] = stopped
    return status


@compiled
def run_scan(
    data: NDArray[np.uint8],
    state: NDArray[np.int64],
    settings: NDArray[np.int64],
    blocks: NDArray[np.int64],
    tables: Tables,
    held: NDArray[np.int64],
) -> int:
    """Follow a scan as far as the data go; gives `DONE`, `MORE` or `WRONG`. The state is left at the beginning of a unit that is not complete.

    Args:
        data: (n,) uint8, from the first byte of the scan or where the state says it stopped.
        state: (12,) int64, changed.
        settings: (6,) int64.
        blocks: (b, 4) int64, the blocks of a unit: component, row of its DC and AC table, largest mean.
        tables: the Huffman tables.
        held: (units,) int64, of the component of a progressive scan: bit k is set where coefficient k is not zero; changed.
    """
    interval = settings[_INTERVAL]
    while state[MCU] < settings[_UNITS]:
        state[STOPPED] = state[PLACE]
        if interval > 0 and state[TO_GO] == 0:
            status = _restart(data, len(data), state, interval)
            if status != DONE:
                return status
        left = settings[_UNITS] - state[MCU]
        left = min(left, state[TO_GO]) if interval > 0 else left
        if settings[_PROGRESSIVE] == 0:
            status = _unit(data, state, blocks, tables, left)
        elif state[_RUN] > 0 and settings[_HIGH] == 0:
            left = min(left, state[_RUN])  # nothing is set in these
            state[MCU] += left
            state[TO_GO] -= left
            state[_RUN] -= left
            status = DONE
        elif settings[_FIRST] > 0:
            status = _bands(data, state, settings, blocks[0, 2], tables, held, left)
        elif settings[_HIGH] > 0:
            status = _refined_means(data, state, len(blocks), left)
        else:
            status = _first_means(data, state, blocks, tables, left)
        if status != DONE:
            return status
    place, _, _, why = fill(data, len(data), state[PLACE], state[_BITS], state[_COUNT])
    state[STOPPED] = place
    if why == 2:
        state[PLACE] = place
    return DONE if why == 2 else MORE if why == 1 else WRONG
