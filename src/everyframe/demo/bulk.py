"""Make many 12 megapixel camera photographs cheaply, to measure how fast an intake is."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageChops

from everyframe.demo.cameras import CAMERAS
from everyframe.demo.exif import Taken, build_exif, thumbnail
from everyframe.demo.noise import stream
from everyframe.demo.paint import Rng, Size
from everyframe.demo.scenes import Scene, draw_scene

if TYPE_CHECKING:
    from pathlib import Path

_KINDS = ("hills", "street", "room", "seaside", "still-life", "garden")
_MARGIN = 1.1
_SCENE = Size(1280, 960)
_TARGET = (3.2, 4.2)
"""Megabytes for 12 megapixels; the quality of each texture is chosen to land between."""


@dataclass(frozen=True, slots=True)
class _Texture:
    image: Image.Image
    quality: int


def make_camera_photos(directory: Path, *, count: int, seed: int, width: int = 4000, height: int = 3000) -> list[Path]:
    """Write `count` camera-like JPEGs with EXIF and an EXIF thumbnail, all of different content.

    Each is a window into one of six rendered scenes, lit a little differently under a camera's own noise: at 12
    megapixels 3 to 4.5 MB. The same arguments give the same bytes.
    """
    directory.mkdir(parents=True, exist_ok=True)
    size = Size(width, height)
    paths: list[Path] = []
    for number in range(count):
        path = directory / f"IMG_{number + 1:05d}.JPG"
        path.write_bytes(_photo(size, seed, number))
        paths.append(path)
    return paths


def _photo(size: Size, seed: int, number: int) -> bytes:
    rng = stream(seed, 50, number)
    camera = number % len(CAMERAS)
    texture = _texture(_KINDS[number // 8 % len(_KINDS)], seed, size)
    window = _window(rng, texture.image, size)
    image = ImageChops.add(window, _pattern(camera, size), 1, -128)
    pixels = np.asarray(image)
    when = datetime(2023, 3, 1, tzinfo=UTC) + timedelta(minutes=37 * number)
    taken = Taken(when, number + 1, 1, (61.7, 9.1) if CAMERAS[camera].gps else None)
    small = thumbnail(pixels[:: max(1, size.height // 480), :: max(1, size.width // 640)])
    return _save(image, texture.quality, build_exif(CAMERAS[camera], taken, size, small))


def _save(image: Image.Image, quality: int, exif: bytes) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, exif=exif)
    return out.getvalue()


def _window(rng: Rng, image: Image.Image, size: Size) -> Image.Image:
    left = int(rng.integers(0, image.width - size.width + 1))
    top = int(rng.integers(0, image.height - size.height + 1))
    window = image.crop((left, top, left + size.width, top + size.height))
    gain = rng.uniform(0.82, 1.12)
    table = [min(255, round(value * gain)) for value in range(256)]
    return window.point(table * 3)


@lru_cache(maxsize=2)
def _texture(kind: str, seed: int, size: Size) -> _Texture:
    """Return a scene bigger than the photographs, with shot noise, and the JPEG quality that suits it."""
    number = _KINDS.index(kind)
    scene = draw_scene(Scene(kind, (seed, 51, number), (seed, 52, number), _SCENE))
    big = (int(size.width * _MARGIN), int(size.height * _MARGIN))
    smooth = Image.fromarray(scene).resize(big, Image.Resampling.BICUBIC)
    noisy = ImageChops.add(smooth, _noise(stream(seed, 53, number), Size(*big), 2.4), 1, -128)
    part = noisy.crop((0, 0, size.width, size.height))
    return _Texture(noisy, _fitting_quality(part, size))


def _fitting_quality(image: Image.Image, size: Size) -> int:
    share = size.width * size.height / 12e6
    low, high = (edge * 1e6 * share for edge in _TARGET)
    quality, step = 88, 6
    for _ in range(5):
        length = len(_save(image, quality, b""))
        if low <= length <= high:
            break
        quality = min(97, max(50, quality + (step if length < low else -step)))
        step = max(1, step // 2 + 1)
    return quality


@lru_cache(maxsize=len(CAMERAS))
def _pattern(camera: int, size: Size) -> Image.Image:
    """Return a body's fixed noise around 128."""
    return _noise(stream(54, camera), size, 1.3)


def _noise(rng: Rng, size: Size, strength: float) -> Image.Image:
    grey = rng.standard_normal(size.shape, np.float32) * np.float32(strength) + np.float32(128.5)
    plane = Image.fromarray(grey.astype(np.uint8))
    return Image.merge("RGB", (plane, plane, plane))
