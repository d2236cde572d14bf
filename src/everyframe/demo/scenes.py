"""List every kind of scene and draw any of them from its seeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from everyframe.demo import (
    scene_land,
    scene_paper,
    scene_sea,
    scene_still,
    scene_town,
)
from everyframe.demo.noise import stream
from everyframe.demo.paint import Picture, Pixels, Rng, Size, to_pixels
from everyframe.demo.scene_room import draw_room

DrawScene: TypeAlias = Callable[[Rng, Size], Picture]

PHOTOGRAPHED: tuple[tuple[str, DrawScene], ...] = (
    ("hills", scene_land.draw_hills),
    ("mountains", scene_land.draw_mountains),
    ("dunes", scene_land.draw_dunes),
    ("forest", scene_land.draw_forest),
    ("night", scene_land.draw_night),
    ("seaside", scene_sea.draw_seaside),
    ("street", scene_town.draw_street),
    ("skyline", scene_town.draw_skyline),
    ("garden", scene_town.draw_garden),
    ("flower", scene_town.draw_close_up),
    ("still-life", scene_still.draw_still_life),
    ("document", scene_paper.draw_document),
    ("blank", scene_paper.draw_blank),
)
"""What the cameras saw, apart from rooms."""

SCREENS: tuple[tuple[str, DrawScene], ...] = (
    ("chat", scene_paper.draw_chat),
    ("web-page", scene_paper.draw_web_page),
)

DRAWINGS: tuple[tuple[str, DrawScene], ...] = (
    ("cartoon", scene_paper.draw_cartoon),
    ("abstract", scene_paper.draw_abstract),
)

ROOM = "room"
_DRAW = dict((*PHOTOGRAPHED, *SCREENS, *DRAWINGS))


@dataclass(frozen=True, slots=True)
class Scene:
    """Name one scene. Equal scenes give equal pixels.

    `place` seeds what stays (for a room: the room), `view` what changes between visits.
    """

    kind: str
    place: tuple[int, ...]
    view: tuple[int, ...]
    size: Size


@lru_cache(maxsize=3)
def draw_scene(scene: Scene) -> Pixels:
    """Draw a scene; the latest few are kept, since edits and bursts start from them."""
    if scene.kind == ROOM:
        picture = draw_room(stream(*scene.place), stream(*scene.view), scene.size)
    else:
        picture = _DRAW[scene.kind](stream(*scene.view), scene.size)
    pixels = to_pixels(picture)
    pixels.flags.writeable = False
    return pixels
