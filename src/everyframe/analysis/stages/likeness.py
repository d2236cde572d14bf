"""Whether an embedded picture shows what the picture around it shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from everyframe.analysis.perceptual import distance, pdq
from everyframe.analysis.pixels import Pixels, upright

__all__ = ["MATCH", "OTHER", "PLAIN", "Likeness", "compare", "shaped", "trim"]

#: PDQ distance up to which two pictures are taken for the same.
MATCH: Final = 31
#: PDQ distance above which they are taken to differ; between the two, where a camera's own coarse thumbnail of foliage or
#: grain lies too, it cannot be told (docs/formats.md has the figures).
OTHER: Final = 48
#: Quality below which a hash is too plain to compare.
PLAIN: Final = 50
_COARSE: Final = (128, 128)
_BLUR: Final = ImageFilter.GaussianBlur(2)
#: Pixels of bars around a thumbnail are at most this bright, but for a few that the coding brightens.
_DARK: Final = 24
_NEARLY_ALL: Final = 0.95


@dataclass(frozen=True, slots=True)
class Likeness:
    """Hold the smallest distance found, and whether it is too large; None where that cannot be told."""

    distance: int | None
    differs: bool | None


def compare(whole: Pixels, inner: Pixels) -> Likeness:
    """Compare two small pictures, as stored, in each way in which the embedded one may have been meant.

    Between ``MATCH`` and ``OTHER``, and of what is too plain once it is smoothed, no difference can be told.
    """
    least, plainest = 257, 0
    for one, other in _ways(whole, inner):
        (first, first_quality), (second, second_quality) = _coarse(one), _coarse(other)
        if distance(first, second) < least:
            least, plainest = distance(first, second), min(first_quality, second_quality)
        if least <= MATCH:
            return Likeness(least, differs=False)
    return Likeness(least, differs=True if least > OTHER and plainest >= PLAIN else None)


def _coarse(pixels: Pixels) -> tuple[bytes, int]:
    """Hash what remains when colour, and the fine grain that cameras sharpen in thumbnails, are smoothed away."""
    grey = Image.fromarray(np.ascontiguousarray(pixels)).convert("L")
    square = grey.resize(_COARSE, Image.Resampling.BILINEAR).filter(_BLUR)
    return pdq(np.asarray(square)[:, :, None].repeat(3, axis=2))


def _ways(whole: Pixels, inner: Pixels) -> Iterator[tuple[Pixels, Pixels]]:
    """Pair the picture with the embedded one.

    As they are; without bars; the picture cropped to the shape of the embedded one, as cameras do that fill it; turned
    by a program that left the embedded one alone; and without bars that cover an edge of what was embedded.
    """
    yield whole, inner
    bare = trim(inner)
    if bare is not inner:
        yield whole, bare
        yield trim(whole), bare
    yield shaped(whole, *inner.shape[:2]), inner
    for turned in (3, 6, 8):
        yield whole, upright(inner, turned)
    if bare is not inner:
        yield from ((window, bare) for window in _windows(whole, inner.shape[:2], bare.shape[:2]))


def _windows(whole: Pixels, frame: tuple[int, ...], bare: tuple[int, ...]) -> Iterator[Pixels]:
    """Give the part of the picture that bars leave free, at the middle, the corners and the edges of its frame."""
    rows, columns = whole.shape[:2]
    scale = min(frame[0] / rows, frame[1] / columns)
    high, wide = min(rows, round(bare[0] / scale)), min(columns, round(bare[1] / scale))
    for down in (1, 0, 2):
        for right in (1, 0, 2):
            top, left = (rows - high) * down // 2, (columns - wide) * right // 2
            yield whole[top : top + high, left : left + wide]


def trim(pixels: Pixels) -> Pixels:
    """Take off rows and columns at the edges that are black, up to a quarter at each; a black picture stays whole."""
    dark = pixels.max(axis=2) <= _DARK
    top, bottom = _edges(dark.mean(axis=1))
    left, right = _edges(dark.mean(axis=0))
    if (top, bottom, left, right) == (0, 0, 0, 0):
        return pixels
    return pixels[top : pixels.shape[0] - bottom, left : pixels.shape[1] - right]


def _edges(shares: NDArray[np.floating[Any]]) -> tuple[int, int]:
    """Count the lines at either end of which nearly all is dark."""
    most = len(shares) // 4
    first = next((i for i in range(most) if shares[i] < _NEARLY_ALL), most)
    last = next((i for i in range(most) if shares[-1 - i] < _NEARLY_ALL), most)
    return (0, 0) if most in {first, last} else (first, last)


def shaped(pixels: Pixels, height: int, width: int) -> Pixels:
    """Crop pixels about their middle to the shape of ``height`` to ``width``."""
    rows, columns = pixels.shape[:2]
    kept_rows, kept_columns = min(rows, round(columns * height / width)), min(columns, round(rows * width / height))
    top, left = (rows - kept_rows) // 2, (columns - kept_columns) // 2
    return pixels[top : top + max(1, kept_rows), left : left + max(1, kept_columns)]
