"""Draw the seaside: water to the horizon, a beach, boats, a lighthouse, rocks."""

from __future__ import annotations

import numpy as np

from everyframe.demo.noise import bumps, fractal, grain, ground, ridge
from everyframe.demo.paint import (
    Colour,
    Layer,
    Picture,
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
from everyframe.demo.scene_land import add_slope
from everyframe.demo.sky import Daylight, daylight, draw_sky

_WATER: tuple[Colour, ...] = ((24, 96, 128), (36, 122, 140), (40, 70, 92), (70, 150, 160), (22, 54, 88))
_BRIGHT: tuple[Colour, ...] = ((210, 60, 50), (240, 240, 236), (30, 70, 130), (240, 190, 60), (30, 120, 90))


def draw_seaside(rng: Rng, size: Size) -> Picture:
    """Draw a sea with one or two things on it and, mostly, a beach in front."""
    light = daylight(rng)
    picture = draw_sky(rng, size, light)
    horizon = rng.uniform(0.28, 0.62)
    if chance(rng, 0.5):
        line = horizon + 0.01 - bumps(rng, size.width, rng.uniform(1, 3), 0.45) * rng.uniform(0.06, 0.25)
        add_slope(rng, picture, line, mix(light.horizon, (70, 84, 80), 0.6))
    _add_water(rng, picture, horizon, light)
    _add_things(rng, picture, horizon, light)
    if chance(rng, 0.75):
        _add_beach(rng, picture, light)
        _add_beach_things(rng, picture)
    return picture


def _add_water(rng: Rng, picture: Picture, horizon: float, light: Daylight) -> None:
    height, width = picture.shape[:2]
    start = int(horizon * height)
    size = Size(width, height - start)
    deep = np.array(shade(pick(rng, _WATER), 0.35 + 0.65 * light.level), np.float32)
    far = np.array(mix(light.horizon, (60, 110, 140), 0.4), np.float32)
    share = smoothstep(0, 0.45, rows(size))[..., None]
    waves = ground(rng, size, 2.6) + 0.6 * ground(rng, size, 7)
    water = (far * (1 - share) + deep * share) * (1 + waves[..., None] * 0.13)
    sun = np.float32(rng.uniform(0.15, 0.85) * width)
    x = (np.arange(width, dtype=np.float32) - sun) / np.float32(width)
    spread = 0.03 + 0.16 * rows(size)
    path = np.exp(-((x[None, :] / spread) ** 2)) * smoothstep(0.2, 1.1, waves)
    water += path[..., None] * np.array(mix(light.cloud, light.horizon, 0.5), np.float32) * np.float32(0.55)
    picture[start:] = water


def _add_beach(rng: Rng, picture: Picture, light: Daylight) -> None:
    height, width = picture.shape[:2]
    size = Size(width, height)
    slant = rng.uniform(-0.25, 0.25) * np.linspace(-0.5, 0.5, width)
    line = rng.uniform(0.66, 0.86) + slant + ridge(rng, width, 2, 0.35) * 0.05
    depth = rows(size) - line[None, :].astype(np.float32)
    sand = shade(((222, 198, 154), (206, 186, 156), (170, 150, 124))[int(rng.integers(3))], 0.3 + 0.7 * light.level)
    noise = fractal(rng, size, cells=18, octaves=6)
    body = (1 + noise * 0.06)[..., None] * np.array(sand, np.float32)
    body *= (0.72 + 0.28 * smoothstep(0.02, 0.1, depth + noise * 0.008))[..., None]
    blend(picture, body, smoothstep(-0.004, 0.012, depth))
    foam = np.exp(-(((depth + noise * 0.006) / 0.012) ** 2)) * np.clip(0.75 + noise * 0.3, 0, 1)
    blend(picture, shade((250, 250, 248), 0.3 + 0.7 * light.level), foam.astype(np.float32))


def _add_things(rng: Rng, picture: Picture, horizon: float, light: Daylight) -> None:
    height, width = picture.shape[:2]
    size = Size(width, height)
    layer = Layer(size)
    dim = 0.35 + 0.65 * light.level
    for _ in range(int(rng.integers(0, 4))):
        y = horizon + rng.uniform(0.01, 0.22)
        scale = height * (0.025 + (y - horizon) * rng.uniform(0.3, 0.75))
        _sailboat(rng, layer, (rng.uniform(0.05, 0.95) * width, y * height), scale, dim)
    if chance(rng, 0.4):
        _lighthouse(rng, layer, horizon, dim)
    layer.onto(picture, grain(rng, size, 0.06))


def _sailboat(rng: Rng, layer: Layer, at: tuple[float, float], scale: float, dim: float) -> None:
    x, y = at
    hull = shade(jitter(rng, pick(rng, _BRIGHT)), dim)
    sail = shade(jitter(rng, pick(rng, (_BRIGHT[1], _BRIGHT[1], *_BRIGHT))), dim)
    points = ((x - scale, y - scale * 0.3), (x + scale, y - scale * 0.3), (x + scale * 0.7, y), (x - scale * 0.6, y))
    layer.polygon(points, hull)
    layer.line(((x, y - scale * 0.3), (x, y - scale * 2.6)), (90, 70, 50), scale * 0.06)
    layer.polygon(
        ((x + scale * 0.06, y - scale * 2.5), (x + scale * 0.06, y - scale * 0.45), (x + scale, y - scale * 0.45)), sail
    )
    layer.polygon(
        (
            (x - scale * 0.06, y - scale * 2.1),
            (x - scale * 0.06, y - scale * 0.45),
            (x - scale * 0.8, y - scale * 0.45),
        ),
        shade(sail, 0.85),
    )
    layer.ellipse((x, y + scale * 0.12), (scale * 0.9, scale * 0.1), shade(hull, 0.45), 0.5)


def _lighthouse(rng: Rng, layer: Layer, horizon: float, dim: float) -> None:
    width, height = layer.size.pair
    x, foot = rng.uniform(0.1, 0.9) * width, (horizon + 0.03) * height
    tall = height * rng.uniform(0.2, min(0.42, horizon))
    half = tall * 0.09
    points = [(x + rng.uniform(-1, 1) * half * 7, foot + rng.uniform(-0.5, 0.4) * half) for _ in range(4)]
    island = ((x - half * 8, foot + half), *sorted(points), (x + half * 8, foot + half))
    layer.polygon(island, shade((86, 80, 70), dim))
    band = jitter(rng, pick(rng, _BRIGHT))
    for stripe in range(6):
        low, high = foot - tall * stripe / 6, foot - tall * (stripe + 1) / 6
        wide, narrow = half * (1 - 0.07 * stripe), half * (1 - 0.07 * (stripe + 1))
        colour = shade(band if stripe % 2 else (244, 242, 236), dim)
        layer.polygon(((x - wide, low), (x - narrow, high), (x + narrow, high), (x + wide, low)), colour)
        layer.polygon(
            ((x + wide * 0.3, low), (x + narrow * 0.3, high), (x + narrow, high), (x + wide, low)), shade(colour, 0.8)
        )
    layer.box((x - half * 0.5, foot - tall * 1.1, x + half * 0.5, foot - tall), shade((250, 230, 150), dim))
    layer.polygon(
        ((x - half * 0.7, foot - tall * 1.1), (x, foot - tall * 1.2), (x + half * 0.7, foot - tall * 1.1)),
        shade(band, dim * 0.7),
    )


def _add_beach_things(rng: Rng, picture: Picture) -> None:
    height, width = picture.shape[:2]
    size = Size(width, height)
    layer = Layer(size)
    for _ in range(int(rng.integers(0, 4))):
        y = rng.uniform(0.84, 1.0)
        at = (rng.uniform(0.05, 0.95) * width, y * height)
        (_parasol, _towel, _rocks, _ball)[int(rng.integers(4))](rng, layer, at, height * (y - 0.6) * 0.5)
    layer.onto(picture, grain(rng, size, 0.08))


def _parasol(rng: Rng, layer: Layer, at: tuple[float, float], scale: float) -> None:
    x, y = at
    first, second = pick(rng, _BRIGHT), pick(rng, _BRIGHT)
    layer.ellipse((x + scale * 0.7, y), (scale, scale * 0.16), (40, 30, 30), 0.35)
    layer.line(((x, y), (x, y - scale * 1.7)), (220, 216, 206), scale * 0.06)
    for part in range(8):
        left, right = x - scale + part * scale / 4, x - scale + (part + 1) * scale / 4
        points = ((x, y - scale * 2.1), (left, y - scale * 1.45), (right, y - scale * 1.45))
        layer.polygon(points, jitter(rng, first if part % 2 else second, 5))


def _towel(rng: Rng, layer: Layer, at: tuple[float, float], scale: float) -> None:
    x, y = at
    first, second = jitter(rng, pick(rng, _BRIGHT)), jitter(rng, pick(rng, _BRIGHT))
    for part in range(8):
        low, high = y - scale * 0.08 * part, y - scale * 0.08 * (part + 1)
        left, right = x - scale + scale * 0.05 * part, x + scale + scale * 0.05 * part
        points = ((left, low), (left + scale * 0.05, high), (right + scale * 0.05, high), (right, low))
        layer.polygon(points, first if part % 2 else second)


def _rocks(rng: Rng, layer: Layer, at: tuple[float, float], scale: float) -> None:
    for _ in range(5):
        x, y = at[0] + rng.normal(0, scale), at[1] + rng.uniform(-0.1, 0.2) * scale
        radius = scale * rng.uniform(0.15, 0.4)
        stone = jitter(rng, (104, 98, 90), 14)
        layer.ellipse((x, y), (radius * 1.3, radius * 0.8), shade(stone, 0.6))
        layer.ellipse((x - radius * 0.1, y - radius * 0.15), (radius * 1.1, radius * 0.6), stone)


def _ball(rng: Rng, layer: Layer, at: tuple[float, float], scale: float) -> None:
    x, y = at
    radius = scale * 0.3
    layer.ellipse((x + radius * 0.5, y + radius * 0.85), (radius, radius * 0.25), (40, 30, 30), 0.4)
    layer.ellipse((x, y), (radius, radius), (244, 244, 240))
    layer.ellipse((x, y), (radius * 0.55, radius), pick(rng, _BRIGHT))
    layer.ellipse((x, y), (radius * 0.2, radius), (244, 244, 240))
