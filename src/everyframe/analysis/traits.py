"""General traits of a picture: what a linear model can learn from, whatever it is that a case turns out to be about.

They are engineered, not learned: no weights of unknown upbringing come along, and nothing is downloaded. Six blocks are
computed of the picture at 96 x 96 pixels. The last two keep what a small thing in a large scene looks like:

======== ==== ============================================================================================
colour     64 square roots of a joint histogram of luma and two colour differences, 4 x 4 x 4 (Swain and Ballard 1991)
layout     48 mean luma and colour differences in 4 x 4 cells
edges     128 gradient energy by 8 directions in 4 x 4 cells, square roots (Oliva and Torralba 2001; Dalal and Triggs 2005)
patches   128 64 fixed random filters over 8 x 8 patches of equalised contrast, mean and largest response (Saxe et al. 2011)
places    260 the largest share that each of 260 colours has of any of 6 x 6 blocks
parts     256 256 random waves over 14 x 14 parts of 18 x 18 pixels, described by their colours and edges: the largest answer
              of any part (random features for a Gaussian kernel: Rahimi and Recht 2007; of parts: Bo and Sminchisescu 2009)
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
VERSION: Final = "plain-2"
DIMENSIONS: Final = 884

_SIDE: Final = 96
_FILTERS: Final = 64
_WAVES: Final = 256
#: Radians that a wave turns by, for one unit of distance between two descriptions of parts.
_TURN: Final = 0.15

_Floats = NDArray[np.float32]


def traits_of(pixels: Pixels) -> bytes:
    """Give the traits of an upright picture (rows, columns, RGB): the version, a colon, ``DIMENSIONS`` signed bytes."""
    from everyframe.analysis._places import colours, parts  # heavy: only processes that take traits load these
    from everyframe.analysis._traits import measure, windows

    small = _small(pixels)
    values = np.concatenate((measure(small), _patches(windows(small)), colours(small), _parts(parts(small))))
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


@lru_cache(maxsize=1)
def _waves(values: int) -> tuple[_Floats, _Floats]:
    """Give 256 random waves: turns for each value of a description (values, 256), and phases (256,)."""
    rng = np.random.Generator(np.random.PCG64(20070103))
    directions = rng.standard_normal((values, _WAVES)) * (_TURN / (2 * np.pi))
    return directions.astype(np.float32), rng.random(_WAVES).astype(np.float32)


def _parts(described: _Floats) -> _Floats:
    from everyframe.analysis._places import nearest_phase  # heavy, as above

    directions, phases = _waves(described.shape[1])
    return (1 - 4 * nearest_phase(described @ directions, phases)) * 127
