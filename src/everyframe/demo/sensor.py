"""Turn a rendered scene into what a sensor records: vignetting, fixed pattern noise, shot noise.

The pattern is multiplicative and the same for every photograph of one body in one mode, so that the sensor can be
recognised from its pictures, as with real cameras.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from everyframe.demo.cameras import FULL_SIZE
from everyframe.demo.noise import stream
from everyframe.demo.paint import Pixels, Plane, Rng, Size

if TYPE_CHECKING:
    from everyframe.demo.cameras import Camera

PATTERN_STRENGTH = 0.012
_STRIP = 128
_BANK = Size(8192, 512)


@dataclass(frozen=True, slots=True)
class Framing:
    """Hold which part of the scene is taken and how bright: fractions of the scene, exposure factor."""

    x: float = 0.5
    y: float = 0.5
    zoom: float = 1.0
    exposure: float = 1.0
    turns: int = 0
    """Quarter turns against the clock from the upright picture to the stored one."""


@lru_cache(maxsize=6)
def pattern(serial: str, size: Size) -> Plane:
    """Return the fixed pattern of one body in one mode, around 1."""
    noise = stream(zlib.crc32(serial.encode()), *size.pair).standard_normal(size.shape, np.float32)
    return _vignette(size) * (1 + np.float32(PATTERN_STRENGTH) * noise)


def _vignette(size: Size) -> Plane:
    y = np.linspace(-1, 1, size.height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, size.width, dtype=np.float32)[None, :]
    return np.asarray(1 - np.float32(0.09) * np.square(x * x + y * y) / 2, np.float32)


@lru_cache(maxsize=1)
def _shot_bank() -> Plane:
    """Return a store of normal noise to take windows from, since drawing it anew costs more than all else."""
    return stream(77).standard_normal(_BANK.shape, np.float32)


def expose(scene: Pixels, camera: Camera, size: Size, framing: Framing, rng: Rng) -> Pixels:
    """Return the pixels that `camera` stores for a scene; `size` is that of the stored pixels."""
    upright = size.turned if framing.turns % 2 else size
    image = _frame(Image.fromarray(scene), upright, framing)
    pixels = np.array(np.rot90(np.asarray(image), framing.turns))
    _add_noise(pixels, pattern(camera.serial, size), framing.exposure, _level(camera, size), rng)
    return pixels


def _level(camera: Camera, size: Size) -> float:
    """Return the shot noise; smaller pictures are binned from more photosites and so less noisy."""
    return camera.noise * (1.5 if size == FULL_SIZE else 1.0)


def _frame(image: Image.Image, size: Size, framing: Framing) -> Image.Image:
    """Cut the part of the scene with the aspect of `size` and scale it."""
    aspect = size.width / size.height
    wide = min(image.width, image.height * aspect) / framing.zoom
    tall = wide / aspect
    left, top = (image.width - wide) * framing.x, (image.height - tall) * framing.y
    box = (left, top, left + wide, top + tall)
    method = Image.Resampling.BICUBIC if wide < size.width else Image.Resampling.LANCZOS
    return image.resize(size.pair, method, box=box)


def _add_noise(pixels: Pixels, gain: Plane, exposure: float, level: float, rng: Rng) -> None:
    """Multiply by the pattern and add shot noise in place.

    Strip by strip and channel by channel: 3 times faster than broadcasting over the last axis.
    """
    bank = _shot_bank()
    height, width = pixels.shape[:2]
    table = np.sqrt((np.arange(256, dtype=np.float32) + 24) / np.float32(152)) * np.float32(level)
    for top in range(0, height, _STRIP):
        strip = pixels[top : top + _STRIP]
        row = int(rng.integers(0, bank.shape[0] - _STRIP))
        left = int(rng.integers(0, bank.shape[1] - width))
        noise = bank[row : row + strip.shape[0], left : left + width] * table[strip[..., 1]] + np.float32(0.5)
        scale = gain[top : top + _STRIP] * np.float32(exposure)
        for channel in range(3):
            light = strip[..., channel] * scale
            light += noise
            np.clip(light, 0, 255, out=light)
            strip[..., channel] = light
