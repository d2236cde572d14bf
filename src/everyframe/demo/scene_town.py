"""Draw streets: house fronts with windows, parked cars, lamps; and a skyline at night."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from everyframe.demo.noise import fractal, grain, ground
from everyframe.demo.paint import (
    Colour,
    Layer,
    Picture,
    Rng,
    Size,
    blend,
    chance,
    gradient,
    jitter,
    mix,
    pick,
    rows,
    shade,
    smoothstep,
)
from everyframe.demo.sky import Daylight, daylight, draw_sky, draw_stars

_WALLS: tuple[Colour, ...] = (
    (222, 206, 170),
    (196, 120, 96),
    (236, 228, 214),
    (150, 172, 190),
    (226, 180, 110),
    (178, 190, 150),
    (146, 84, 68),
    (214, 160, 160),
)
_ROOFS: tuple[Colour, ...] = ((140, 70, 52), (84, 78, 82), (110, 92, 78), (64, 72, 84))
_PAINT: tuple[Colour, ...] = (
    (178, 30, 34),
    (28, 62, 120),
    (228, 228, 226),
    (40, 42, 46),
    (150, 156, 160),
    (36, 104, 82),
    (232, 180, 40),
)


@dataclass(frozen=True, slots=True)
class _House:
    left: float
    right: float
    top: float
    foot: float
    wall: Colour
    dim: float


def draw_street(rng: Rng, size: Size) -> Picture:
    """Draw a row of houses across the street, with cars parked before them."""
    light = daylight(rng)
    picture = draw_sky(rng, size, light)
    foot = rng.uniform(0.66, 0.8) * size.height
    layer = Layer(size)
    x = -rng.uniform(0, 0.15) * size.width
    while x < size.width:
        wide = rng.uniform(0.16, 0.36) * size.width
        top = foot - rng.uniform(0.28, 0.58) * size.height
        wall = jitter(rng, pick(rng, _WALLS))
        _house(rng, layer, _House(x, x + wide, top, foot, wall, 0.3 + 0.7 * light.level))
        x += wide + (rng.uniform(0.02, 0.12) * size.width if chance(rng, 0.25) else 0)
    layer.onto(picture, grain(rng, size, 0.07))
    _road(rng, picture, foot, light)
    _street_things(rng, picture, foot, light)
    return picture


def draw_skyline(rng: Rng, size: Size) -> Picture:
    """Draw towers with lit windows at night over water."""
    picture = draw_stars(rng, size)
    shore = int(rng.uniform(0.6, 0.8) * size.height)
    glow_colour = np.array(((70, 46, 26), (50, 36, 60), (26, 50, 60))[int(rng.integers(3))], np.float32)
    picture += smoothstep(0.1, 0.75, rows(size))[..., None] * glow_colour
    layer = Layer(size)
    for depth in range(3):
        x = -rng.uniform(0, 40)
        while x < size.width:
            wide = rng.uniform(0.03, 0.1) * size.width
            tall = size.height * rng.uniform(0.06, 0.56 - 0.13 * depth)
            _tower(rng, layer, (x, shore - tall, x + wide, shore), depth)
            x += wide * rng.uniform(0.8, 1.5)
    layer.onto(picture)
    _reflect(rng, picture, shore)
    return picture


def _house(rng: Rng, layer: Layer, house: _House) -> None:
    wide, tall = house.right - house.left, house.foot - house.top
    layer.box((house.left, house.top, house.right, house.foot), shade(house.wall, house.dim))
    roof = shade(jitter(rng, pick(rng, _ROOFS)), house.dim)
    over = wide * 0.03
    if chance(rng, 0.6):
        peak = house.top - wide * rng.uniform(0.2, 0.45)
        middle = (house.left + house.right) / 2
        layer.polygon(((house.left - over, house.top), (middle, peak), (house.right + over, house.top)), roof)
    else:
        box = (house.left - over, house.top - tall * 0.06, house.right + over, house.top)
        layer.box(box, roof)
    _fronts(rng, layer, house)


def _fronts(rng: Rng, layer: Layer, house: _House) -> None:
    wide, tall = house.right - house.left, house.foot - house.top
    floors, across = int(rng.integers(2, 5)), int(rng.integers(2, 5))
    frame = shade(pick(rng, ((240, 238, 232), (92, 66, 48), (60, 66, 70))), house.dim)
    shutters = shade(jitter(rng, pick(rng, _PAINT)), house.dim) if chance(rng, 0.4) else None
    door_at = int(rng.integers(across))
    for level in range(floors):
        for column in range(across):
            x = house.left + wide * (column + 0.5) / across
            y = house.top + tall * (level + 0.55) / floors
            half, high = wide / across * 0.26, tall / floors * 0.28
            if level == floors - 1 and column == door_at:
                door = shade(jitter(rng, pick(rng, _PAINT)), house.dim * 0.8)
                layer.box((x - half, y - high * 0.6, x + half, house.foot), frame)
                layer.box((x - half * 0.8, y - high * 0.4, x + half * 0.8, house.foot), door)
            else:
                _window(rng, layer, (x, y, half, high), (frame, shutters))


def _window(
    rng: Rng, layer: Layer, place: tuple[float, float, float, float], looks: tuple[Colour, Colour | None]
) -> None:
    x, y, half, high = place
    frame, shutters = looks
    if shutters is not None:
        layer.box((x - half * 1.75, y - high, x - half, y + high), shutters)
        layer.box((x + half, y - high, x + half * 1.75, y + high), shutters)
    layer.box((x - half, y - high, x + half, y + high), frame)
    glass: Colour = (250, 214, 140) if chance(rng, 0.15) else jitter(rng, (86, 104, 122), 18)
    edge = half * 0.14
    for left, right in ((x - half + edge, x - edge / 2), (x + edge / 2, x + half - edge)):
        layer.box((left, y - high + edge, right, y - edge / 2), shade(glass, 1.15))
        layer.box((left, y + edge / 2, right, y + high - edge), glass)
    layer.box((x - half * 1.1, y + high, x + half * 1.1, y + high * 1.1), shade(frame, 0.8))


def _road(rng: Rng, picture: Picture, foot: float, light: Daylight) -> None:
    height, width = picture.shape[:2]
    start = int(foot)
    size = Size(width, height - start)
    dim = 0.3 + 0.7 * light.level
    asphalt = np.array(shade((92, 92, 96), dim), np.float32)
    picture[start:] = (1 + ground(rng, size, 1.5) * 0.08)[..., None] * asphalt
    kerb = max(2, int(size.height * 0.16))
    paving = np.array(shade((168, 160, 150), dim), np.float32)
    slabs = 1 - 0.16 * ((np.arange(width) // max(6, width // 40)) % 2)[None, :, None]
    picture[start : start + kerb] = paving * slabs * (1 + fractal(rng, Size(width, kerb), 60)[..., None] * 0.05)
    picture[start + kerb : start + kerb + 3] *= 0.55
    layer = Layer(Size(width, height))
    y, dash = start + size.height * 0.75, width * 0.09
    for part in range(-1, 7):
        x = part * dash * 2 + dash * 0.5
        points = ((x, y), (x + dash, y), (x + dash * 1.04, y + size.height * 0.05), (x, y + size.height * 0.05))
        layer.polygon(points, shade((236, 234, 220), dim))
    layer.onto(picture)


def _street_things(rng: Rng, picture: Picture, foot: float, light: Daylight) -> None:
    height, width = picture.shape[:2]
    size = Size(width, height)
    layer = Layer(size)
    dim = 0.3 + 0.7 * light.level
    for _ in range(int(rng.integers(0, 4))):
        _tree(rng, layer, (rng.uniform(0, 1) * width, foot + 4), height * rng.uniform(0.25, 0.45), dim)
    for _ in range(int(rng.integers(0, 3))):
        _lamp(layer, (rng.uniform(0.05, 0.95) * width, foot + height * 0.03), height * 0.4, dim)
    for _ in range(int(rng.integers(0, 4))):
        y = foot + (height - foot) * rng.uniform(0.35, 0.95)
        long = width * (0.16 + 0.5 * (y - foot) / height)
        paint = shade(jitter(rng, pick(rng, _PAINT)), dim)
        draw_car(rng, layer, (rng.uniform(-0.05, 0.85) * width, y), long, paint)
    layer.onto(picture, grain(rng, size, 0.03))


def draw_car(rng: Rng, layer: Layer, at: tuple[float, float], long: float, paint: Colour) -> None:
    """Draw a car from the side, its rear wheel's foot at `at`."""
    x, y = at
    high = long * rng.uniform(0.13, 0.17)
    layer.ellipse((x + long * 0.5, y), (long * 0.54, long * 0.035), (16, 16, 18), 0.55)
    body = y - long * 0.06
    nose, roof = rng.uniform(0.68, 0.78), rng.uniform(0.5, 0.62)
    cabin = ((0.1, 0), (0.2, -0.9), (roof, -0.95), (nose, 0))
    layer.polygon([(x + long * a, body - high + high * b * 1.05) for a, b in cabin], paint)
    glass = ((0.15, -0.05), (0.225, -0.78), (roof - 0.01, -0.82), (nose - 0.06, -0.05))
    layer.polygon([(x + long * a, body - high + high * b) for a, b in glass], (46, 58, 70))
    layer.box((x + long * 0.38, body - high * 1.85, x + long * 0.4, body - high), paint)
    layer.box((x, body - high, x + long, body), paint, radius=high * 0.35)
    layer.box((x + long * 0.02, body - high * 0.38, x + long * 0.98, body - high * 0.3), shade(paint, 0.7))
    layer.box((x + long * 0.96, body - high * 0.85, x + long, body - high * 0.55), (250, 240, 200))
    layer.box((x, body - high * 0.85, x + long * 0.03, body - high * 0.55), (190, 30, 30))
    for wheel in (0.2, 0.79):
        centre = (x + long * wheel, y - long * 0.065)
        layer.ellipse(centre, (long * 0.072, long * 0.072), (24, 24, 26))
        layer.ellipse(centre, (long * 0.04, long * 0.04), (176, 178, 182))
        layer.ellipse(centre, (long * 0.012, long * 0.012), (70, 70, 74))


def _tree(rng: Rng, layer: Layer, foot: tuple[float, float], tall: float, dim: float) -> None:
    x, y = foot
    layer.box((x - tall * 0.03, y - tall * 0.55, x + tall * 0.03, y), shade((84, 66, 50), dim))
    leaf = jitter(rng, pick(rng, ((66, 104, 44), (96, 122, 50), (176, 120, 40), (60, 92, 62))))
    for _ in range(40):
        at = (x + rng.normal(0, 0.15) * tall, y - tall * rng.normal(0.7, 0.11))
        radius = tall * rng.uniform(0.04, 0.1)
        layer.ellipse(at, (radius, radius), shade(leaf, dim * rng.uniform(0.7, 1.3)))


def _lamp(layer: Layer, foot: tuple[float, float], tall: float, dim: float) -> None:
    x, y = foot
    iron = shade((54, 58, 60), dim)
    layer.box((x - tall * 0.012, y - tall, x + tall * 0.012, y), iron)
    layer.box((x - tall * 0.03, y - tall * 0.06, x + tall * 0.03, y), iron)
    points = ((x - tall * 0.05, y - tall), (x + tall * 0.05, y - tall), (x + tall * 0.03, y - tall * 0.9))
    layer.polygon((*points, (x - tall * 0.03, y - tall * 0.9)), (250, 236, 190))
    layer.polygon(((x - tall * 0.06, y - tall), (x, y - tall * 1.05), (x + tall * 0.06, y - tall)), iron)


def _tower(rng: Rng, layer: Layer, box: tuple[float, float, float, float], depth: int) -> None:
    left, top, right, foot = box
    wall = shade(jitter(rng, (30, 34, 48), 5), 1.2 - 0.3 * depth)
    layer.box(box, wall)
    if chance(rng, 0.3):
        layer.line((((left + right) / 2, top), ((left + right) / 2, top - (foot - top) * 0.2)), wall, 2)
    lit = rng.uniform(0.15, 0.6)
    warm = jitter(rng, pick(rng, ((250, 206, 120), (250, 232, 190), (170, 206, 250))), 10)
    step = max(5.0, (right - left) / rng.integers(4, 9))
    for y in np.arange(top + step * 0.6, foot - step * 0.5, step):
        for x in np.arange(left + step * 0.3, right - step * 0.6, step):
            if chance(rng, lit):
                layer.box((x, y, x + step * 0.5, y + step * 0.55), shade(warm, rng.uniform(0.4, 1)))


def _reflect(rng: Rng, picture: Picture, shore: int) -> None:
    height, width = picture.shape[:2]
    below = height - shore
    ripple = ground(rng, Size(width, below), 3)
    y = np.clip(shore - 1 - (np.arange(below) * 1.5).astype(int), 0, shore - 1)[:, None] + (ripple * 5).astype(int)
    x = np.arange(width)[None, :] + (ripple * 3).astype(int)
    image = picture[np.clip(y, 0, shore - 1), np.clip(x, 0, width - 1)]
    picture[shore:] = image * np.float32(0.6) + np.array((6, 10, 18), np.float32) + ripple[..., None] * 3


def draw_garden(rng: Rng, size: Size) -> Picture:
    """Draw a lawn with flower beds, a fence or hedge, and sometimes a shed."""
    light = daylight(rng)
    picture = draw_sky(rng, size, light)
    dim = 0.3 + 0.7 * light.level
    horizon = rng.uniform(0.38, 0.56)
    layer = Layer(size)
    for _ in range(int(rng.integers(2, 7))):
        x = rng.uniform(0, 1) * size.width
        _tree(rng, layer, (x, horizon * size.height), size.height * rng.uniform(0.25, 0.5), dim)
    if chance(rng, 0.6):
        wide = size.width * rng.uniform(0.2, 0.4)
        left = rng.uniform(-0.05, 0.75) * size.width
        foot = (horizon + 0.05) * size.height
        wall = jitter(rng, pick(rng, _WALLS))
        _house(rng, layer, _House(left, left + wide, foot - wide * 0.7, foot, wall, dim))
    layer.onto(picture, grain(rng, size, 0.14))
    _hedge(rng, picture, horizon, dim)
    start = int((horizon + 0.04) * size.height)
    lawn = np.array(shade(jitter(rng, (92, 132, 52), 14), dim), np.float32)
    grass = ground(rng, Size(size.width, size.height - start), 4) * 0.16
    picture[start:] = (1 + grass)[..., None] * lawn
    _flowers(rng, picture, horizon + 0.06, dim)
    return picture


def _hedge(rng: Rng, picture: Picture, horizon: float, dim: float) -> None:
    height, width = picture.shape[:2]
    size = Size(width, height)
    if chance(rng, 0.5):
        noise = fractal(rng, size, cells=20, octaves=6)
        depth = rows(size) - np.float32(horizon - rng.uniform(0.03, 0.12)) + noise * 0.008
        leaves = (1 + noise * 0.22)[..., None] * np.array(shade((48, 84, 40), dim), np.float32)
        blend(picture, leaves, smoothstep(0, 0.01, depth))
        return
    layer = Layer(size)
    colour = shade(pick(rng, ((240, 238, 230), (140, 104, 70), (96, 120, 130))), dim)
    step, high = width / rng.integers(18, 40), height * rng.uniform(0.08, 0.2)
    foot = (horizon + 0.05) * height
    layer.box((0, foot - high * 0.75, width, foot - high * 0.65), shade(colour, 0.8))
    layer.box((0, foot - high * 0.3, width, foot - high * 0.2), shade(colour, 0.8))
    for x in np.arange(0, width, step):
        middle, right = x + step * 0.35, x + step * 0.7
        points = ((x, foot), (x, foot - high * 0.88), (middle, foot - high), (right, foot - high * 0.88), (right, foot))
        layer.polygon(points, jitter(rng, colour, 5))
    layer.onto(picture, grain(rng, size, 0.05))


def _flowers(rng: Rng, picture: Picture, top: float, dim: float) -> None:
    height, width = picture.shape[:2]
    layer = Layer(Size(width, height))
    kinds = [
        jitter(rng, pick(rng, (*_PAINT[:1], (240, 120, 170), (250, 210, 60), (150, 90, 200), (250, 250, 246))))
        for _ in range(3)
    ]
    centre, spread = rng.uniform(0.1, 0.9), rng.uniform(0.12, 0.4)
    low = top + (1 - top) * rng.uniform(0, 0.5)
    for y in np.sort(rng.uniform(low, 1.02, int(rng.integers(60, 220)))):
        x = (centre + rng.normal(0, spread)) * width
        radius = height * (0.004 + 0.03 * (y - top))
        colour = shade(kinds[int(rng.integers(3))], dim * rng.uniform(0.85, 1.1))
        stem = mix((60, 100, 40), (90, 130, 60), rng.random())
        layer.line(((x, y * height), (x, y * height + radius * 4)), shade(stem, dim), radius * 0.35)
        layer.ellipse((x + radius, y * height + radius * 2.5), (radius, radius * 0.4), shade(stem, dim))
        for angle in np.arange(0, 2 * np.pi, np.pi / 3) + rng.random():
            at = (x + np.cos(angle) * radius, y * height + np.sin(angle) * radius * 0.7)
            layer.ellipse(at, (radius * 0.62, radius * 0.5), colour)
        layer.ellipse((x, y * height), (radius * 0.5, radius * 0.4), shade((250, 210, 80), dim))
    layer.onto(picture, grain(rng, Size(width, height), 0.05))


def draw_close_up(rng: Rng, size: Size) -> Picture:
    """Draw one big flower before an out-of-focus background."""
    base = jitter(rng, pick(rng, ((70, 110, 50), (110, 130, 80), (50, 80, 90), (120, 100, 70))), 15)
    picture = gradient(size, ((0, shade(base, 1.25)), (1, shade(base, 0.6))))
    picture += (fractal(rng, size, cells=3, octaves=2) * 24)[..., None]
    picture += fractal(rng, size, cells=2, octaves=1)[..., None] * np.array(jitter(rng, (8, 2, -8)), np.float32)
    layer = Layer(size)
    x, y = rng.uniform(0.3, 0.7) * size.width, rng.uniform(0.3, 0.6) * size.height
    radius = size.height * rng.uniform(0.12, 0.2)
    layer.line(((x, y), (x + rng.normal(0, 40), size.height)), (76, 112, 46), radius * 0.16)
    petals = int(rng.integers(5, 15))
    colour = jitter(rng, pick(rng, (*_PAINT[:1], (240, 120, 170), (250, 210, 60), (150, 90, 200), (250, 250, 246))))
    for ring, share in enumerate((1.0, 0.72)):
        for angle in np.linspace(0, 2 * np.pi, petals, endpoint=False) + ring * np.pi / petals:
            _petal(layer, (x, y), (angle, radius * 1.9 * share, np.pi / petals), shade(colour, 0.8 + 0.2 * ring))
    layer.ellipse((x, y), (radius * 0.55, radius * 0.55), (214, 160, 40))
    for _ in range(120):
        turn, reach = rng.uniform(0, 2 * np.pi), radius * 0.5 * np.sqrt(rng.random())
        at = (x + np.cos(turn) * reach, y + np.sin(turn) * reach)
        layer.ellipse(at, (radius * 0.04, radius * 0.04), jitter(rng, (150, 96, 24), 20))
    layer.onto(picture, grain(rng, size, 0.06))
    return picture


def _petal(layer: Layer, centre: tuple[float, float], shape: tuple[float, float, float], colour: Colour) -> None:
    angle, long, half = shape
    along = np.linspace(0, np.pi, 14)
    for share, factor in ((1.0, 0.82), (0.82, 1.0), (0.4, 1.08)):
        reach = long * (1 - np.cos(along)) / 2 * (0.7 + 0.3 * share)
        aside = np.sin(along) * long * np.sin(half) * share * 0.95
        points = [
            (centre[0] + np.cos(angle) * r - np.sin(angle) * s, centre[1] + np.sin(angle) * r + np.cos(angle) * s)
            for r, s in [*zip(reach, aside, strict=True), *zip(reach[::-1], -aside[::-1], strict=True)]
        ]
        layer.polygon(points, shade(colour, factor))
