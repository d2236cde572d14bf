"""The loops of the traits that look at small parts of a picture, compiled: what stands somewhere, wherever that is.

A small thing in a large scene changes little in sums over a picture. So these are taken of parts, and what becomes of them
is the largest answer of any part.
"""

from typing import Any, Final, TypeAlias

import numpy as np
from numba import types
from numpy.typing import NDArray

from everyframe.analysis.compiling import compiled, compiled_once

__all__ = ["COLOURS", "VALUES", "colours", "nearest_phase", "parts"]

#: Colours told apart: four greys, and 16 hues in four strengths and four brightnesses.
COLOURS: Final = 4 + 4 * 16 * 4
#: Of one part: three colour values of 3 x 3 cells, and 8 directions in 2 x 2 overlapping groups of cells.
VALUES: Final = 27 + 32

_SIDE: Final = 96
_BLOCK: Final = 16
_CELL: Final = 6
_CELLS: Final = _SIDE // _CELL
_PART: Final = 3
_PARTS: Final = _CELLS - _PART + 1
_WAYS: Final = 8
_TAKES: Final = types.Array(types.uint8, 3, "C", readonly=True)
_ROWS: Final = types.Array(types.float32, 2, "C")
_PHASES: Final = types.Array(types.float32, 1, "C", readonly=True)
_Floats: TypeAlias = NDArray[np.float32]


@compiled
def _colour(luma: "np.signedinteger[Any]", blue: "np.signedinteger[Any]", red: "np.signedinteger[Any]") -> int:
    """Give the number of a colour: greys by brightness, the others by strength, hue and brightness."""
    bright = int(luma >= 70) + int(luma >= 120) + int(luma >= 180)  # noqa: PLR2004 - borders
    strong = blue * blue + red * red
    if strong < 6 * 6:
        return bright
    strength = int(strong >= 16 * 16) + int(strong >= 32 * 32) + int(strong >= 52 * 52)
    turn = np.arctan2(np.float32(red), np.float32(blue)) + np.float32(np.pi)
    hue = int(turn * np.float32(16 / (2 * np.pi))) % 16
    return 4 + (strength * 16 + hue) * 4 + bright


@compiled_once(_TAKES)
def _colours(small: NDArray[np.uint8]) -> _Floats:
    most, here = np.zeros(COLOURS, np.int64), np.zeros(COLOURS, np.int64)
    for top in range(0, _SIDE, _BLOCK):
        for left in range(0, _SIDE, _BLOCK):
            here[:] = 0
            for row in range(top, top + _BLOCK):
                for column in range(left, left + _BLOCK):
                    blue, red = np.int64(small[row, column, 1]) - 128, np.int64(small[row, column, 2]) - 128
                    here[_colour(np.int64(small[row, column, 0]), blue, red)] += 1
            most = np.maximum(most, here)
    values = np.empty(COLOURS, np.float32)
    for place in range(COLOURS):
        values[place] = np.sqrt(np.float32(most[place]) / (_BLOCK * _BLOCK)) * 127
    return values


@compiled
def _sums(small: NDArray[np.uint8]) -> _Floats:
    """Sum three colour values and the gradients by direction in cells of 6 x 6: 16 x 16 x 11."""
    sums = np.zeros((_CELLS, _CELLS, 3 + _WAYS), np.float32)
    for row in range(_SIDE):
        for column in range(_SIDE):
            cell = sums[row // _CELL, column // _CELL]
            for plane in range(3):
                cell[plane] += np.float32(small[row, column, plane]) - 128
            if 0 < row < _SIDE - 1 and 0 < column < _SIDE - 1:
                down = np.int64(small[row + 1, column, 0]) - np.int64(small[row - 1, column, 0])
                across = np.int64(small[row, column + 1, 0]) - np.int64(small[row, column - 1, 0])
                if down or across:
                    turn = np.arctan2(np.float32(down), np.float32(across)) * np.float32(_WAYS / np.pi)
                    cell[3 + int(turn) % _WAYS] += np.sqrt(np.float32(down * down + across * across))
    return sums


@compiled_once(_TAKES)
def _described(small: NDArray[np.uint8]) -> _Floats:
    sums = _sums(small) / np.float32(_CELL * _CELL)
    sums[:, :, 0] /= 2
    flat = np.empty((_PARTS * _PARTS, VALUES), np.float32)
    for number in range(_PARTS * _PARTS):
        top, left = number // _PARTS, number % _PARTS
        at = 0
        for cell in range(_PART * _PART):
            for plane in range(3):
                flat[number, at] = sums[top + cell // _PART, left + cell % _PART, plane] / 25
                at += 1
        for corner in range(4):
            down, across = top + corner // 2, left + corner % 2
            for way in range(3, 3 + _WAYS):
                group = sums[down, across, way] + sums[down, across + 1, way]
                group += sums[down + 1, across, way] + sums[down + 1, across + 1, way]
                flat[number, at] = np.sqrt(group / 4) / 3
                at += 1
    return flat


@compiled_once(_ROWS, _PHASES)
def _nearest(turns: _Floats, phases: _Floats) -> _Floats:
    nearest = np.ones(turns.shape[1], np.float32)
    for row in range(turns.shape[0]):
        for place in range(turns.shape[1]):
            turn = turns[row, place] + phases[place]
            nearest[place] = min(nearest[place], abs(turn - np.rint(turn)))
    return nearest


def nearest_phase(turns: _Floats, phases: _Floats) -> _Floats:
    """Give for each wave (K,) how near any part comes to its crest, in turns from 0 to a half; ``turns`` is (parts, K)."""
    return _nearest(np.ascontiguousarray(turns), phases)


def colours(small: NDArray[np.uint8]) -> _Floats:
    """Give for each of 260 colours the largest share that it has of any of 6 x 6 blocks, as a root times 127."""
    return _colours(np.ascontiguousarray(small))


def parts(small: NDArray[np.uint8]) -> _Floats:
    """Describe 14 x 14 parts of 18 x 18 pixels, six apart: (196, 59), colour of 3 x 3 cells and edges by direction."""
    return _described(np.ascontiguousarray(small))
