"""The loops of the traits, compiled: what is counted in a picture of 96 x 96, and its patches of equalised contrast."""

from typing import Any, Final, TypeAlias

import numpy as np
from numba import types
from numpy.typing import NDArray

from everyframe.analysis.compiling import compiled, compiled_once

__all__ = ["measure", "windows"]

_SIDE: Final = 96
_CELLS: Final = 4
_CELL: Final = _SIDE // _CELLS
_WAYS: Final = 8
_COLOURS: Final = 64
_LAYOUT: Final = 3 * _CELLS * _CELLS
_PATCH, _STEP = 8, 4
_ROWS: Final = (_SIDE - _PATCH) // _STEP + 1
_VALUES: Final = 3 * _PATCH * _PATCH
_TAKES: Final = types.Array(types.uint8, 3, "C", readonly=True)
_Floats: TypeAlias = NDArray[np.float32]


@compiled
def _bin(value: "np.signedinteger[Any]", middle: int, step: int) -> int:
    """Give 0 to 3: how many of the three borders, a step apart, a value lies above."""
    return int(value > middle - step) + int(value > middle) + int(value > middle + step)


@compiled_once(_TAKES)
def _measure(small: NDArray[np.uint8]) -> _Floats:
    colours = np.zeros(_COLOURS, np.float32)
    sums = np.zeros((3, _CELLS, _CELLS), np.float32)
    energy = np.zeros((_CELLS, _CELLS, _WAYS), np.float32)
    total = 0.0
    for row in range(_SIDE):
        for column in range(_SIDE):
            luma = np.int64(small[row, column, 0])
            blue, red = np.int64(small[row, column, 1]) - 128, np.int64(small[row, column, 2]) - 128
            colours[_bin(luma, 128, 64) * 16 + _bin(blue, 0, 10) * 4 + _bin(red, 0, 10)] += 1
            down_cell, across_cell = row // _CELL, column // _CELL
            sums[0, down_cell, across_cell] += luma
            sums[1, down_cell, across_cell] += blue
            sums[2, down_cell, across_cell] += red
            down = (
                np.int64(small[row + 1, column, 0]) - np.int64(small[row - 1, column, 0]) if 0 < row < _SIDE - 1 else 0
            )
            across = (
                np.int64(small[row, column + 1, 0]) - np.int64(small[row, column - 1, 0])
                if 0 < column < _SIDE - 1
                else 0
            )
            if down or across:
                strength = np.sqrt(np.float32(down * down + across * across))
                way = int(np.arctan2(np.float32(down), np.float32(across)) * np.float32(_WAYS / np.pi)) % _WAYS
                energy[down_cell, across_cell, way] += strength
                total += strength
    values = np.empty(_COLOURS + _LAYOUT + _CELLS * _CELLS * _WAYS, np.float32)
    for place in range(_COLOURS):
        values[place] = np.sqrt(colours[place] / (_SIDE * _SIDE)) * 127
    means = sums / np.float32(_CELL * _CELL)
    means[0] -= 128
    values[_COLOURS : _COLOURS + _LAYOUT] = means.ravel()
    values[_COLOURS + _LAYOUT :] = np.sqrt(energy.ravel() / np.float32(max(total, 1.0))) * 380
    return values


@compiled_once(_TAKES)
def _windows(small: NDArray[np.uint8]) -> _Floats:
    flat = np.empty((_ROWS * _ROWS, _VALUES), np.float32)
    for number in range(_ROWS * _ROWS):
        top, left = number // _ROWS * _STEP, number % _ROWS * _STEP
        total, squares = np.int64(0), np.int64(0)
        for plane in range(3):
            for row in range(_PATCH):
                for column in range(_PATCH):
                    value = np.int64(small[top + row, left + column, plane])
                    if plane:
                        value -= 128
                    flat[number, (plane * _PATCH + row) * _PATCH + column] = value
                    total += value
                    squares += value * value
        mean = total / _VALUES
        spread = np.sqrt(np.float32(squares / _VALUES - mean * mean + 100))
        for place in range(_VALUES):
            flat[number, place] = (flat[number, place] - np.float32(mean)) / spread
    return flat


def measure(small: NDArray[np.uint8]) -> _Floats:
    """Give colour (64), layout (48) and edges (128) of luma and two colour differences, 8 bits each: 96 x 96 x 3."""
    return _measure(np.ascontiguousarray(small))


def windows(small: NDArray[np.uint8]) -> _Floats:
    """Give the patches of 8 x 8, four pixels apart, mean taken off and contrast equalised: 529 x 192, plane by plane."""
    return _windows(np.ascontiguousarray(small))
