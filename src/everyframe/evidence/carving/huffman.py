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
    #: (8, 17) int32: the first code too large for each length, and what turns a code into an index of `values`.
    limit: NDArray[np.int32]
    base: NDArray[np.int32]
    #: (8, 256) uint8.
    values: NDArray[np.uint8]


def no_tables() -> Tables:
    """Return tables that have no code yet."""
    return Tables(
        np.zeros((8, 1 << FAST_BITS), np.int32),
        np.zeros((8, 1 << FAST_BITS), np.int32),
        np.zeros((8, 17), np.int32),
        np.zeros((8, 17), np.int32),
        np.zeros((8, 256), np.uint8),
    )


def set_table(tables: Tables, row: int, counts: bytes, values: bytes) -> bool:
    """Fill a row from the 16 counts and the values of a DHT segment; False where no such code can be."""
    for table in (tables.fast, tables.steps, tables.limit, tables.base):
        table[row] = 0
    tables.values[row, : len(values)] = np.frombuffer(values, np.uint8)
    code = index = 0
    for length, count in enumerate(counts, 1):
        if code + count > 1 << length:
            return False
        tables.base[row, length] = index - code
        for _ in range(count):
            if length <= FAST_BITS:
                span = slice(code << FAST_BITS - length, (code + 1) << FAST_BITS - length)
                tables.fast[row, span] = length << 8 | values[index]
                tables.steps[row, span] = step(row, length, values[index])
            code, index = code + 1, index + 1
        tables.limit[row, length] = code if count else 0
        code <<= 1
    return True


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
