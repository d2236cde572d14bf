"""Paint with numpy planes and antialiased Pillow layers.

A `Picture` is float32, height x width x 3, values 0-255, so that light can be added and multiplied without
rounding until the sensor model turns it into bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Sequence

Plane: TypeAlias = NDArray[np.float32]
Picture: TypeAlias = NDArray[np.float32]
Pixels: TypeAlias = NDArray[np.uint8]
Colour: TypeAlias = tuple[float, float, float]
Rng: TypeAlias = np.random.Generator

LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True, slots=True)
class Size:
    """Hold a width and height in pixels."""

    width: int
    height: int

    @property
    def shape(self) -> tuple[int, int]:
        """Return (rows, columns), as numpy wants it."""
        return self.height, self.width

    @property
    def pair(self) -> tuple[int, int]:
        """Return (width, height), as Pillow wants it."""
        return self.width, self.height

    @property
    def turned(self) -> Size:
        """Return the size after a quarter turn."""
        return Size(self.height, self.width)


def rows(size: Size) -> Plane:
    """Return a column of heights, 0 at the top to 1 at the bottom."""
    return np.linspace(0, 1, size.height, dtype=np.float32)[:, None]


def columns(size: Size) -> Plane:
    """Return a row of abscissae in units of the height, 0 at the left."""
    return np.linspace(0, size.width / size.height, size.width, dtype=np.float32)[None, :]


def smoothstep(low: float, high: float, values: Plane) -> Plane:
    """Return a soft step from 0 at `low` to 1 at `high`."""
    t = np.clip((values - np.float32(low)) / np.float32(high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def gradient(size: Size, stops: Sequence[tuple[float, Colour]]) -> Picture:
    """Return a vertical gradient through (position 0-1, colour) stops."""
    at = np.linspace(0, 1, size.height)
    places = [stop[0] for stop in stops]
    channels = [np.interp(at, places, [stop[1][c] for stop in stops]) for c in range(3)]
    column = np.stack(channels, axis=-1).astype(np.float32)
    return np.repeat(column[:, None, :], size.width, axis=1)


def plain(size: Size, colour: Colour) -> Picture:
    """Return a picture of one colour."""
    return np.full((*size.shape, 3), np.array(colour, np.float32), np.float32)


def blend(picture: Picture, colour: Colour | Picture, mask: Plane) -> None:
    """Lay `colour` over `picture` in place where `mask` (0-1) says."""
    over = np.asarray(colour, np.float32)
    picture += (over - picture) * mask[..., None]


def glow(picture: Picture, centre: tuple[float, float], radius: float, colour: Colour) -> None:
    """Add light in place that falls off from `centre` (pixels) over `radius` pixels."""
    height, width = picture.shape[:2]
    y = (np.arange(height, dtype=np.float32) - np.float32(centre[1])) / np.float32(radius)
    x = (np.arange(width, dtype=np.float32) - np.float32(centre[0])) / np.float32(radius)
    fall = np.exp(-(y * y))[:, None] * np.exp(-(x * x))[None, :]
    picture += fall[..., None] * np.array(colour, np.float32)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return the colour `share` (0-1) of the way from `first` to `second`."""
    a, b, c = (p + (q - p) * share for p, q in zip(first, second, strict=True))
    return a, b, c


def shade(colour: Colour, factor: float) -> Colour:
    """Return a colour made darker or lighter."""
    a, b, c = (min(255.0, part * factor) for part in colour)
    return a, b, c


def jitter(rng: Rng, colour: Colour, amount: float = 12) -> Colour:
    """Return a colour a little off, so that no two objects match exactly."""
    a, b, c = (float(np.clip(part + rng.normal(0, amount), 0, 255)) for part in colour)
    return a, b, c


def pick(rng: Rng, choices: Sequence[Colour]) -> Colour:
    """Return one of the colours."""
    return choices[int(rng.integers(len(choices)))]


def chance(rng: Rng, share: float) -> bool:
    """Return true in `share` (0-1) of all cases."""
    return bool(rng.random() < share)


def ink(colour: Colour, alpha: float = 1) -> tuple[int, int, int, int]:
    """Return a colour as Pillow wants it."""
    red, green, blue = (int(np.clip(part, 0, 255)) for part in colour)
    return red, green, blue, int(255 * alpha)


def to_pixels(picture: Picture) -> Pixels:
    """Return the picture rounded and clipped to bytes."""
    return np.asarray(np.clip(picture + np.float32(0.5), 0, 255), np.uint8)


def to_image(picture: Picture) -> Image.Image:
    """Return the picture as a Pillow RGB image."""
    return Image.fromarray(to_pixels(picture))


def from_image(image: Image.Image) -> Picture:
    """Return a Pillow image as a picture."""
    return np.asarray(image.convert("RGB"), np.float32)


class Layer:
    """Draw shapes at twice the size and lay them over a picture, so that edges are smooth."""

    FACTOR = 2

    def __init__(self, size: Size) -> None:
        """Begin a clear layer over a picture of `size`."""
        self.size = size
        doubled = (size.width * self.FACTOR, size.height * self.FACTOR)
        self._image = Image.new("RGBA", doubled)
        self._draw = ImageDraw.Draw(self._image)

    def polygon(self, points: Sequence[tuple[float, float]], colour: Colour, alpha: float = 1) -> None:
        """Fill a polygon given in picture pixels."""
        scaled = [(x * self.FACTOR, y * self.FACTOR) for x, y in points]
        self._draw.polygon(scaled, fill=ink(colour, alpha))

    def box(self, corners: tuple[float, float, float, float], colour: Colour, radius: float = 0) -> None:
        """Fill an upright box (left, top, right, bottom), its corners rounded by `radius`."""
        left, top, right, bottom = (side * self.FACTOR for side in corners)
        if right <= left or bottom <= top:
            return
        if radius:
            self._draw.rounded_rectangle((left, top, right, bottom), radius * self.FACTOR, fill=ink(colour))
        else:
            self._draw.rectangle((left, top, right, bottom), fill=ink(colour))

    def ellipse(
        self, centre: tuple[float, float], radii: tuple[float, float], colour: Colour, alpha: float = 1
    ) -> None:
        """Fill an ellipse."""
        x, y = centre[0] * self.FACTOR, centre[1] * self.FACTOR
        a, b = radii[0] * self.FACTOR, radii[1] * self.FACTOR
        self._draw.ellipse((x - a, y - b, x + a, y + b), fill=ink(colour, alpha))

    def line(self, points: Sequence[tuple[float, float]], colour: Colour, width: float) -> None:
        """Draw a line of `width` picture pixels."""
        scaled = [(x * self.FACTOR, y * self.FACTOR) for x, y in points]
        self._draw.line(scaled, fill=ink(colour), width=max(1, round(width * self.FACTOR)), joint="curve")

    def onto(self, picture: Picture, texture: Plane | None = None) -> None:
        """Lay what was drawn over `picture` in place; `texture` multiplies its brightness."""
        bounds = self._image.getbbox()
        if bounds is None:
            return
        left, top = bounds[0] // self.FACTOR, bounds[1] // self.FACTOR
        right, bottom = -(-bounds[2] // self.FACTOR), -(-bounds[3] // self.FACTOR)
        k = self.FACTOR
        cut = self._image.crop((left * k, top * k, right * k, bottom * k))
        small = np.asarray(cut.reduce(self.FACTOR), np.float32)
        colours = small[..., :3]
        if texture is not None:
            colours = colours * texture[top:bottom, left:right, None]
        blend(picture[top:bottom, left:right], colours, small[..., 3] / np.float32(255))
