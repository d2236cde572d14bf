"""Whether a member of a stack shows something that its representative does not: text, a mark, a larger or smaller frame.

A perceptual hash says "much the same"; the one detail that makes a difference to a case can lie within that. Such a member
is marked, so that it gets a look of its own. ``docs/stacks.md`` says how often this rule is right.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from everyframe.analysis.pixels import Pixels

__all__ = ["MOST_DIFFERENCE", "MOST_STRETCH", "Showing", "shows_something_else"]

#: Relative difference of the sides' ratio from which the frame counts as another.
MOST_STRETCH: Final = 0.03
#: Grey levels (of 255) by which the most different block may differ after what re-encoding explains is taken off.
MOST_DIFFERENCE: Final = 4.5

_SIDE: Final = 128
_BLOCKS: Final = 32
_TONES: Final = 64

_Grey = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Showing:
    """Hold whether a member shows something else, and the figures for it.

    Args:
        differs: whether to give it a look of its own.
        stretch: relative difference of the ratio of the sides.
        difference: grey levels by which the most different block differs.
    """

    differs: bool
    stretch: float
    difference: float


def shows_something_else(one: Pixels, other: Pixels, *, distance: int) -> Showing:
    """Compare the previews (rows, columns, RGB; upright, up to 256 a side) of two pictures of one stack.

    Both are brought to 128 x 128 grey. What another size, quality or lighting explains is taken off: the tones of each are
    mapped to those of the other as well as can be, and differences no larger than the step between neighbouring pixels in
    both are forgiven. What remains is averaged over blocks of 4 x 4; text and shifted edges remain, noise does not.

    Args:
        one: a preview.
        other: the other one; which is which makes no difference.
        distance: bits between the hashes; 0 says nothing here, as small text may leave every bit of a hash alone.
    """
    if distance < 0:
        raise ValueError("a distance is not negative")
    stretch = _stretch(one, other)
    first, second = _grey(one), _grey(other)
    rest = np.minimum(_unexplained(first, second), _unexplained(second, first))
    rest = np.maximum(0, rest - np.minimum(_steps(first), _steps(second)))
    size = _SIDE // _BLOCKS
    blocks = rest.reshape(_BLOCKS, size, _BLOCKS, size).mean(axis=(1, 3))
    difference = float(blocks.max())
    return Showing(stretch > MOST_STRETCH or difference > MOST_DIFFERENCE, stretch, difference)


def _stretch(one: Pixels, other: Pixels) -> float:
    """Compare the shapes, but for the pixel by which rounding to a small preview may change a side."""
    ratio = one.shape[1] * other.shape[0] / (one.shape[0] * other.shape[1])
    rounding = 0.5 / min(*one.shape[:2], *other.shape[:2])
    return float(max(0.0, max(ratio, 1 / ratio) - 1 - rounding))


def _grey(pixels: Pixels) -> _Grey:
    grey = Image.fromarray(np.ascontiguousarray(pixels)).convert("L")
    return np.asarray(grey.resize((_SIDE, _SIDE), Image.Resampling.BOX)).astype(np.float32)


def _unexplained(one: _Grey, other: _Grey) -> NDArray[Any]:
    """Give what is left of ``one`` when each tone of ``other`` stands for the mean of what lies where it does."""
    tone = other.astype(np.intp) * _TONES // 256
    counts = np.bincount(tone.ravel(), minlength=_TONES)
    sums = np.bincount(tone.ravel(), one.ravel(), minlength=_TONES)
    rest: NDArray[Any] = np.abs(one - (sums / np.maximum(counts, 1))[tone])
    return rest


def _steps(grey: _Grey) -> _Grey:
    """Give the largest difference of each pixel from the four beside it."""
    steps = np.zeros_like(grey)
    across, down = np.abs(np.diff(grey, axis=1)), np.abs(np.diff(grey, axis=0))
    for part, difference in ((steps[:, 1:], across), (steps[:, :-1], across), (steps[1:], down), (steps[:-1], down)):
        np.maximum(part, difference, out=part)
    return steps
