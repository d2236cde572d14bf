"""Draw open country: hills, mountains over a lake, dunes, forest, and the night above them."""

from __future__ import annotations

import numpy as np

from everyframe.demo.noise import bumps, fractal, grain, ground, ridge
from everyframe.demo.paint import (
    Colour,
    Layer,
    Picture,
    Plane,
    Rng,
    Size,
    blend,
    chance,
    jitter,
    mix,
    pick,
    rows,
    shade,
    smoothstep,
)
from everyframe.demo.sky import Daylight, daylight, draw_sky, draw_stars

_NEAR: tuple[Colour, ...] = (
    (70, 104, 42),
    (104, 122, 50),
    (150, 132, 62),
    (44, 82, 44),
    (128, 84, 44),
    (214, 220, 228),
)
_DUNES: tuple[Colour, ...] = ((214, 168, 108), (196, 128, 82), (226, 200, 150), (178, 104, 70))
_TREES: tuple[Colour, ...] = ((36, 66, 30), (58, 84, 34), (24, 52, 34), (120, 92, 30), (140, 66, 30))


def draw_hills(rng: Rng, size: Size) -> Picture:
    """Draw layered hills under a sky, hazier with distance, with trees in front."""
    light = daylight(rng)
    picture = draw_sky(rng, size, light)
    near = shade(pick(rng, _NEAR), light.level)
    layers = int(rng.integers(3, 7))
    top = rng.uniform(0.3, 0.6)
    for layer in range(layers):
        share = (layer + 1) / layers
        base = top + (1 - top) * 0.75 * (layer / layers) ** 1.3
        height = rng.uniform(0.05, 0.16) * (1.2 - 0.5 * share)
        line = base + ridge(rng, size.width, rng.uniform(1, 4), 0.35 + 0.2 * (1 - share)) * height
        add_slope(rng, picture, line, mix(light.horizon, jitter(rng, near, 8), share**0.8))
    add_trees(rng, picture, light, count=int(rng.integers(6, 60)))
    return picture


def draw_mountains(rng: Rng, size: Size) -> Picture:
    """Draw snowy peaks, often mirrored in a lake."""
    light = daylight(rng)
    picture = draw_sky(rng, size, light)
    shore = rng.uniform(0.55, 0.78)
    rock = shade(((92, 92, 104), (108, 92, 84), (80, 86, 78))[int(rng.integers(3))], light.level)
    for share in (0.55, 0.85):
        line = shore - 0.08 - bumps(rng, size.width, rng.uniform(1, 3.5), 0.55) * rng.uniform(0.35, 0.75)
        add_slope(rng, picture, line, mix(light.horizon, rock, share), snow=rng.uniform(0.1, 0.9) * light.level)
    forest = shade(pick(rng, _TREES[:4]), light.level)
    line = shore - 0.04 - bumps(rng, size.width, 6, 0.75) * rng.uniform(0.04, 0.14)
    add_slope(rng, picture, line, forest)
    if chance(rng, 0.65):
        _mirror(rng, picture, int(shore * size.height))
    else:
        _meadow(rng, picture, shore, light)
    return picture


def draw_dunes(rng: Rng, size: Size) -> Picture:
    """Draw sand dunes with sharp crests, lit from one side."""
    light = daylight(rng)
    picture = draw_sky(rng, size, light)
    sand = shade(pick(rng, _DUNES), 0.25 + 0.75 * light.level)
    top = rng.uniform(0.35, 0.6)
    side = 1 if chance(rng, 0.5) else -1
    for layer in range(4):
        line = top + layer * (1 - top) / 4.5 + ridge(rng, size.width, rng.uniform(0.8, 2.5), 0.28) * 0.16
        add_slope(rng, picture, line, mix(light.horizon, sand, 0.55 + 0.15 * layer), lit=0.5 * side)
    return picture


def draw_forest(rng: Rng, size: Size) -> Picture:
    """Draw trunks in mist, darker the nearer they are."""
    light = daylight(rng)
    mist = mix(light.horizon, (160, 190, 120), rng.uniform(0.2, 0.7))
    picture = np.ones((*size.shape, 3), np.float32) * np.array(mist, np.float32)
    picture *= (1 + fractal(rng, size, cells=5) * 0.08)[..., None]
    floor = jitter(rng, ((92, 78, 40), (70, 92, 40), (150, 92, 40))[int(rng.integers(3))])
    bark = jitter(rng, ((54, 42, 34), (88, 80, 72), (200, 196, 188))[int(rng.integers(3))])
    horizon = rng.uniform(0.55, 0.75)
    _forest_floor(rng, picture, horizon, floor)
    for share in (0.3, 0.65, 1.0):
        layer = Layer(size)
        for _ in range(int(17 - 12 * share)):
            _trunk(rng, layer, share, horizon, mix(mist, shade(bark, 0.75), share))
        layer.onto(picture, grain(rng, size, 0.16))
        _foliage(rng, picture, mix(mist, shade(pick(rng, _TREES), 1.2), share), rng.uniform(0.15, 0.42))
    return picture


def draw_night(rng: Rng, size: Size) -> Picture:
    """Draw stars over a dark ridge, sometimes with a lit tent or hut."""
    picture = draw_stars(rng, size)
    base = rng.uniform(0.62, 0.9)
    for layer in range(2):
        line = base + 0.08 * layer - bumps(rng, size.width, rng.uniform(1, 4), 0.55) * 0.3
        add_slope(rng, picture, line, shade((22, 26, 40), 1 - 0.45 * layer))
    if chance(rng, 0.6):
        _tent(rng, picture, base)
    return picture


def add_slope(rng: Rng, picture: Picture, line: Plane, colour: Colour, *, snow: float = 0, lit: float = 0.12) -> None:
    """Fill everything below `line` (heights 0-1) in place, with relief and sometimes snow on top."""
    height, width = picture.shape[:2]
    size = Size(width, height)
    noise = fractal(rng, size, cells=rng.uniform(5, 9), octaves=7)
    relief = noise - np.roll(noise, 3, axis=1)
    smooth = np.convolve(np.pad(line, width // 40, mode="edge"), np.ones(width // 20) / (width // 20), "same")
    tilt = np.gradient(smooth)[width // 40 : width // 40 + width] * width * lit * 0.5
    bright = np.clip(1 + relief * (0.7 if snow else 0.24) + noise * 0.06 + tilt[None, :], 0.35, 1.8)
    bright = bright.astype(np.float32)
    body = bright[..., None] * np.array(colour, np.float32)
    depth = rows(size) - line[None, :]
    if snow:
        reach = 0.02 + 0.16 * snow + noise * 0.05 - (line[None, :] - line.min()) * 0.5
        white = np.clip(bright[..., None], 0.6, 1.15) * np.array((226, 230, 240), np.float32) * (0.4 + 0.6 * snow)
        blend(body, white, smoothstep(0.02, -0.02, depth - reach))
    blend(picture, body, smoothstep(-0.6 / height, 0.9 / height, depth))


def add_trees(rng: Rng, picture: Picture, light: Daylight, count: int) -> None:
    """Plant conifers or round trees in place over the lower part, bigger further down."""
    height, width = picture.shape[:2]
    layer = Layer(Size(width, height))
    colour = shade(pick(rng, _TREES), light.level)
    pointed = chance(rng, 0.5)
    for low in np.sort(rng.uniform(0.66, 1.08, count)):
        x = rng.uniform(-0.02, 1.02) * width
        tall = height * ((low - 0.6) * rng.uniform(0.35, 0.75) + 0.02)
        leaf = jitter(rng, colour, 9)
        (_conifer if pointed else _broadleaf)(rng, layer, (x, low * height), tall, leaf)
    layer.onto(picture, grain(rng, Size(width, height), 0.2))


def _conifer(rng: Rng, layer: Layer, foot: tuple[float, float], tall: float, leaf: Colour) -> None:
    x, y = foot
    layer.box((x - tall * 0.03, y - tall * 0.2, x + tall * 0.03, y), (58, 44, 34))
    for tier in range(6):
        half = tall * (0.26 - 0.036 * tier) * rng.uniform(0.85, 1.15)
        low = y - tall * (0.1 + 0.14 * tier)
        points = ((x - half, low), (x + half, low + tall * 0.02), (x + half * 0.1, low - tall * 0.27))
        layer.polygon(points, shade(leaf, 0.75 + 0.07 * tier))


def _broadleaf(rng: Rng, layer: Layer, foot: tuple[float, float], tall: float, leaf: Colour) -> None:
    x, y = foot
    layer.box((x - tall * 0.035, y - tall * 0.5, x + tall * 0.035, y), (70, 54, 40))
    for blob in range(26):
        rise = 1 - blob / 26
        at = (x + rng.normal(0, 0.14) * tall, y - tall * (0.38 + 0.5 * (1 - rise) + rng.uniform(-0.1, 0.1)))
        radius = tall * rng.uniform(0.06, 0.14)
        layer.ellipse(at, (radius, radius * 0.85), shade(leaf, 0.7 + 0.6 * (1 - rise)))


def _mirror(rng: Rng, picture: Picture, shore: int) -> None:
    height, width = picture.shape[:2]
    below = height - shore
    source = np.clip(shore - 1 - (np.arange(below) * 1.15).astype(int), 0, shore - 1)
    ripple = ground(rng, Size(width, below), 2)
    x = np.arange(width)[None, :] + (ripple * 4).astype(int)
    image = picture[source[:, None], np.clip(x, 0, width - 1)]
    tint = np.array((24, 44, 58), np.float32)
    picture[shore:] = image * np.float32(0.72) + tint * np.float32(0.4) + ripple[..., None] * 5


def _meadow(rng: Rng, picture: Picture, shore: float, light: Daylight) -> None:
    height, width = picture.shape[:2]
    start = int(shore * height)
    size = Size(width, height - start)
    colour = np.array(shade(pick(rng, _NEAR[:4]), light.level * 1.15), np.float32)
    picture[start:] = (1 + ground(rng, size, 2) * 0.16)[..., None] * colour
    add_trees(rng, picture, light, count=int(rng.integers(4, 20)))


def _forest_floor(rng: Rng, picture: Picture, horizon: float, colour: Colour) -> None:
    height, width = picture.shape[:2]
    start = int(horizon * height)
    size = Size(width, height - start)
    body = (1 + ground(rng, size, 4) * 0.25)[..., None] * np.array(colour, np.float32)
    blend(picture[start:], body, smoothstep(0, 0.3, rows(size)) + np.zeros((1, width), np.float32))


def _trunk(rng: Rng, layer: Layer, share: float, horizon: float, bark: Colour) -> None:
    width, height = layer.size.pair
    x = rng.uniform(0, 1) * width
    half = width * (0.004 + 0.02 * share * share) * rng.uniform(0.7, 1.4)
    foot = height * (horizon + (1.05 - horizon) * share * rng.uniform(0.6, 1))
    lean = rng.normal(0, 0.02) * width
    layer.polygon(((x - half * 1.4, foot), (x - half + lean, -2), (x + half * 0.4 + lean, -2), (x, foot)), bark)
    right = ((x - half * 0.1, foot), (x + half * 0.3 + lean, -2), (x + half + lean, -2), (x + half * 1.4, foot))
    layer.polygon(right, shade(bark, 0.72))
    for _ in range(3):
        y = rng.uniform(0, 0.5) * height
        reach = rng.choice((-1, 1)) * half * rng.uniform(3, 9)
        layer.line(((x, y), (x + reach, y - abs(reach) * 0.7)), bark, half * 0.3)


def _foliage(rng: Rng, picture: Picture, colour: Colour, depth: float) -> None:
    height, width = picture.shape[:2]
    size = Size(width, height)
    noise = fractal(rng, size, cells=9, octaves=7)
    mask = smoothstep(0.1, 0.5, noise + (depth - rows(size)) * 6)
    leaves = (1 + np.roll(noise, 4, axis=0) * 0.2)[..., None] * np.array(colour, np.float32)
    blend(picture, leaves, mask * np.float32(0.85))


def _tent(rng: Rng, picture: Picture, base: float) -> None:
    height, width = picture.shape[:2]
    x, y = rng.uniform(0.2, 0.8) * width, min(base + 0.12, 0.96) * height
    wide = width * rng.uniform(0.05, 0.1)
    layer = Layer(Size(width, height))
    warm = jitter(rng, (250, 176, 74), 20)
    layer.polygon(((x - wide, y), (x, y - wide * 0.9), (x + wide, y)), warm)
    layer.polygon(((x - wide * 0.2, y), (x, y - wide * 0.7), (x + wide * 0.2, y)), shade(warm, 0.6))
    layer.onto(picture)
    picture_light: Colour = (90, 56, 18)
    from_tent = np.exp(-(((np.arange(height) - y) / (wide * 0.8)) ** 2))[:, None]
    side = np.exp(-(((np.arange(width) - x) / (wide * 2)) ** 2))[None, :]
    picture += (from_tent * side)[..., None].astype(np.float32) * np.array(picture_light, np.float32)
