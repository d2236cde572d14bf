"""Put furniture and loose things into a room."""

from __future__ import annotations

import numpy as np

from everyframe.demo.paint import Colour, Layer, Picture, Rng, Size, chance, jitter, pick, plain, shade
from everyframe.demo.scene_land import draw_mountains
from everyframe.demo.scene_still import add_ball, add_thing
from everyframe.demo.solid import Box, Quad, Stage

_BRIGHT: tuple[Colour, ...] = (
    (204, 52, 46),
    (44, 96, 170),
    (240, 190, 50),
    (60, 140, 80),
    (236, 236, 232),
    (40, 44, 52),
)


def draw_shelf(place: Rng, stage: Stage, at: tuple[float, float], looks: tuple[float, Colour]) -> None:
    """Stand a bookshelf against a side wall; `looks` is its height and timber."""
    x, z = at
    tall, timber = looks
    wide, deep = 0.3, 1.2
    stage.box(Box((x, 0, z), (wide, tall, deep)), shade(timber, 0.9))
    books = _books(place, tall, deep, timber)
    if stage.viewpoint.at[0] > x + wide:
        stage.quad(Quad((x + wide + 0.005, tall, z), (0, 0, deep), (0, -tall, 0)), books, 0.95)
    else:
        stage.quad(Quad((x - 0.005, tall, z + deep), (0, 0, -deep), (0, -tall, 0)), books, 0.95)


def _books(place: Rng, tall: float, wide: float, timber: Colour) -> Picture:
    scale = 150
    size = Size(int(wide * scale), int(tall * scale))
    face = plain(size, shade(timber, 0.35))
    layer = Layer(size)
    boards = max(3, int(tall / 0.36))
    step = size.height / boards
    for board in range(boards):
        foot = (board + 1) * step - 5
        x = 6.0
        while x < size.width - 10:
            thick, high = place.uniform(3, 9), step * place.uniform(0.5, 0.85)
            if chance(place, 0.12):
                x += place.uniform(6, 26)
                continue
            cover = shade(jitter(place, pick(place, _BRIGHT), 30), place.uniform(0.5, 1))
            layer.box((x, foot - high, x + thick, foot), cover)
            layer.box((x, foot - high * 0.8, x + thick, foot - high * 0.72), shade(cover, 1.4))
            x += thick + 0.6
        layer.box((0, foot, size.width, foot + 5), timber)
    layer.box((0, 0, 5, size.height), timber)
    layer.box((size.width - 5, 0, size.width, size.height), timber)
    layer.box((0, 0, size.width, 4), timber)
    layer.onto(face)
    return face


def draw_sideboard(place: Rng, stage: Stage, at: tuple[float, float], looks: tuple[Colour, Colour]) -> None:
    """Stand a sideboard with a screen and a radio at the back wall; `looks` is accent and timber."""
    x, z = at
    accent, timber = looks
    wide, tall = 1.9, 0.75
    stage.box(Box((x, 0, z + 0.45), (wide, tall, 0.45)), shade(timber, 0.95))
    for column in range(3):
        for row in range(2):
            left, top = x + 0.05 + column * 0.61, tall - 0.05 - row * 0.34
            stage.quad(Quad((left, top, z + 0.44), (0.57, 0, 0), (0, -0.3, 0)), jitter(place, shade(timber, 1.12), 4))
            stage.quad(Quad((left + 0.25, top - 0.12, z + 0.43), (0.08, 0, 0), (0, -0.03, 0)), (50, 46, 40))
    stage.box(Box((x + 0.4, tall, z + 0.68), (1.1, 0.66, 0.06)), (24, 24, 26))
    screen = Quad((x + 0.44, tall + 0.62, z + 0.67), (1.02, 0, 0), (0, -0.56, 0))
    stage.quad(screen, draw_mountains(place, Size(160, 90)) if chance(place, 0.6) else (46, 50, 58), 0.95)
    stage.box(Box((x + 0.06, tall, z + 0.55), (0.28, 0.18, 0.16)), accent)


def draw_sofa(stage: Stage, at: tuple[float, float], cloth: Colour) -> None:
    """Stand a sofa at the back wall."""
    x, z = at
    stage.box(Box((x, 0, z + 0.6), (1.9, 0.85, 0.28)), cloth)
    stage.box(Box((x, 0.08, z), (1.9, 0.36, 0.62)), shade(cloth, 0.95))
    for seat in (0.2, 0.96):
        stage.box(Box((x + seat, 0.44, z), (0.72, 0.1, 0.6)), shade(cloth, 1.1))
        stage.box(Box((x + seat + 0.1, 0.54, z + 0.42), (0.42, 0.34, 0.14)), shade(cloth, 1.5))
    for arm in (0.0, 1.7):
        stage.box(Box((x + arm, 0, z - 0.02), (0.2, 0.6, 0.72)), shade(cloth, 0.9))


def draw_table(rng: Rng, stage: Stage, at: tuple[float, float], timber: Colour) -> None:
    """Stand a low table with two to five loose things on it."""
    x, z = at
    wide, deep, tall = 1.1, 0.6, 0.48
    shadow = Quad((x - 0.05, 0.015, z + deep + 0.05), (wide + 0.2, 0, 0), (0, 0, -deep - 0.2))
    stage.quad(shadow, (20, 16, 14), 1, 0.35)
    for leg_x in (x + 0.03, x + wide - 0.09):
        for leg_z in (z + deep - 0.09, z + 0.03):
            stage.box(Box((leg_x, 0, leg_z), (0.06, tall, 0.06)), shade(timber, 0.7))
    stage.box(Box((x, tall, z), (wide, 0.05, deep)), timber)
    things = [(rng.uniform(0.12, wide - 0.12), rng.uniform(0.1, deep - 0.08)) for _ in range(int(rng.integers(2, 6)))]
    for dx, dz in sorted(things, key=lambda thing: -thing[1]):
        px, py, metre = stage.project((x + dx, tall + 0.055, z + dz))
        add_thing(rng, stage.picture, (px, py), metre * rng.uniform(0.055, 0.085))


def draw_luggage(rng: Rng, stage: Stage, room: tuple[float, float]) -> None:
    """Leave a ball, parcels or a suitcase on the floor."""
    wide, deep = room
    for _ in range(int(rng.integers(0, 4))):
        x, z = wide * rng.uniform(0.12, 0.85), deep * rng.uniform(0.35, 0.6)
        kind = int(rng.integers(3))
        colour = jitter(rng, pick(rng, _BRIGHT))
        if kind == 0:
            px, py, metre = stage.project((x, 0.11, z))
            add_ball(rng, stage.picture, (px, py, metre * 0.11), (colour, 1))
        elif kind == 1:
            for step in range(3):
                parcel = Box((x + 0.02 * step, 0.14 * step, z), (0.34 - 0.06 * step, 0.14, 0.25))
                stage.box(parcel, jitter(rng, (176, 134, 90)))
        else:
            stage.box(Box((x, 0, z), (0.55, 0.38, 0.2)), colour)
            stage.box(Box((x + 0.2, 0.38, z + 0.08), (0.15, 0.05, 0.03)), (40, 36, 34))


def draw_plant(place: Rng, stage: Stage, at: tuple[float, float]) -> None:
    """Stand a potted plant in a corner."""
    x, y, metre = stage.project((at[0], 0, at[1]))
    layer = Layer(stage.size)
    pot = jitter(place, (180, 96, 64))
    leaf = jitter(place, (62, 112, 56))
    for angle in np.linspace(-1.25, 1.25, 13):
        reach = place.uniform(0.6, 1.05) * metre
        tip = (x + np.sin(angle) * reach * 0.6, y - metre * 0.3 - np.cos(angle) * reach)
        bend = (x + np.sin(angle) * reach * 0.2, y - metre * 0.3 - reach * 0.55)
        aside = metre * 0.05
        layer.polygon(
            ((x, y - metre * 0.25), (bend[0] - aside, bend[1]), tip, (bend[0] + aside, bend[1])),
            jitter(place, leaf, 10),
        )
    half = metre * 0.17
    layer.polygon(((x - half, y - half * 2), (x + half, y - half * 2), (x + half * 0.7, y), (x - half * 0.7, y)), pot)
    layer.box((x - half * 1.1, y - half * 2.2, x + half * 1.1, y - half * 1.8), shade(pot, 1.15))
    layer.onto(stage.picture)


def draw_lamp(stage: Stage, kind: int, at: tuple[float, float], ceiling: float) -> None:
    """Add the room's lamp: 0 a standard lamp, 1 a pendant, 2 a globe, 3 an arc lamp."""
    layer = Layer(stage.size)
    (_standard, _pendant, _globe, _arc)[kind](layer, stage, at, ceiling)
    layer.onto(stage.picture)


def _standard(layer: Layer, stage: Stage, at: tuple[float, float], _ceiling: float) -> None:
    x, y, metre = stage.project((at[0], 0, at[1]))
    layer.ellipse((x, y), (metre * 0.16, metre * 0.05), (60, 56, 52))
    layer.line(((x, y), (x, y - metre * 1.4)), (60, 56, 52), metre * 0.03)
    top, foot = y - metre * 1.75, y - metre * 1.4
    layer.polygon(
        ((x - metre * 0.14, top), (x + metre * 0.14, top), (x + metre * 0.25, foot), (x - metre * 0.25, foot)),
        (250, 230, 184),
    )


def _pendant(layer: Layer, stage: Stage, at: tuple[float, float], ceiling: float) -> None:
    x, y, metre = stage.project((at[0] * 0.6 + 0.9, ceiling, at[1] - 0.6))
    layer.line(((x, y), (x, y + metre * 0.6)), (40, 40, 42), metre * 0.015)
    foot = y + metre * 0.9
    layer.polygon(
        (
            (x - metre * 0.06, y + metre * 0.6),
            (x + metre * 0.06, y + metre * 0.6),
            (x + metre * 0.28, foot),
            (x - metre * 0.28, foot),
        ),
        (176, 62, 46),
    )
    layer.ellipse((x, foot), (metre * 0.28, metre * 0.05), (255, 240, 200))


def _globe(layer: Layer, stage: Stage, at: tuple[float, float], _ceiling: float) -> None:
    x, y, metre = stage.project((at[0], 0, at[1]))
    for leg in (-0.2, 0.05, 0.22):
        layer.line(((x, y - metre * 1.1), (x + metre * leg, y)), (150, 110, 70), metre * 0.03)
    layer.ellipse((x, y - metre * 1.28), (metre * 0.22, metre * 0.22), (255, 244, 214))


def _arc(layer: Layer, stage: Stage, at: tuple[float, float], _ceiling: float) -> None:
    x, y, metre = stage.project((at[0], 0, at[1]))
    lean = -1 if at[0] > stage.viewpoint.at[0] else 1
    turn = np.linspace(0, np.pi * 0.8, 24)
    curve = [(x + lean * metre * 0.5 * (1 - np.cos(a)), y - metre * (0.9 + 0.9 * np.sin(a))) for a in turn]
    layer.line([(x, y), *curve], (170, 172, 176), metre * 0.03)
    layer.ellipse((x, y), (metre * 0.2, metre * 0.06), (60, 60, 64))
    end_x, end_y = curve[-1]
    layer.ellipse((end_x, end_y), (metre * 0.2, metre * 0.14), (40, 42, 46))
    layer.ellipse((end_x, end_y + metre * 0.08), (metre * 0.15, metre * 0.05), (255, 240, 200))
