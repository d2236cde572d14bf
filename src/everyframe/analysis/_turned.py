"""PDQ of a picture in its eight orientations, compiled, for little more than the price of one.

The window of PDQ is not symmetric, so the hash of a turned picture is not a rearranged hash: what is mirrored has to be
filtered anew. Filtering along rows and along columns are two linear steps, of which only the 64 places that are kept matter.
Here each is a small matrix. The picture is sampled from both ends of each side, as the reference would sample the turned
file; that and transposing give all eight. Sums are
made in another order than the reference makes them, so that now and then a bit on the border falls the other way.
"""

from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numba import types
from numpy.typing import NDArray

from everyframe.analysis._pdq import COEFFICIENTS, GRID, MATRIX, Plane, compiled_quality, compiled_transform
from everyframe.analysis.compiling import compiled, compiled_once

__all__ = ["Axis", "axis", "turned_coefficients"]

Ints: TypeAlias = NDArray[np.int64]
_THOUSANDTH: Final = np.float32(0.001)
_INTS: Final = types.Array(types.int64, 1, "C", readonly=True)
_PICKS: Final = types.Array(types.int64, 2, "C", readonly=True)
_PLANE: Final = types.Array(types.float32, 2, "C", readonly=True)
_TAKES: Final = (types.Array(types.uint8, 3, "C", readonly=True), *(_PICKS, _INTS, _PLANE) * 2, _PLANE)


class Axis(NamedTuple):
    """Hold how one axis is sampled and filtered.

    Args:
        picks: (2, n) which rows (or columns) are sampled, from one end and from the other.
        starts: (64,) the first sample that goes into each of the 64 places.
        weights: (64, w) how much of each sample from there on.
    """

    picks: Ints
    starts: Ints
    weights: Plane


@lru_cache(maxsize=256)
def axis(length: int, count: int) -> Axis:
    """Give the axis of a picture that is so many rows (or columns) long and is sampled at ``count`` places."""
    picks = np.arange(count, dtype=np.int64) * length // count
    reach = (count + 2 * GRID - 1) // (2 * GRID)
    half = (reach + 2) // 2
    window = np.zeros((count, count))
    for at in range(count):
        begin, end = max(0, at - (reach - half)), min(count, at + half)
        window[at, begin:end] = 1 / (end - begin)
    twice = (window @ window)[[int((place + 0.5) * count / GRID) for place in range(GRID)]]
    begins = (twice != 0).argmax(axis=1)
    width = int((count - (twice != 0)[:, ::-1].argmax(axis=1) - begins).max())
    starts = np.minimum(begins, count - width).astype(np.int64)
    weights = np.take_along_axis(twice, starts[:, None] + np.arange(width), axis=1)
    return Axis(np.stack([picks, length - 1 - picks]), starts, weights.astype(np.float32))


@compiled
def _summed(pixels: NDArray[np.uint8], picks: Ints, starts: Ints, weights: Plane) -> Plane:
    """Give 64 rows of luma, each the weighed sum of the picked rows that go into it; columns are all still there."""
    rows = np.zeros((GRID, pixels.shape[1]), np.float32)
    for place in range(GRID):
        for each in range(weights.shape[1]):
            share, line = weights[place, each] * _THOUSANDTH, picks[starts[place] + each]
            for column in range(pixels.shape[1]):
                red, green, blue = pixels[line, column, 0], pixels[line, column, 1], pixels[line, column, 2]
                rows[place, column] += share * np.float32(
                    np.int32(299) * red + np.int32(587) * green + np.int32(114) * blue
                )
    return rows


@compiled
def _small(rows: Plane, picks: Ints, starts: Ints, weights: Plane) -> Plane:
    """Give 64 x 64 values: the same along the columns."""
    small = np.zeros((GRID, GRID), np.float32)
    for place in range(GRID):
        for each in range(weights.shape[1]):
            share, column = weights[place, each], picks[starts[place] + each]
            for row in range(GRID):
                small[row, place] += share * rows[row, column]
    return small


@compiled_once(*_TAKES)
def _coefficients(
    pixels: NDArray[np.uint8],
    row_picks: Ints,
    row_starts: Ints,
    row_weights: Plane,
    column_picks: Ints,
    column_starts: Ints,
    column_weights: Plane,
    matrix: Plane,
) -> tuple[NDArray[np.float32], Ints]:
    found = np.empty((8, COEFFICIENTS, COEFFICIENTS), np.float32)
    quality = np.empty(8, np.int64)
    for way in range(2):
        rows = _summed(pixels, row_picks[way], row_starts, row_weights)
        for across in range(2):
            small = _small(rows, column_picks[across], column_starts, column_weights)
            at = 2 * way + across
            found[at] = compiled_transform(small, matrix)
            found[at + 4] = found[at].T
            quality[at] = quality[at + 4] = compiled_quality(small)
    return found, quality


def turned_coefficients(pixels: NDArray[np.uint8], most: int) -> tuple[NDArray[np.float32], Ints]:
    """Give the coefficients (8, 16, 16) that PDQ hashes of each orientation, and the quality (8,) of each.

    They come in the order: as it is, columns mirrored, rows mirrored, both mirrored, and the transpose of each of these.

    Args:
        pixels: rows, columns and three channels, of any size from 5 x 5.
        most: side above which PDQ takes so many samples of each side.
    """
    sides = pixels.shape[:2]
    axes = [axis(side, most if max(sides) > most else side) for side in sides]
    return _coefficients(np.ascontiguousarray(pixels), *axes[0], *axes[1], MATRIX)
