"""General traits of a picture: what a linear model can learn from, whatever it is that a case turns out to be about.

They are engineered, not learned: no weights of unknown upbringing come along, and nothing is downloaded. Four blocks are
computed of the picture at 96 x 96 pixels:

======== ==== ============================================================================================
colour     64 square roots of a joint histogram of luma and two colour differences, 4 x 4 x 4 (Swain and Ballard 1991)
layout     48 mean luma and colour differences in 4 x 4 cells
edges     128 gradient energy by 8 directions in 4 x 4 cells, square roots (Oliva and Torralba 2001; Dalal and Triggs 2005)
patches   128 64 fixed random filters over 8 x 8 patches of equalised contrast, mean and largest response (Saxe et al. 2011)
======== ==== ============================================================================================

Each value is one signed byte. The last bit can differ from machine to machine, as sums of floating-point numbers do; so
traits are no part of the result digest.
"""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from everyframe.analysis.pixels import Pixels

__all__ = ["DIMENSIONS", "VERSION", "traits_of"]

#: Names how the traits were computed; another version never meets this one in one model.
VERSION: Final = "plain-1"
DIMENSIONS: Final = 368

_SIDE: Final = 96
_FILTERS: Final = 64

_Floats = NDArray[np.float32]


def traits_of(pixels: Pixels) -> bytes:
    """Give the traits of an upright picture (rows, columns, RGB): the version, a colon, ``DIMENSIONS`` signed bytes."""
    from everyframe.analysis._traits import measure, windows  # heavy: only processes that take traits load it

    small = _small(pixels)
    values = np.concatenate((measure(small), _patches(windows(small))))
    vector: bytes = np.clip(np.rint(values), -127, 127).astype(np.int8).tobytes()
    return VERSION.encode() + b":" + vector


def _small(pixels: Pixels) -> Pixels:
    """Give luma and two colour differences, 8 bits each: 96 x 96 x 3."""
    small = Image.fromarray(np.ascontiguousarray(pixels)).resize((_SIDE, _SIDE), Image.Resampling.BOX)
    return np.asarray(small.convert("YCbCr"))


@lru_cache(maxsize=1)
def _filters() -> _Floats:
    """Give 64 random filters of unit length (192, 64), smooth enough to answer to shapes rather than to grain."""
    rng = np.random.Generator(np.random.PCG64(20110628))
    coarse = rng.standard_normal((_FILTERS, 3, 4, 4)).astype(np.float32)
    filters = coarse.repeat(2, axis=2).repeat(2, axis=3).reshape(_FILTERS, -1)
    return np.ascontiguousarray((filters / np.linalg.norm(filters, axis=1, keepdims=True)).T)


def _patches(windows: _Floats) -> _Floats:
    answers = np.abs(windows @ _filters())
    return np.concatenate((answers.mean(axis=0) * 64, answers.max(axis=0) * 12))
