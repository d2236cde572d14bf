"""Draw still lifes: shaded fruit, mugs, books and vases on a table."""

from __future__ import annotations

import numpy as np

from everyframe.demo.noise import fractal, grain, ground
from everyframe.demo.paint import (
    Colour,
    Layer,
    Picture,
    Plane,
    Rng,
    Size,
    blend,
    chance,
    glow,
    gradient,
    jitter,
    pick,
    shade,
    smoothstep,
)

_FRUIT: tuple[tuple[Colour, float], ...] = (
    ((196, 38, 34), 1.0),
    ((236, 140, 30), 1.0),
    ((132, 168, 48), 1.05),
    ((240, 204, 60), 0.8),
    ((92, 34, 70), 0.9),
    ((214, 92, 70), 0.95),
)
_GLAZES: tuple[Colour, ...] = (
    (236, 232, 224),
    (40, 84, 130),
    (176, 60, 44),
    (70, 110, 96),
    (60, 60, 66),
    (230, 180, 80),
)

_LEAST_PIXELS = 4


def draw_still_life(rng: Rng, size: Size) -> Picture:
    """Draw five to twelve things on a table before a wall."""
    edge = rng.uniform(0.4, 0.62)
    picture = _wall(rng, size)
    add_table(rng, picture, edge)
    count = int(rng.integers(4, 11))
    for foot in np.sort(rng.uniform(edge + 0.07, 0.97, count)):
        scale = size.height * (0.07 + 0.2 * (foot - edge)) * rng.uniform(0.8, 1.4)
        add_thing(rng, picture, (rng.uniform(0.06, 0.94) * size.width, foot * size.height), scale)
    side = rng.choice((-0.1, 1.1))
    glow(picture, (size.width * side, size.height * 0.2), size.width * 0.8, (34, 30, 20))
    return picture


def _wall(rng: Rng, size: Size) -> Picture:
    colour = jitter(
        rng,
        pick(rng, ((150, 160, 150), (96, 84, 78), (206, 190, 160), (64, 84, 100), (170, 110, 90), (214, 214, 208))),
        14,
    )
    wall = gradient(size, ((0, shade(colour, rng.uniform(0.6, 1.1))), (0.6, colour), (1, shade(colour, 0.6))))
    wall *= (1 + fractal(rng, size, cells=2, octaves=3) * 0.08)[..., None]
    if chance(rng, 0.5):
        step = size.width / rng.integers(8, 30)
        stripe = np.sin(np.arange(size.width, dtype=np.float32) / np.float32(step) * np.float32(2 * np.pi))
        wall *= 1 + (0.08 * stripe)[None, :, None]
    return wall


def wood(rng: Rng, size: Size, colour: Colour) -> Picture:
    """Return boards of wood with grain along the width."""
    noise = fractal(rng, size, cells=6, octaves=6, stretch=9)
    rings = np.sin(noise * 5 + fractal(rng, size, cells=2, octaves=2, stretch=5) * 3)
    bright = 1 + 0.12 * rings + 0.08 * noise
    boards = int(rng.integers(3, 8))
    at = np.linspace(0, boards, size.height, endpoint=False)
    tone = rng.uniform(0.85, 1.12, boards).astype(np.float32)[at.astype(int)]
    gap = smoothstep(0, 0.03, (at % 1).astype(np.float32))
    shadow = (tone * (0.45 + 0.55 * gap))[:, None]
    return np.asarray((bright * shadow)[..., None] * np.array(colour, np.float32), np.float32)


def add_table(rng: Rng, picture: Picture, edge: float) -> None:
    """Lay a wooden, stone or cloth table top in place over everything below `edge` (0-1)."""
    height, width = picture.shape[:2]
    start = int(edge * height)
    size = Size(width, height - start)
    kind = int(rng.integers(3))
    if kind == 0:
        top = wood(rng, size, jitter(rng, pick(rng, ((150, 104, 62), (92, 60, 40), (196, 160, 112)))))
    elif kind == 1:
        veins = np.abs(fractal(rng, size, cells=3, octaves=6))
        top = (0.8 + 0.2 * smoothstep(0, 0.25, veins))[..., None] * np.array(jitter(rng, (206, 204, 200)), np.float32)
    else:
        top = _cloth(rng, size)
    fade = np.linspace(0.7, 1.05, size.height, dtype=np.float32)[:, None, None]
    picture[start:] = top * fade


def _cloth(rng: Rng, size: Size) -> Picture:
    first = jitter(rng, pick(rng, _GLAZES))
    depth = 1 / np.linspace(0.25, 1, size.height, dtype=np.float32)
    x = (np.arange(size.width, dtype=np.float32) - np.float32(size.width / 2))[None, :] * depth[:, None]
    step = np.float32(size.width / rng.integers(8, 20))
    across = (np.floor(x / step) % 2).astype(np.float32)
    down = (np.floor(depth * 9) % 2)[:, None].astype(np.float32)
    share = (across + down)[..., None] / 2
    cloth = np.array((240, 238, 230), np.float32) * (1 - share) + np.array(first, np.float32) * share
    return np.asarray(cloth * (1 + ground(rng, size, 3) * 0.05)[..., None], np.float32)


def add_thing(rng: Rng, picture: Picture, foot: tuple[float, float], scale: float) -> None:
    """Put one thing in place, standing at `foot` (pixels), about `scale` pixels in radius."""
    _contact_shadow(picture, foot, scale)
    kind = int(rng.choice(5, p=(0.45, 0.2, 0.12, 0.13, 0.1)))
    (_fruit, _mug, _bottle, _books, _vase)[kind](rng, picture, foot, scale)


def _contact_shadow(picture: Picture, foot: tuple[float, float], scale: float) -> None:
    height, width = picture.shape[:2]
    y = (np.arange(height, dtype=np.float32) - np.float32(foot[1] - scale * 0.1)) / np.float32(scale * 0.32)
    x = (np.arange(width, dtype=np.float32) - np.float32(foot[0] + scale * 0.25)) / np.float32(scale * 1.1)
    fall = np.exp(-(y * y))[:, None] * np.exp(-(x * x))[None, :]
    picture *= (1 - 0.6 * fall)[..., None]


def _window(picture: Picture, box: tuple[float, float, float, float]) -> tuple[Picture, Plane, Plane] | None:
    height, width = picture.shape[:2]
    left, right = max(0, int(box[0])), min(width, int(box[2]) + 1)
    top, bottom = max(0, int(box[1])), min(height, int(box[3]) + 1)
    if min(right - left, bottom - top) < _LEAST_PIXELS:
        return None
    x = np.arange(left, right, dtype=np.float32)[None, :]
    y = np.arange(top, bottom, dtype=np.float32)[:, None]
    return picture[top:bottom, left:right], x, y


def add_ball(rng: Rng, picture: Picture, place: tuple[float, float, float], looks: tuple[Colour, float]) -> None:
    """Shade a ball in place: `place` is centre and radius, `looks` colour and squash."""
    cx, cy, radius = place
    colour, squash = looks
    tall = radius * squash
    part = _window(picture, (cx - radius, cy - tall, cx + radius, cy + tall))
    if part is None:
        return
    view, x, y = part
    nx, ny = (x - np.float32(cx)) / np.float32(radius), (y - np.float32(cy)) / np.float32(tall)
    reach = nx * nx + ny * ny
    nz = np.sqrt(np.clip(1 - reach, 0, 1))
    light = np.clip(-0.5 * nx - 0.6 * ny + 0.62 * nz, 0, 1)
    noise = fractal(rng, Size(view.shape[1], view.shape[0]), cells=6, octaves=5)
    body = (0.28 + 0.85 * light + noise * 0.05)[..., None] * np.array(colour, np.float32)
    body += ((light**24) * 150)[..., None]
    blend(view, body, smoothstep(1, 1 - 3 / radius, np.sqrt(reach)))


def _fruit(rng: Rng, picture: Picture, foot: tuple[float, float], scale: float) -> None:
    colour, squash = _FRUIT[int(rng.integers(len(_FRUIT)))]
    add_ball(rng, picture, (foot[0], foot[1] - scale * squash, scale), (jitter(rng, colour), squash))
    layer = Layer(Size(picture.shape[1], picture.shape[0]))
    top = foot[1] - scale * squash * 1.85
    layer.line(((foot[0], top), (foot[0] + scale * 0.12, top - scale * 0.3)), (70, 50, 30), scale * 0.07)
    layer.onto(picture)


def _turned(
    rng: Rng, picture: Picture, foot: tuple[float, float], profile: list[tuple[float, float]], colour: Colour
) -> None:
    """Shade a thing turned on a lathe: `profile` is (height, radius) upwards in pixels."""
    widest, tall = max(p[1] for p in profile), profile[-1][0]
    part = _window(picture, (foot[0] - widest, foot[1] - tall, foot[0] + widest, foot[1] + widest * 0.25))
    if part is None:
        return
    view, x, y = part
    across = x - np.float32(foot[0])
    squash = np.float32(0.22)
    drop = squash * np.sqrt(np.clip(widest * widest * 0.7 - across * across, 0, None))
    up = np.float32(foot[1]) - (y - drop * 0.9)
    radius = np.interp(up, [p[0] for p in profile], [p[1] for p in profile]).astype(np.float32)
    n = across / np.maximum(radius, 1)
    light = np.clip(0.35 + 0.75 * np.sqrt(np.clip(1 - (n + 0.45) ** 2, 0, 1)), 0, 1.2)
    noise = fractal(rng, Size(view.shape[1], view.shape[0]), cells=4, octaves=4)
    body = (light + noise * 0.03)[..., None] * np.array(colour, np.float32)
    body += (np.exp(-(((n + 0.45) / 0.08) ** 2)) * 70)[..., None]
    inside = smoothstep(1.02, 0.97, np.abs(n)) * smoothstep(-1, 1, up) * smoothstep(tall + 1, tall - 1, up)
    blend(view, body, inside)


def _mug(rng: Rng, picture: Picture, foot: tuple[float, float], scale: float) -> None:
    colour = jitter(rng, pick(rng, _GLAZES))
    layer = Layer(Size(picture.shape[1], picture.shape[0]))
    side = foot[0] + scale * 0.85 * (1 if chance(rng, 0.5) else -1)
    middle = foot[1] - scale * 0.85
    ring = [(side + np.cos(a) * scale * 0.42, middle + np.sin(a) * scale * 0.5) for a in np.linspace(0, 6.3, 30)]
    layer.line(ring, shade(colour, 0.7), scale * 0.14)
    layer.onto(picture)
    _turned(rng, picture, foot, [(0, scale * 0.78), (scale * 1.5, scale * 0.85)], colour)
    rim = Layer(Size(picture.shape[1], picture.shape[0]))
    top = foot[1] - scale * 1.5
    rim.ellipse((foot[0], top), (scale * 0.85, scale * 0.22), shade(colour, 1.1))
    rim.ellipse((foot[0], top), (scale * 0.77, scale * 0.17), pick(rng, ((60, 36, 22), (150, 80, 30), (90, 80, 70))))
    rim.onto(picture)


def _bottle(rng: Rng, picture: Picture, foot: tuple[float, float], scale: float) -> None:
    colour = jitter(rng, pick(rng, ((30, 70, 44), (90, 50, 24), (60, 90, 110), (180, 190, 190))))
    shape = [(0, 0.6), (2.3, 0.62), (3.0, 0.24), (3.9, 0.22), (4.0, 0.26)]
    _turned(rng, picture, foot, [(h * scale, r * scale) for h, r in shape], colour)
    layer = Layer(Size(picture.shape[1], picture.shape[0]))
    box = (foot[0] - scale * 0.5, foot[1] - scale * 1.8, foot[0] + scale * 0.5, foot[1] - scale * 0.8)
    layer.box(box, jitter(rng, (226, 214, 180)))
    layer.onto(picture)


def _vase(rng: Rng, picture: Picture, foot: tuple[float, float], scale: float) -> None:
    layer = Layer(Size(picture.shape[1], picture.shape[0]))
    colour = jitter(rng, pick(rng, ((214, 60, 80), (240, 200, 70), (240, 240, 236), (150, 90, 190))))
    for _ in range(9):
        x, y = foot[0] + rng.normal(0, 0.8) * scale, foot[1] - scale * rng.uniform(2.6, 4.4)
        layer.line(((foot[0], foot[1] - scale * 1.8), (x, y)), (70, 106, 50), scale * 0.06)
        for angle in np.arange(0, 6.2, 0.9) + rng.random():
            at = (x + np.cos(angle) * scale * 0.22, y + np.sin(angle) * scale * 0.22)
            layer.ellipse(at, (scale * 0.17, scale * 0.17), jitter(rng, colour, 8))
        layer.ellipse((x, y), (scale * 0.13, scale * 0.13), (226, 176, 60))
    layer.onto(picture)
    shape = [(0, 0.45), (0.9, 0.8), (1.7, 0.4), (2.0, 0.5)]
    _turned(rng, picture, foot, [(h * scale, r * scale) for h, r in shape], jitter(rng, pick(rng, _GLAZES)))


def _books(rng: Rng, picture: Picture, foot: tuple[float, float], scale: float) -> None:
    layer = Layer(Size(picture.shape[1], picture.shape[0]))
    y = foot[1]
    for _ in range(int(rng.integers(2, 5))):
        half, high = scale * rng.uniform(1.1, 1.6), scale * rng.uniform(0.22, 0.42)
        x = foot[0] + rng.normal(0, 0.1) * scale
        cover = jitter(rng, pick(rng, _GLAZES))
        layer.box((x - half, y - high, x + half, y), cover)
        layer.box((x - half * 0.96, y - high * 0.82, x + half, y - high * 0.18), (226, 218, 196))
        layer.box((x - half, y - high, x - half * 0.9, y), shade(cover, 0.8))
        skew, back = scale * 0.2, scale * 0.3
        top = (
            (x - half, y - high),
            (x + half, y - high),
            (x + half - skew, y - high - back),
            (x - half + skew, y - high - back),
        )
        layer.polygon(top, shade(cover, 1.15))
        y -= high
    layer.onto(picture, grain(rng, Size(picture.shape[1], picture.shape[0]), 0.05))
