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
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from everyframe.analysis.pixels import Pixels

__all__ = ["DIMENSIONS", "VERSION", "traits_of"]

#: Names how the traits were computed; another version never meets this one in one model.
VERSION: Final = "plain-1"
DIMENSIONS: Final = 368

_SIDE: Final = 96
_CELLS: Final = 4
_PATCH, _STEP, _FILTERS = 8, 4, 64
_EDGES_LUMA: Final = np.array((64, 128, 192), np.float32)
_EDGES_CHROMA: Final = np.array((-10, 0, 10), np.float32)

_Floats = NDArray[np.float32]


def traits_of(pixels: Pixels) -> bytes:
    """Give the traits of an upright picture (rows, columns, RGB): the version, a colon, ``DIMENSIONS`` signed bytes."""
    planes = _opponents(pixels)
    blocks = (_colour(planes), _layout(planes), _edges(planes[0]), _patches(planes))
    values = np.concatenate([b.ravel() for b in blocks])
    vector: bytes = np.clip(np.rint(values), -127, 127).astype(np.int8).tobytes()
    return VERSION.encode() + b":" + vector


def _opponents(pixels: Pixels) -> _Floats:
    """Give luma (0-255) and two colour differences (-128 to 127) as planes (3, 96, 96)."""
    small = Image.fromarray(np.ascontiguousarray(pixels)).resize((_SIDE, _SIDE), Image.Resampling.BOX)
    planes = np.asarray(small.convert("YCbCr")).astype(np.float32).transpose(2, 0, 1)
    planes[1:] -= 128
    return np.ascontiguousarray(planes)


def _colour(planes: _Floats) -> _Floats:
    luma = np.searchsorted(_EDGES_LUMA, planes[0].ravel())
    blue, red = (np.searchsorted(_EDGES_CHROMA, p.ravel()) for p in planes[1:])
    counts = np.bincount(luma * 16 + blue * 4 + red, minlength=64)
    return np.asarray(np.sqrt(counts / luma.size) * 127, np.float32)


def _in_cells(planes: NDArray[Any]) -> NDArray[Any]:
    """Sum planes (n, 96, 96) over 4 x 4 cells: (n, 4, 4)."""
    size = _SIDE // _CELLS
    cells: NDArray[Any] = planes.reshape(len(planes), _CELLS, size, _CELLS, size).sum(axis=(2, 4))
    return cells


def _layout(planes: _Floats) -> _Floats:
    means = _in_cells(planes) / np.float32((_SIDE // _CELLS) ** 2)
    means[0] -= 128
    return np.asarray(means, np.float32)


@lru_cache(maxsize=1)
def _cells() -> NDArray[np.int64]:
    """Give the cell (0-15) of each pixel of a plane, eight times over."""
    of = np.arange(_SIDE) // (_SIDE // _CELLS)
    return np.asarray((of[:, None] * _CELLS + of[None, :]) * 8, np.int64)


def _edges(luma: _Floats) -> _Floats:
    down, across = np.zeros_like(luma), np.zeros_like(luma)
    down[1:-1], across[:, 1:-1] = luma[2:] - luma[:-2], luma[:, 2:] - luma[:, :-2]
    strength = np.hypot(down, across)
    way = (np.arctan2(down, across) * np.float32(8 / np.pi)).astype(np.int64) % 8
    energy = np.bincount((_cells() + way).ravel(), strength.ravel(), minlength=_CELLS * _CELLS * 8)
    return np.asarray(np.sqrt(energy / max(float(energy.sum()), 1.0)) * 380, np.float32)


@lru_cache(maxsize=1)
def _filters() -> _Floats:
    """Give 64 random filters of unit length (192, 64), smooth enough to answer to shapes rather than to grain."""
    rng = np.random.Generator(np.random.PCG64(20110628))
    coarse = rng.standard_normal((_FILTERS, 3, 4, 4)).astype(np.float32)
    filters = coarse.repeat(2, axis=2).repeat(2, axis=3).reshape(_FILTERS, -1)
    return np.ascontiguousarray((filters / np.linalg.norm(filters, axis=1, keepdims=True)).T)


def _patches(planes: _Floats) -> _Floats:
    windows = np.lib.stride_tricks.sliding_window_view(planes, (_PATCH, _PATCH), axis=(1, 2))[:, ::_STEP, ::_STEP]
    flat = windows.transpose(1, 2, 0, 3, 4).reshape(-1, 3 * _PATCH * _PATCH)
    flat = flat - flat.mean(axis=1, keepdims=True)
    flat /= np.sqrt(np.square(flat).mean(axis=1, keepdims=True) + np.float32(100))
    answers = np.abs(flat @ _filters())
    return np.asarray(np.concatenate((answers.mean(axis=0) * 64, answers.max(axis=0) * 12)), np.float32)
