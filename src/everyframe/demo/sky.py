"""Draw skies: daylight with clouds, dusk, and stars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from everyframe.demo.noise import fractal, resize
from everyframe.demo.paint import (
    Colour,
    Picture,
    Rng,
    Size,
    blend,
    chance,
    glow,
    gradient,
    mix,
    smoothstep,
)


@dataclass(frozen=True, slots=True)
class Daylight:
    """Hold the colours of one kind of daylight, from the zenith to the ground."""

    zenith: Colour
    horizon: Colour
    sun: Colour
    cloud: Colour
    shadow: Colour
    level: float
    """Brightness of lit ground, 1 at noon."""


DAYLIGHTS: tuple[Daylight, ...] = (
    Daylight((58, 110, 190), (188, 214, 235), (60, 58, 48), (250, 250, 250), (168, 178, 194), 1.0),
    Daylight((40, 92, 168), (222, 226, 220), (70, 62, 40), (252, 248, 240), (150, 158, 176), 1.05),
    Daylight((150, 160, 172), (214, 216, 218), (20, 20, 18), (226, 228, 230), (130, 136, 146), 0.8),
    Daylight((70, 84, 138), (250, 176, 104), (150, 92, 40), (255, 196, 142), (112, 88, 116), 0.72),
    Daylight((48, 40, 92), (236, 108, 84), (160, 60, 30), (240, 132, 116), (70, 50, 90), 0.5),
    Daylight((120, 168, 208), (246, 226, 190), (120, 100, 60), (255, 244, 226), (176, 170, 178), 0.95),
)


def daylight(rng: Rng) -> Daylight:
    """Return one of the daylights, the plain ones more often."""
    return DAYLIGHTS[int(rng.choice(len(DAYLIGHTS), p=(0.27, 0.2, 0.16, 0.14, 0.09, 0.14)))]


def draw_sky(rng: Rng, size: Size, light: Daylight) -> Picture:
    """Return a sky that fills `size`, its horizon at the bottom."""
    middle = mix(light.zenith, light.horizon, 0.45)
    sky = gradient(size, ((0, light.zenith), (0.55, middle), (1, light.horizon)))
    sun = (size.width * rng.uniform(0.05, 0.95), size.height * rng.uniform(0.15, 0.95))
    glow(sky, sun, size.width * 0.5, light.sun)
    if chance(rng, 0.45):
        bright = (light.sun[0] + 190.0, light.sun[1] + 180.0, light.sun[2] + 160.0)
        glow(sky, sun, size.width * rng.uniform(0.025, 0.05), bright)
    add_clouds(rng, sky, light)
    return sky


def add_clouds(rng: Rng, sky: Picture, light: Daylight) -> None:
    """Lay clouds over a sky in place, lit from above and flatter towards the horizon."""
    height, width = sky.shape[:2]
    cover = rng.uniform(-0.5, 1.5)
    small = Size(max(64, width // 2), max(64, height // 2))
    noise = fractal(rng, small, cells=rng.uniform(1.5, 4), octaves=6, stretch=rng.uniform(1.2, 3.5))
    body = smoothstep(cover, cover + 1.1, noise)
    below = np.roll(noise, -max(2, small.height // 30), axis=0)
    lit = np.clip(0.55 + (noise - below) * 0.45, 0, 1).astype(np.float32)
    size = Size(width, height)
    colour = np.array(light.shadow, np.float32) + resize(lit, size)[..., None] * (
        np.array(light.cloud, np.float32) - np.array(light.shadow, np.float32)
    )
    fade = np.linspace(1, 0.5, height, dtype=np.float32)[:, None]
    blend(sky, colour, np.clip(resize(body, size), 0, 1) * fade)


def draw_stars(rng: Rng, size: Size) -> Picture:
    """Return a night sky with a band of haze, stars and sometimes a moon."""
    top: Colour = (6, 9, 26)
    low: Colour = ((26, 34, 66), (44, 30, 60), (18, 44, 58))[int(rng.integers(3))]
    sky = gradient(size, ((0, top), (0.6, mix(top, low, 0.5)), (1, low)))
    _add_band(rng, sky)
    _add_points(rng, sky, count=size.width * size.height // 900)
    if chance(rng, 0.5):
        _add_moon(rng, sky)
    return sky


def _add_band(rng: Rng, sky: Picture) -> None:
    height, width = sky.shape[:2]
    x = np.arange(width, dtype=np.float32)[None, :] / np.float32(width) - np.float32(rng.uniform(0.2, 0.8))
    y = np.arange(height, dtype=np.float32)[:, None] / np.float32(height) - np.float32(rng.uniform(0.2, 0.8))
    angle = rng.uniform(0, np.pi)
    across = x * np.float32(np.sin(angle)) + y * np.float32(np.cos(angle))
    noise = fractal(rng, Size(width, height), cells=3)
    band = np.exp(-((across / np.float32(0.14)) ** 2)) * np.clip(0.6 + noise * 0.35, 0, 2)
    sky += band[..., None] * np.array((86, 80, 104), np.float32)


def _add_points(rng: Rng, sky: Picture, count: int) -> None:
    height, width = sky.shape[:2]
    y = rng.integers(1, height - 1, count)
    x = rng.integers(1, width - 1, count)
    power = np.minimum(rng.pareto(1.6, count) * 60 + 30, 520).astype(np.float32)
    tint = np.stack([np.full(count, 1.0), rng.uniform(0.85, 1, count), rng.uniform(0.75, 1.1, count)], axis=-1)
    light = (power[:, None] * tint).astype(np.float32)
    for dy, dx, share in ((0, 0, 1.0), (0, 1, 0.4), (1, 0, 0.4), (0, -1, 0.4), (-1, 0, 0.4)):
        np.add.at(sky, (y + dy, x + dx), light * np.float32(share))


def _add_moon(rng: Rng, sky: Picture) -> None:
    height, width = sky.shape[:2]
    radius = width * rng.uniform(0.02, 0.06)
    centre = (width * rng.uniform(0.1, 0.9), height * rng.uniform(0.1, 0.5))
    glow(sky, centre, radius * 5, (40, 44, 52))
    y = np.arange(height, dtype=np.float32)[:, None] - np.float32(centre[1])
    x = np.arange(width, dtype=np.float32)[None, :] - np.float32(centre[0])
    disc = smoothstep(radius + 1, radius - 1, np.sqrt(x * x + y * y))
    marks = fractal(rng, Size(width, height), cells=width / radius)
    face = np.array((236, 232, 216), np.float32) * np.clip(0.92 + marks * 0.06, 0, 1)[..., None]
    blend(sky, face, disc)
