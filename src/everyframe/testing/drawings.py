"""Plain drawn landscapes: something to look at in a synthetic case, quick to make and the same for the same seed."""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

__all__ = ["Drawing", "draw"]

SHAPES = ((1280, 960), (1280, 854), (960, 1280), (1280, 720), (720, 1280), (1024, 1024))
GRID_SIDE = 256
FRAME_SIDE = 640
TREES = 0.65  # the rest are houses
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Hold the JPEG renditions of one drawing, and the size of its viewer rendition."""

    width: int
    height: int
    grid: bytes
    viewer: bytes
    frame: bytes


def draw(seed: int) -> Drawing:
    """Draw one landscape."""
    rng = np.random.default_rng(seed)
    width, height = SHAPES[seed % len(SHAPES)]
    picture = _sky(rng, width, height)
    pen = ImageDraw.Draw(picture)
    _sun(rng, pen, width, height)
    horizon = height * rng.uniform(0.35, 0.6)
    base = rng.uniform(0, 1)
    for layer in range(4):
        _hills(rng, pen, (width, height), horizon + layer * height * 0.11, _tone(base, layer))
    _things(rng, pen, width, height)
    picture = _grain(rng, picture.filter(ImageFilter.GaussianBlur(0.7)))
    return Drawing(width, height, _jpeg(picture, GRID_SIDE), _jpeg(picture, 1280), _jpeg(picture, FRAME_SIDE))


def _sky(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    top, bottom = rng.uniform(30, 190, 3), rng.uniform(140, 250, 3)
    ramp = np.linspace(0, 1, height)[:, None, None]
    rows = top * (1 - ramp) + bottom * ramp
    return Image.fromarray(np.broadcast_to(rows, (height, width, 3)).astype(np.uint8).copy())


def _sun(rng: np.random.Generator, pen: ImageDraw.ImageDraw, width: int, height: int) -> None:
    x, y, r = rng.uniform(0, width), rng.uniform(0, height * 0.4), rng.uniform(0.03, 0.08) * width
    pen.ellipse((x - r, y - r, x + r, y + r), fill=(255, 244, 214))


def _tone(base: float, layer: int) -> Colour:
    hue = np.array([np.cos(6.28 * (base + shift)) * 0.5 + 0.5 for shift in (0, 0.33, 0.66)])
    colour = (hue * 110 + 60) * (1 - 0.17 * layer)
    return int(colour[0]), int(colour[1]), int(colour[2])


def _hills(
    rng: np.random.Generator, pen: ImageDraw.ImageDraw, size: tuple[int, int], level: float, colour: Colour
) -> None:
    width, height = size
    x = np.arange(0, width + 8, 8)
    line = np.full(x.shape, level)
    for _ in range(4):
        line = line + np.sin(x / width * 6.28 * rng.uniform(0.5, 5) + rng.uniform(0, 6)) * height * rng.uniform(0, 0.04)
    points = [(float(a), float(b)) for a, b in zip(x, line, strict=True)]
    pen.polygon([*points, (width, height), (0, height)], fill=colour)


def _things(rng: np.random.Generator, pen: ImageDraw.ImageDraw, width: int, height: int) -> None:
    for _ in range(int(rng.integers(3, 14))):
        x, y, size = rng.uniform(0, width), rng.uniform(height * 0.6, height * 0.95), rng.uniform(0.03, 0.09) * width
        if rng.uniform() < TREES:
            pen.rectangle((x - size * 0.06, y - size, x + size * 0.06, y), fill=(70, 50, 36))
            green = (int(rng.integers(20, 90)), int(rng.integers(80, 150)), 60)
            pen.ellipse((x - size * 0.5, y - size * 1.9, x + size * 0.5, y - size * 0.6), fill=green)
        else:
            shade = int(rng.integers(120, 240))
            wall = (shade, shade - int(rng.integers(0, 40)), shade - int(rng.integers(0, 60)))
            pen.rectangle((x - size * 0.6, y - size * 0.7, x + size * 0.6, y), fill=wall)
            roof = [(x - size * 0.7, y - size * 0.7), (x, y - size * 1.3), (x + size * 0.7, y - size * 0.7)]
            pen.polygon(roof, fill=(150, 60, 50))


def _grain(rng: np.random.Generator, picture: Image.Image) -> Image.Image:
    pixels = np.asarray(picture).astype(np.int16)
    noise = rng.integers(-9, 10, pixels.shape[:2])[:, :, None]
    return Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8))


def _jpeg(picture: Image.Image, side: int) -> bytes:
    small = picture.copy()
    small.thumbnail((side, side))
    out = io.BytesIO()
    small.save(out, "JPEG", quality=80)
    return out.getvalue()
