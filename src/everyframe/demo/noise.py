"""Make the random textures that clouds, hills, wood and stone are drawn with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from everyframe.demo.paint import Plane, Rng, Size

if TYPE_CHECKING:
    from numpy.typing import NDArray

_COARSE = 4


def stream(*path: int) -> Rng:
    """Return the generator for one place in the exhibit, independent of all others.

    Every picture draws from its own stream, so that the bytes do not depend on the order of work.
    """
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(path)))


def resize(plane: Plane, size: Size) -> Plane:
    """Return a plane scaled smoothly."""
    image = Image.fromarray(np.ascontiguousarray(plane, np.float32))
    return np.asarray(image.resize(size.pair, Image.Resampling.BICUBIC), np.float32)


def blotches(rng: Rng, size: Size, cells: tuple[float, float]) -> Plane:
    """Return smooth noise around 0 with about `cells` (across, down) blotches."""
    across, down = max(2, round(cells[0])), max(2, round(cells[1]))
    grid = rng.random((down + 2, across + 2), dtype=np.float32) - np.float32(0.5)
    return resize(grid, size)


def fractal(rng: Rng, size: Size, cells: float = 4, octaves: int = 6, stretch: float = 1) -> Plane:
    """Return fractal noise with mean 0 and deviation 1; `stretch` > 1 draws it out sideways.

    Coarse octaves are made at a quarter of the size, which is 3 times faster and looks the same.
    """
    coarse = Size(-(-size.width // _COARSE), -(-size.height // _COARSE))
    low = np.zeros(coarse.shape, np.float32)
    high: list[Plane] = []
    aspect = size.height / size.width
    for octave in range(octaves):
        across = cells * 2**octave
        count = (across / stretch, across * aspect)
        if max(count) * 4 < coarse.width:
            low += blotches(rng, coarse, count) * np.float32(0.5**octave)
        elif across * 2 < size.width:
            high.append(blotches(rng, size, count) * np.float32(0.5**octave))
    total = resize(low, size)
    for plane in high:
        total = total + plane
    return np.asarray((total - total.mean()) / (total.std() + np.float32(1e-6)), np.float32)


def ridge(rng: Rng, width: int, cells: float, roughness: float = 0.5) -> Plane:
    """Return one line of fractal noise, between about -1 and 1, for skylines and shores."""
    at = np.linspace(0, 1, width)
    line = np.zeros(width)
    for octave in range(7):
        knots = max(2, int(cells * 2**octave))
        heights = rng.uniform(-1, 1, knots + 3)
        where = at * knots + rng.random()
        left = where.astype(int)
        t = where - left
        t = t * t * (3 - 2 * t)
        line += (heights[left] * (1 - t) + heights[left + 1] * t) * roughness**octave
    return np.asarray(line * (1 - roughness), np.float32)


def bumps(rng: Rng, width: int, cells: float, roughness: float = 0.5) -> Plane:
    """Return a line of rounded peaks, 0 and upwards, for mountains and islands."""
    return np.asarray(np.abs(ridge(rng, width, cells, roughness)), np.float32)


def _fold(index: NDArray[np.int64], side: int) -> NDArray[np.int64]:
    """Return indices that run to and fro over a tile, so that its edges do not show."""
    return np.asarray(np.abs((index + side // 2) % (2 * side - 2) - (side - 1)), np.int64)


def ground(rng: Rng, size: Size, scale: float = 3) -> Plane:
    """Return noise as it looks on level ground seen from above it: fine at the top, coarse at the bottom."""
    tile = fractal(rng, Size(1024, 1024), cells=24, octaves=5)
    t = np.linspace(0.03, 1, size.height, dtype=np.float32)
    depth = 1 / t
    v = (depth * np.float32(160 * scale)).astype(np.int64)
    x = np.arange(size.width, dtype=np.float32) - np.float32(size.width / 2)
    u = (x[None, :] * depth[:, None] * np.float32(0.35 * scale)).astype(np.int64)
    picked = tile[_fold(v[:, None], 1024), _fold(u + int(rng.integers(1024)), 1024)]
    return np.asarray(picked * np.sqrt(t)[:, None], np.float32)


def grain(rng: Rng, size: Size, amount: float) -> Plane:
    """Return fine noise around 1 to multiply onto drawn surfaces."""
    fine = fractal(rng, size, cells=size.width / 24, octaves=4)
    return np.asarray(1 + fine * np.float32(amount), np.float32)
