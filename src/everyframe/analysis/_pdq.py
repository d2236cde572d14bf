"""PDQ compiled: the arithmetic of the reference in single precision and in its order, so that every bit is the same.

The reference slides its window along each row and then along each column. Here the columns of a row are taken side by side,
which a processor does several at a time; each sum still adds and takes away the same values in the same order.
"""

from typing import Final, TypeAlias

import numpy as np
from numba import types
from numpy.typing import NDArray

from everyframe.analysis.compiling import compiled, compiled_once

__all__ = [
    "COEFFICIENTS",
    "GRID",
    "MATRIX",
    "Plane",
    "coefficients",
    "compiled_quality",
    "compiled_transform",
    "picked",
]

GRID: Final = 64
COEFFICIENTS: Final = 16
Plane: TypeAlias = NDArray[np.float32]
#: What ``coefficients`` takes: 8-bit samples, and the matrix; pictures that may not be written to are taken, too.
_PIXELS: Final = types.Array(types.uint8, 3, "C", readonly=True)
_PLACES: Final = types.Array(types.intp, 1, "C", readonly=True)
_TAKES: Final = (_PIXELS, types.Array(types.float32, 2, "C", readonly=True))


def _matrix() -> Plane:
    """Give rows 1 to 16 of the DCT-II over 64 values, scaled as the reference does: in single precision."""
    row = np.arange(1, COEFFICIENTS + 1)[:, None]
    column = np.arange(GRID)[None, :]
    scale = np.float64(np.float32(np.sqrt(2.0 / GRID)))
    return np.asarray(scale * np.cos(np.pi / 2 / GRID * row * (2 * column + 1)), np.float32)


MATRIX: Final = _matrix()


@compiled_once(_PIXELS, _PLACES, _PLACES)
def _picked(pixels: NDArray[np.uint8], rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[np.uint8]:
    found = np.empty((len(rows), len(columns), 3), np.uint8)
    for down in range(len(rows)):
        line = pixels[rows[down]]
        for right in range(len(columns)):
            column = columns[right]
            for channel in range(3):
                found[down, right, channel] = line[column, channel]
    return found


def picked(pixels: NDArray[np.uint8], rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[np.uint8]:
    """Give the samples at some rows and columns of 8-bit RGB."""
    return _picked(np.ascontiguousarray(pixels), np.ascontiguousarray(rows), np.ascontiguousarray(columns))


@compiled
def _luma(pixels: NDArray[np.uint8]) -> Plane:
    rows, columns = pixels.shape[0], pixels.shape[1]
    plane = np.empty((rows, columns), np.float32)
    for row in range(rows):
        for column in range(columns):
            red, green, blue = pixels[row, column, 0], pixels[row, column, 1], pixels[row, column, 2]
            plane[row, column] = np.float32(red * 0.299 + green * 0.587 + blue * 0.114)
    return plane


@compiled
def _slide(plane: Plane, smooth: Plane) -> None:
    """Average each column over a window of as many rows as 128 go into their number, shorter at both ends."""
    rows, columns = plane.shape
    window = (rows + 2 * GRID - 1) // (2 * GRID)
    half = (window + 2) // 2
    total = np.zeros(columns, np.float32)
    enters, leaves, out, held = 0, 0, 0, 0
    for _ in range(half - 1):
        for column in range(columns):
            total[column] += plane[enters, column]
        held, enters = held + 1, enters + 1
    for _ in range(window - half + 1):
        held += 1
        count = np.float32(held)
        for column in range(columns):
            total[column] += plane[enters, column]
            smooth[out, column] = total[column] / count
        enters, out = enters + 1, out + 1
    count = np.float32(held)
    for _ in range(rows - window):
        for column in range(columns):
            total[column] += plane[enters, column]
            total[column] -= plane[leaves, column]
            smooth[out, column] = total[column] / count
        enters, leaves, out = enters + 1, leaves + 1, out + 1
    for _ in range(half - 1):
        held -= 1
        count = np.float32(held)
        for column in range(columns):
            total[column] -= plane[leaves, column]
            smooth[out, column] = total[column] / count
        leaves, out = leaves + 1, out + 1


@compiled
def _turned(plane: Plane) -> Plane:
    """Give the plane with rows and columns exchanged, a square at a time."""
    rows, columns = plane.shape
    turned = np.empty((columns, rows), np.float32)
    for top in range(0, rows, 16):
        for left in range(0, columns, 16):
            for row in range(top, min(top + 16, rows)):
                for column in range(left, min(left + 16, columns)):
                    turned[column, row] = plane[row, column]
    return turned


@compiled
def compiled_transform(small: Plane, matrix: Plane) -> Plane:
    """Give the 16 x 16 coefficients of 64 x 64 values."""
    half = np.zeros((COEFFICIENTS, GRID), np.float32)
    for row in range(COEFFICIENTS):
        for k in range(GRID):
            for column in range(GRID):
                half[row, column] += matrix[row, k] * small[k, column]
    whole = np.zeros((COEFFICIENTS, COEFFICIENTS), np.float32)
    for row in range(COEFFICIENTS):
        for column in range(COEFFICIENTS):
            for k in range(GRID):
                whole[row, column] += half[row, k] * matrix[column, k]
    return whole


@compiled
def compiled_quality(small: Plane) -> int:
    """Give how much there is to see: the sum of the steps between neighbours, scaled and at most 100."""
    steps = 0
    scale, white = np.float32(100), np.float32(255)
    for row in range(GRID):
        for column in range(GRID):
            if row < GRID - 1:
                steps += abs(int((small[row, column] - small[row + 1, column]) * scale / white))
            if column < GRID - 1:
                steps += abs(int((small[row, column] - small[row, column + 1]) * scale / white))
    return min(100, steps // 90)


@compiled_once(*_TAKES)
def _coefficients(pixels: NDArray[np.uint8], matrix: Plane) -> tuple[Plane, int]:
    rows, columns = pixels.shape[0], pixels.shape[1]
    across = _turned(_luma(pixels))
    smooth = np.empty_like(across)
    _slide(across, smooth)
    down = _turned(smooth)
    smoother = np.empty_like(down)
    _slide(down, smoother)
    across = _turned(smoother)
    _slide(across, smooth)
    # Columns are summed each for itself, and only 64 of them are looked at in the end.
    kept = np.empty((GRID, rows), np.float32)
    for place in range(GRID):
        kept[place] = smooth[int((place + 0.5) * columns / GRID)]
    down = _turned(kept)
    thin = np.empty_like(down)
    _slide(down, thin)
    small = np.empty((GRID, GRID), np.float32)
    for row in range(GRID):
        small[row] = thin[int((row + 0.5) * rows / GRID)]
    return compiled_transform(small, matrix), compiled_quality(small)


def coefficients(pixels: NDArray[np.uint8]) -> tuple[Plane, int]:
    """Give the 16 x 16 coefficients that PDQ hashes of 8-bit RGB, float32, and the quality, 0 to 100.

    Args:
        pixels: rows, columns and three channels; at least 5 rows and columns.
    """
    return _coefficients(np.ascontiguousarray(pixels), MATRIX)
