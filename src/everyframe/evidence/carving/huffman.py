"""Huffman tables of JPEG in the form that the compiled loops look things up in (ITU-T T.81, annexes C and F.2.2.3)."""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from everyframe.evidence.carving.compiled import compiled

__all__ = ["BLOCK_END", "FAST_BITS", "ZEROS", "Tables", "fill", "no_tables", "set_table", "step", "symbol"]

FAST_BITS: Final = 11
#: Bits that are held at most; what a code with its extra bits needs is at most 31.
_HELD: Final = 48
#: The symbol of sixteen zeros, and how far the end of a block advances.
ZEROS: Final = 0xF0
BLOCK_END: Final = 128


class Tables(NamedTuple):
    """Hold eight tables: rows 0 to 3 are for DC, 4 to 7 for AC. A row without a table gives no symbol."""

    #: (8, 2048) int32: length << 8 | symbol of codes up to eleven bits, by the next eleven bits; 0 for longer ones.
    fast: NDArray[np.int32]
    #: (8, 2048) int32, for sequential coding: as `step` gives it for the next eleven bits; 0 for longer codes.
    steps: NDArray[np.int32]
    #: (8, 2048) int32, for AC rows of sequential coding: as many steps as the next eleven bits hold, bits | coefficients
    #: advanced << 6 | whether the block ends << 14; 0 where not even one does.
    runs: NDArray[np.int32]
    #: (8, 17) int32: the first code too large for each length, and what turns a code into an index of `values`.
    limit: NDArray[np.int32]
    base: NDArray[np.int32]
    #: (8, 256) uint8.
    values: NDArray[np.uint8]

    def copy(self) -> "Tables":
        """Return tables that can be changed by themselves."""
        return Tables(
            self.fast.copy(),
            self.steps.copy(),
            self.runs.copy(),
            self.limit.copy(),
            self.base.copy(),
            self.values.copy(),
        )


def no_tables() -> Tables:
    """Return tables that have no code yet."""
    return Tables(
        np.zeros((8, 1 << FAST_BITS), np.int32),
        np.zeros((8, 1 << FAST_BITS), np.int32),
        np.zeros((8, 1 << FAST_BITS), np.int32),
        np.zeros((8, 17), np.int32),
        np.zeros((8, 17), np.int32),
        np.zeros((8, 256), np.uint8),
    )


@compiled
def step(row: int, length: int, value: int) -> int:
    """Return what a code does to a block: bits with those of the coefficient | coefficients advanced << 6 | its bits << 14.

    The end of the block advances by `BLOCK_END`.
    """
    if row < 4:
        return length + value | 1 << 6 | value << 14
    wide = value & 15
    advance = (value >> 4) + 1 if wide > 0 else 16 if value == ZEROS else BLOCK_END
    return length + wide | advance << 6 | wide << 14


def set_table(tables: Tables, row: int, counts: bytes, values: bytes) -> bool:
    """Fill a row from the 16 counts and the values of a DHT segment; False where no such code can be."""
    return _set_table(tables, row, np.frombuffer(counts, np.uint8), np.frombuffer(values, np.uint8))


@compiled
def _set_table(tables: Tables, row: int, counts: NDArray[np.uint8], values: NDArray[np.uint8]) -> bool:
    for table in (tables.fast, tables.steps, tables.limit, tables.base):
        table[row] = 0
    tables.values[row, : len(values)] = values
    code = index = 0
    for length in range(1, 17):
        count: Any = np.int64(counts[length - 1])
        if code + count > 1 << length:
            return False
        tables.base[row, length] = index - code
        for _ in range(count):
            if length <= FAST_BITS:
                value: Any = np.int64(values[index])
                span = slice(code << (FAST_BITS - length), (code + 1) << (FAST_BITS - length))
                tables.fast[row, span] = length << 8 | value
                tables.steps[row, span] = step(row, length, value)
            code, index = code + 1, index + 1
        tables.limit[row, length] = code if count else 0
        code <<= 1
    if row >= 4:
        _set_runs(tables.steps[row], tables.runs[row])
    return True


@compiled
def _set_runs(steps: NDArray[np.int32], runs: NDArray[np.int32]) -> None:
    """Put together the steps that each eleven bits hold."""
    mask = (1 << FAST_BITS) - 1
    for window in range(1 << FAST_BITS):
        bits = advance = end = 0
        while end == 0:
            one = steps[(window << bits) & mask]
            further = (one >> 6) & 255
            if one == 0 or bits + (one & 63) > FAST_BITS or (further < BLOCK_END and advance + further > 63):
                break
            bits += one & 63
            if further == BLOCK_END:
                end = 1
            else:
                advance += further
        runs[window] = bits | advance << 6 | end << 14


@compiled
def fill(data: NDArray[np.uint8], size: int, place: int, bits: int, count: int) -> tuple[int, int, int, int]:
    """Take bytes into the bits held. The last value is 1 where the data end, 2 before a marker, 0 otherwise."""
    while count <= _HELD:
        if place >= size:
            return place, bits, count, 1
        byte: Any = np.int64(data[place])
        if byte == 0xFF:
            if place + 1 >= size:
                return place, bits, count, 1
            if data[place + 1] != 0:
                return place, bits, count, 2
            place += 1
        place += 1
        bits = (bits << 8) | byte
        count += 8
    return place, bits, count, 0


@compiled
def symbol(tables: Tables, row: int, bits: int, count: int) -> tuple[int, int]:
    """Return the length of the next code and its symbol; length 0 where there is no such code."""
    window = (bits >> (count - 16)) & 0xFFFF if count >= 16 else (bits << (16 - count)) & 0xFFFF
    entry: Any = np.int64(tables.fast[row, window >> (16 - FAST_BITS)])
    if entry != 0:
        return entry >> 8, entry & 0xFF
    for length in range(FAST_BITS + 1, 17):
        code = window >> (16 - length)
        if code < tables.limit[row, length]:
            value: Any = np.int64(tables.values[row, (code + tables.base[row, length]) & 0xFF])
            return length, value
    return 0, 0
