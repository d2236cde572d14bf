"""Blocks of a progressive scan of JPEG that holds a band of coefficients (ITU-T T.81, G.1.2.2, G.1.2.3).

Each block is gone through in one loop without a call for what is usual: a call costs more than what it does.
"""

from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from everyframe.evidence.carving.compiled import compiled
from everyframe.evidence.carving.counting import ones, zeros_below
from everyframe.evidence.carving.huffman import FAST_BITS, ZEROS, Tables, fill, symbol

__all__ = ["DONE", "MORE", "WRONG", "first_bands", "later_bands"]

DONE: Final = 0
"""All of it was there."""
MORE: Final = 1
"""The data end within it."""
WRONG: Final = 2
"""What stands there belongs to no such scan."""

At: TypeAlias = tuple[int, int, int]
Held: TypeAlias = NDArray[np.int64]

_INDEX: Final = (1 << FAST_BITS) - 1
_ONES: Final = 0xFFFFFFFF
_EACH: Final = 0x01010101
_TOPS: Final = 0x80808080


@compiled
def first_bands(  # noqa: C901 - one loop over every bit: a call within it costs more than what it does
    data: NDArray[np.uint8], at: At, tables: Tables, row: int, band: tuple[int, int], held: Held, units: tuple[int, int]
) -> tuple[int, int, int, int, int, int, int]:
    """Read a band of blocks for the first time, up to one behind which others are known to be empty.

    Args:
        data: of the scan.
        at: place in them, bits held and how many.
        tables: the Huffman tables.
        row: of the table that codes the band.
        band: first and last coefficient.
        held: what is set in each block; changed.
        units: the first block and the one behind the last.

    Returns:
        Place, bits and how many, before the block that is not complete; its number; blocks known to be empty; the
        status; and the place at which a wrong thing was met.
    """
    place, bits, count = at
    size, last, fast = len(data), band[1], tables.fast[row]
    for n in range(units[0], units[1]):
        first_place, first_bits, first_count = place, bits, count
        first: Any = np.int64(band[0])
        k, fresh, run = first, first * 0, first * 0
        status = DONE
        while k <= last:
            if count < 32 and place + 4 <= size:
                word: Any = np.int64(data[place]) << 24 | np.int64(data[place + 1]) << 16
                word |= np.int64(data[place + 2]) << 8 | np.int64(data[place + 3])
                if (((word ^ _ONES) - _EACH) & word & _TOPS) == 0:  # no byte is 0xFF
                    place, bits, count = place + 4, bits << 32 | word, count + 32
            why = 0
            if count < 32:
                place, bits, count, why = fill(data, size, place, bits, count)
            entry: Any = np.int64(fast[(bits >> (count - FAST_BITS)) & _INDEX]) if count >= 32 else np.int64(0)
            length, value = entry >> 8, entry & 0xFF
            if entry == 0:
                length, value = symbol(tables, row, bits, count)
            wide = value & 15
            extra = value >> 4 if wide == 0 and value < ZEROS else wide
            if length == 0 or length + extra > count:
                status = MORE if why == 1 and (length > 0 or count < 16) else WRONG
                break
            count -= length + extra
            if wide == 0 and value < ZEROS:
                run = (np.int64(1) << extra) + ((bits >> count) & ((np.int64(1) << extra) - 1))
                break
            k += value >> 4
            if k > last:
                status = WRONG
                break
            fresh |= np.int64(wide > 0) << k
            k += 1
        if status != DONE:
            return first_place, first_bits, first_count, n, 0, status, place
        held[n] |= fresh
        if run > 1:
            return place, bits, count, n + 1, run - 1, DONE, place
    return place, bits, count, units[1], 0, DONE, place


@compiled
def _refine(data: NDArray[np.uint8], place: int, bits: int, count: int, wanted: int) -> tuple[int, int, int, int]:
    """Pass so many bits, one for each coefficient that is set."""
    size = len(data)
    while wanted > 0:
        why = 0
        if count < wanted:
            place, bits, count, why = fill(data, size, place, bits, count)
        if count == 0:
            return place, bits, count, MORE if why == 1 else WRONG
        passed = min(wanted, count)
        count, wanted = count - passed, wanted - passed
    return place, bits, count, DONE


@compiled
def _behind_free(free: int, number: int) -> int:
    """Return the place of the bit that is set behind so many others; 64 where there is none."""
    for _ in range(number):
        free &= free - 1
    place: int = zeros_below(free)
    return place


@compiled
def later_bands(  # noqa: C901, PLR0912, PLR0915 - as first_bands
    data: NDArray[np.uint8], at: At, tables: Tables, row: int, band: tuple[int, int], held: Held, units: At
) -> tuple[int, int, int, int, int, int, int]:
    """Read one bit more of a band of blocks; as `first_bands`, with the blocks that are only refined behind the units."""
    place, bits, count = at
    size, fast, run = len(data), tables.fast[row], units[2]
    last = band[1] - 1  # bit 0 stands for coefficient 1 here
    within = (np.int64(1) << last) - 1 | np.int64(1) << last
    for n in range(units[0], units[1]):
        first_place, first_bits, first_count, first_run = place, bits, count, run
        first: Any = np.int64(band[0])
        k, fresh, status = first - 1, first * 0, DONE
        have = held[n] >> 1 & within
        while run == 0 and k <= last:
            if count < 32 and place + 4 <= size:
                word: Any = np.int64(data[place]) << 24 | np.int64(data[place + 1]) << 16
                word |= np.int64(data[place + 2]) << 8 | np.int64(data[place + 3])
                if (((word ^ _ONES) - _EACH) & word & _TOPS) == 0:  # no byte is 0xFF
                    place, bits, count = place + 4, bits << 32 | word, count + 32
            why = 0
            if count < 32:
                place, bits, count, why = fill(data, size, place, bits, count)
            entry: Any = np.int64(fast[(bits >> (count - FAST_BITS)) & _INDEX]) if count >= 32 else np.int64(0)
            length, value = entry >> 8, entry & 0xFF
            if entry == 0:
                length, value = symbol(tables, row, bits, count)
            wide = value & 15
            extra = value >> 4 if wide == 0 and value < ZEROS else wide
            if length == 0 or length + extra > count:
                status = MORE if why == 1 and (length > 0 or count < 16) else WRONG
                break
            if wide > 1:
                status = WRONG
                break
            count -= length + extra
            if wide == 0 and value < ZEROS:
                run = (np.int64(1) << extra) + ((bits >> count) & ((np.int64(1) << extra) - 1))
                break
            start, k = k, min(_behind_free(~have & within >> k << k, value >> 4), last + 1)
            wanted: Any = ones((have >> start) & ((np.int64(1) << (k - start)) - 1))
            if wanted <= count:
                count -= wanted
            else:
                place, bits, count, status = _refine(data, place, bits, count, wanted)
            if status != DONE or (k > last and wide == 1):
                status = WRONG if status == DONE else status
                break
            fresh |= np.int64(wide) << k
            k += 1
        if run > 0 and status == DONE:
            wanted = ones(have >> k) if k <= last else 0
            if wanted <= count:
                count -= wanted
            else:
                place, bits, count, status = _refine(data, place, bits, count, wanted)
            run -= 1
        if status != DONE:
            return first_place, first_bits, first_count, n, first_run, status, place
        held[n] |= fresh << 1
    return place, bits, count, units[1], run, DONE, place
