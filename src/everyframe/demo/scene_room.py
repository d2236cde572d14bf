"""Draw rooms. One room (walls, floor, lamp, furniture) can be seen again from elsewhere with other things in it.

`place` seeds what stays in the room, `rng` what changes with every visit: the viewpoint, the light, loose objects.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from everyframe.demo.furniture import (
    draw_lamp,
    draw_luggage,
    draw_plant,
    draw_shelf,
    draw_sideboard,
    draw_sofa,
    draw_table,
)
from everyframe.demo.noise import fractal
from everyframe.demo.paint import Colour, Picture, Plane, Rng, Size, chance, glow, jitter, pick, plain, shade
from everyframe.demo.scene_land import draw_hills
from everyframe.demo.scene_paper import draw_abstract
from everyframe.demo.scene_still import wood
from everyframe.demo.solid import Quad, Stage, Viewpoint

_PAINTS: tuple[Colour, ...] = (
    (226, 214, 190),
    (176, 196, 200),
    (214, 178, 160),
    (190, 204, 170),
    (236, 232, 224),
    (150, 164, 190),
    (232, 206, 130),
    (196, 170, 200),
)
_WOODS: tuple[Colour, ...] = ((164, 116, 70), (110, 72, 46), (200, 168, 120), (136, 126, 116))
_PIXELS_PER_METRE = 110
_BACK = 2


@dataclass(frozen=True, slots=True)
class Room:
    """Hold what makes one room recognisable. Metres."""

    width: float
    height: float
    depth: float
    paint: Colour
    timber: Colour
    accent: Colour
    paper: int
    window: tuple[int, float]
    lamp: int
    sideboard: bool
    art: int


def furnish(place: Rng) -> Room:
    """Return the room that the stream `place` stands for."""
    return Room(
        width=place.uniform(3.2, 5.2),
        height=place.uniform(2.3, 2.8),
        depth=place.uniform(3.4, 5.2),
        paint=jitter(place, pick(place, _PAINTS)),
        timber=jitter(place, pick(place, _WOODS)),
        accent=jitter(
            place, pick(place, ((170, 60, 50), (50, 90, 130), (80, 120, 80), (200, 150, 60), (110, 80, 120)))
        ),
        paper=int(place.integers(6)),
        window=(int(place.integers(3)), place.uniform(0.25, 0.6)),
        lamp=int(place.integers(4)),
        sideboard=chance(place, 0.5),
        art=int(place.integers(1 << 30)),
    )


def draw_room(place: Rng, rng: Rng, size: Size) -> Picture:
    """Draw one view of the room that `place` stands for."""
    room = furnish(place)
    picture = plain(size, shade(room.paint, 0.5))
    stage = Stage(picture, _viewpoint(rng, room))
    day = chance(rng, 0.6)
    _draw_shell(place, stage, room)
    _draw_window(place, stage, room, day=day)
    _draw_art(stage, room)
    _draw_furniture(place, rng, stage, room)
    _light(rng, stage, room, day=day)
    return picture


def _viewpoint(rng: Rng, room: Room) -> Viewpoint:
    x = room.width * rng.uniform(0.22, 0.78)
    target = room.width * rng.uniform(0.25, 0.75)
    z = rng.uniform(0.15, 0.9)
    yaw = float(np.arctan2(target - x, room.depth * 0.9 - z)) + rng.normal(0, 0.1)
    return Viewpoint((x, rng.uniform(1.15, 1.75), z), yaw, rng.uniform(-0.2, -0.02), rng.uniform(0.56, 0.9))


def _draw_shell(place: Rng, stage: Stage, room: Room) -> None:
    w, h, d = room.width, room.height, room.depth
    paper = _wallpaper(place, room)
    stage.quad(Quad((0, 0, d), (w, 0, 0), (0, 0, -d - 0.5)), _floor(place, room))
    ceiling = _corners(plain(_texture_size(w, d), (236, 234, 228)))
    stage.quad(Quad((0, h, -0.5), (w, 0, 0), (0, 0, d + 0.5)), ceiling, 0.92)
    back = Quad((0, h, d), (w, 0, 0), (0, -h, 0))
    left = Quad((0, h, -0.5), (0, 0, d + 0.5), (0, -h, 0))
    right = Quad((w, h, d), (0, 0, -d - 0.5), (0, -h, 0))
    for quad, light in ((back, 1.0), (left, 0.86), (right, 0.8)):
        stage.quad(quad, paper, light)
    skirting = (232, 230, 224)
    stage.quad(Quad((0, 0.1, d - 0.01), (w, 0, 0), (0, -0.1, 0)), skirting)
    stage.quad(Quad((0.01, 0.1, 0), (0, 0, d), (0, -0.1, 0)), skirting, 0.85)
    stage.quad(Quad((w - 0.01, 0.1, d), (0, 0, -d), (0, -0.1, 0)), skirting, 0.8)


def _texture_size(width: float, height: float) -> Size:
    return Size(int(width * _PIXELS_PER_METRE), int(height * _PIXELS_PER_METRE))


def _corners(texture: Picture) -> Picture:
    height, width = texture.shape[:2]
    x, y = np.linspace(0, 1, width, dtype=np.float32), np.linspace(0, 1, height, dtype=np.float32)
    fall_x = 1 - 0.35 * np.exp(-np.minimum(x, 1 - x) / 0.06)
    fall_y = 1 - 0.35 * np.exp(-np.minimum(y, 1 - y) / 0.06)
    return np.asarray(texture * (fall_y[:, None] * fall_x[None, :])[..., None], np.float32)


def _wallpaper(place: Rng, room: Room) -> Picture:
    size = _texture_size(room.width, room.height)
    y = (np.arange(size.height, dtype=np.float32) / _PIXELS_PER_METRE)[:, None]
    x = (np.arange(size.width, dtype=np.float32) / _PIXELS_PER_METRE)[None, :]
    step = np.float32(place.uniform(0.12, 0.4))
    mark = _pattern(room.paper, np.asarray(x / step, np.float32), np.asarray(y / step, np.float32))
    base, over = np.array(room.paint, np.float32), np.array(shade(room.accent, 1.2), np.float32)
    strength = np.float32(place.uniform(0.25, 0.7))
    paper = base + (over - base) * (mark * strength)[..., None]
    paper *= (1 + fractal(place, size, cells=30, octaves=3) * 0.02)[..., None]
    return _corners(paper.astype(np.float32))


def _pattern(kind: int, x: Plane, y: Plane) -> Plane:
    """Return how much of the accent colour a wallpaper shows: plain, stripes, dots, diamonds, waves or a grid."""
    u, v = np.abs(x % 1 - np.float32(0.5)) + 0 * y, np.abs(y % 1 - np.float32(0.5)) + 0 * x
    offset = np.abs((x + np.floor(y) * np.float32(0.5)) % 1 - np.float32(0.5))
    waves = np.sin(x * np.float32(6.28) + np.sin(y * np.float32(6.28)) * np.float32(1.5))
    depth = (0 * u - 1, 0.25 - u, 0.06 - offset**2 - v**2, 0.34 - offset - v, waves - 0.3, 0.08 - np.minimum(u, v))
    return np.asarray(depth[kind] > 0, np.float32)


def _floor(place: Rng, room: Room) -> Picture:
    size = _texture_size(room.width, room.depth)
    kind = int(place.integers(3))
    if kind == 0:
        y, x = np.mgrid[0 : size.height, 0 : size.width] // (_PIXELS_PER_METRE // 3)
        check = ((x + y) % 2).astype(np.float32)[..., None]
        tiles = (
            np.array((214, 206, 192), np.float32) * (1 - check) + np.array(shade(room.accent, 0.8), np.float32) * check
        )
        return _corners(tiles.astype(np.float32))
    if kind == 1:
        carpet = plain(size, shade(room.accent, 0.75)) * (1 + fractal(place, size, 60, 3) * 0.07)[..., None]
        return _corners(carpet.astype(np.float32))
    boards = [wood(place, Size(size.width, max(8, size.height // 5 + 1)), room.timber) for _ in range(5)]
    return _corners(np.concatenate(boards)[: size.height])


def _draw_window(place: Rng, stage: Stage, room: Room, *, day: bool) -> None:
    view = draw_hills(place, Size(200, 240))
    if not day:
        view = view * np.float32(0.12) + np.array((6, 10, 26), np.float32)
    wall, along = room.window
    wide, tall, sill = 1.25, 1.25, room.height - 1.75
    lines = ((0.0, 0.06), (0.47, 0.53), (0.94, 1.0))
    stage.quad(_on_wall(room, wall, (along, sill, wide, tall)), view, 1.25 if day else 1)
    for low, high in lines:
        bar = (along + low * wide, sill, (high - low) * wide, tall)
        stage.quad(_on_wall(room, wall, bar, metres=along), (240, 238, 232), 0.95)
        rail = (along, sill + low * tall, wide, (high - low) * tall)
        stage.quad(_on_wall(room, wall, rail), (240, 238, 232), 0.95)
    _draw_curtains(place, stage, room, (sill, wide, tall))
    if day and wall != _BACK:
        side = 0.3 if wall == 0 else room.width - 1.6
        z = room.depth * 0.55
        stage.quad(Quad((side, 0.012, z), (1.1, 0, 0.25), (0.15, 0, -1.0)), (255, 244, 214), 1, 0.28)


def _on_wall(room: Room, wall: int, place: tuple[float, float, float, float], metres: float | None = None) -> Quad:
    """Return a rectangle on the left (0), right (1) or back (2) wall; `place` is along, sill, width, height."""
    along, sill, wide, tall = place
    share = along if metres is None else metres
    extra = 0 if metres is None else along - metres
    top = sill + tall
    if wall == 0:
        return Quad((0.015, top, 0.6 + share * (room.depth - 2) + extra), (0, 0, wide), (0, -tall, 0))
    if wall == 1:
        z = room.depth - 0.3 - share * (room.depth - 2) - extra
        return Quad((room.width - 0.015, top, z), (0, 0, -wide), (0, -tall, 0))
    return Quad((0.2 + share * (room.width - 1.7) + extra, top, room.depth - 0.015), (wide, 0, 0), (0, -tall, 0))


def _draw_curtains(place: Rng, stage: Stage, room: Room, window: tuple[float, float, float]) -> None:
    sill, wide, tall = window
    wall, along = room.window
    folds = 1 + 0.22 * np.sin(np.linspace(0, 26, 64, dtype=np.float32))
    cloth = plain(Size(64, 96), jitter(place, room.accent, 20)) * folds[None, :, None]
    for start in (-0.3, wide - 0.08):
        bounds = (along + start, sill - 0.25, 0.38, tall + 0.35)
        stage.quad(_on_wall(room, wall, bounds, metres=along), cloth.astype(np.float32))


def _draw_art(stage: Stage, room: Room) -> None:
    rng = np.random.Generator(np.random.SFC64(room.art))
    wall = (room.window[0] + 1 + int(rng.integers(2))) % 3
    for slot in range(int(rng.integers(1, 4))):
        wide, tall = rng.uniform(0.4, 0.8), rng.uniform(0.4, 0.75)
        along, sill = 0.05 + 0.34 * slot, room.height - 0.45 - tall
        frame = pick(rng, ((40, 34, 30), (210, 180, 110), (240, 238, 234)))
        stage.quad(_on_wall(room, wall, (along, sill, wide, tall)), frame)
        draw = draw_abstract if chance(rng, 0.5) else draw_hills
        inner = (along + 0.05, sill + 0.05, wide - 0.1, tall - 0.1)
        stage.quad(_on_wall(room, wall, inner, metres=along), draw(rng, Size(160, 150)))


def _draw_furniture(place: Rng, rng: Rng, stage: Stage, room: Room) -> None:
    shelf_left = room.window[0] != 0
    x = 0.02 if shelf_left else room.width - 0.34
    draw_shelf(place, stage, (x, room.depth - 1.5), (room.height * 0.75, room.timber))
    rug = plain(Size(96, 64), shade(room.accent, 0.9))
    rug[6:-6, 6:-6] = np.array(shade(room.paint, 0.9), np.float32)
    rug[14:-14, 14:-14] = np.array(room.accent, np.float32)
    stage.quad(Quad((room.width * 0.25, 0.01, room.depth * 0.85), (room.width * 0.5, 0, 0), (0, 0, -1.6)), rug)
    if room.sideboard:
        draw_sideboard(place, stage, (room.width * 0.26, room.depth - 0.95), (room.accent, room.timber))
    else:
        draw_sofa(stage, (room.width * 0.24, room.depth - 0.95), room.accent)
    draw_plant(place, stage, (room.width * (0.9 if shelf_left else 0.1), room.depth - 0.4))
    draw_lamp(stage, room.lamp, (room.width * (0.82 if shelf_left else 0.18), room.depth - 0.9), room.height)
    draw_table(rng, stage, (room.width * 0.55 if room.sideboard else room.width * 0.4, room.depth * 0.42), room.timber)
    draw_luggage(rng, stage, (room.width, room.depth))


def _light(rng: Rng, stage: Stage, room: Room, *, day: bool) -> None:
    picture, size = stage.picture, stage.size
    wall, along = room.window
    quad = _on_wall(room, wall, (along, 1.2, 1.2, 1.0))
    lamp_x = room.width * (0.82 if wall != 0 else 0.18)
    if day:
        x, y, _ = stage.project(quad.corner)
        glow(picture, (x, y), size.width * 0.4, (34, 34, 30))
    else:
        picture *= np.array((0.8, 0.7, 0.56), np.float32)
        x, y, _ = stage.project((lamp_x, 1.5, room.depth - 0.9))
        glow(picture, (x, y), size.width * 0.22, (110, 84, 44))
    picture *= np.float32(rng.uniform(0.85, 1.12))
