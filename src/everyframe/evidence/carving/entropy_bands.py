"""One block of a progressive scan of JPEG that holds a band of coefficients (ITU-T T.81, G.1.2.2, G.1.2.3)."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from everyframe.evidence.carving.compiled import compiled
from everyframe.evidence.carving.huffman import Tables, fill, symbol

__all__ = ["DONE", "MORE", "WRONG", "read_band"]

DONE: Final = 0
"""All of it was there."""
MORE: Final = 1
"""The data end within it."""
WRONG: Final = 2
"""What stands there belongs to no such scan."""


@compiled
def _first_pass(
    data: NDArray[np.uint8], size: int, at: tuple[int, int, int], tables: Tables, row: int, k: int, last: int
) -> tuple[int, int, int, int, int, int]:
    """Read a band of one block for the first time; the last two values are the blocks to skip and what is set now."""
    place, bits, count = at
    held: Any = np.int64(0)
    while k <= last:
        why = 0
        if count < 32:
            place, bits, count, why = fill(data, size, place, bits, count)
        length, value = symbol(tables, row, bits, count)
        wide, skip = value & 15, value >> 4
        extra = skip if wide == 0 and skip < 15 else wide
        if length == 0 or length + extra > count:
            return place, bits, count, MORE if why == 1 and (length > 0 or count < 16) else WRONG, 0, 0
        count -= length + extra
        if wide == 0 and skip < 15:
            return place, bits, count, DONE, (1 << skip) + ((bits >> count) & ((1 << skip) - 1)) - 1, held
        k += skip
        if k > last:
            return place, bits, count, WRONG, 0, 0
        if wide > 0:
            held |= np.int64(1) << k
        k += 1
    return place, bits, count, DONE, 0, held


@compiled
def _refine_over(
    data: NDArray[np.uint8], size: int, at: tuple[int, int, int], k: int, last: int, held: int, zeros: int
) -> tuple[int, int, int, int, int]:
    """Go over coefficients, one bit for each that is set, until `zeros` that are not are passed; gives where it stops."""
    place, bits, count = at
    while k <= last:
        if (held >> k) & 1:
            why = 0
            if count < 1:
                place, bits, count, why = fill(data, size, place, bits, count)
            if count < 1:
                return place, bits, count, MORE if why == 1 else WRONG, k
            count -= 1
        elif zeros == 0:
            break
        else:
            zeros -= 1
        k += 1
    return place, bits, count, DONE, k


@compiled
def _later_pass(
    data: NDArray[np.uint8], size: int, at: tuple[int, int, int], tables: Tables, row: int, band: tuple[int, int, int]
) -> tuple[int, int, int, int, int, int]:
    """Read one bit more for a band of one block; the last two values are the blocks that are only refined, and what is set."""
    place, bits, count = at
    k, last, held = band
    fresh: Any = np.int64(0)
    run = 0
    while k <= last:
        why = 0
        if count < 32:
            place, bits, count, why = fill(data, size, place, bits, count)
        length, value = symbol(tables, row, bits, count)
        wide, skip = value & 15, value >> 4
        extra = skip if wide == 0 and skip < 15 else wide
        if length == 0 or length + extra > count:
            return place, bits, count, MORE if why == 1 and (length > 0 or count < 16) else WRONG, 0, 0
        if wide > 1:
            return place, bits, count, WRONG, 0, 0
        count -= length + extra
        if wide == 0 and skip < 15:
            run = (1 << skip) + ((bits >> count) & ((1 << skip) - 1))
            break
        place, bits, count, status, k = _refine_over(data, size, (place, bits, count), k, last, held, skip)
        if status != DONE:
            return place, bits, count, status, 0, 0
        if k > last and wide == 1:
            return place, bits, count, WRONG, 0, 0
        if wide == 1:
            fresh |= np.int64(1) << k
        k += 1
    if run > 0:
        place, bits, count, status, k = _refine_over(data, size, (place, bits, count), k, last, held, 64)
        return place, bits, count, status, run - 1, held | fresh
    return place, bits, count, DONE, 0, held | fresh


@compiled
def read_band(
    data: NDArray[np.uint8],
    size: int,
    at: tuple[int, int, int],
    tables: Tables,
    row: int,
    band: tuple[int, int, int],
    run: int,
    held: int,
) -> tuple[int, int, int, int, int, int]:
    """Read one block of a band: its first and last coefficient, and the bit that is refined, 0 for the first pass."""
    place, bits, count = at
    first, last, high = band
    if high == 0:
        if run > 0:
            return place, bits, count, DONE, run - 1, held
        place, bits, count, status, run, fresh = _first_pass(data, size, at, tables, row, first, last)
        return place, bits, count, status, run, held | fresh
    if run > 0:
        place, bits, count, status, _ = _refine_over(data, size, at, first, last, held, 64)
        return place, bits, count, status, run - 1, held
    return _later_pass(data, size, at, tables, row, (first, last, held))
