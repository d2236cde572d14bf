"""Say how one picture file comes about: scene, camera, edit, format; and make its bytes."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from PIL import Image

from everyframe.demo.cameras import CAMERAS, FULL_SIZE, Camera
from everyframe.demo.edits import EDITS, Edited, Value
from everyframe.demo.exif import Taken, build_exif, thumbnail
from everyframe.demo.formats import encode
from everyframe.demo.noise import stream
from everyframe.demo.paint import Layer, Pixels, Size, from_image, to_pixels
from everyframe.demo.scenes import Scene, draw_scene
from everyframe.demo.sensor import Framing, expose

if TYPE_CHECKING:
    from collections.abc import Mapping

Seeds: TypeAlias = tuple[int, ...]

TURNS: Mapping[int, int] = {1: 0, 3: 2, 6: 1, 8: 3}
"""EXIF orientation to quarter turns (against the clock) from the upright to the stored pixels."""

_FULL_QUALITIES = (84, 88, 91, 93, 95)
_FULL_WEIGHT = 3_050_000
"""Bytes that a 12 megapixel photograph has at least, as from real cameras."""


@dataclass(frozen=True, slots=True)
class Shot:
    """Hold one press of a shutter. Equal shots give equal pixels."""

    source: str
    scene: Scene
    camera: int
    taken: Taken
    size: Size
    framing: Framing
    seed: Seeds
    mover: float | None = None
    """In bursts: how far (0-1) the ball that rolls through the picture has come."""

    @property
    def body(self) -> Camera:
        """Return the camera that took it."""
        return CAMERAS[self.camera]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Hold how one picture file is made.

    `base` is a shot, or a scene for what never saw a camera. `long_side` limits the size before the edit.
    """

    base: Shot | Scene
    seed: Seeds
    edit: str | None = None
    format: str = "jpeg"
    keep_exif: bool = True
    old_thumbnail: bool = False
    long_side: int | None = None
    quality: int | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """Hold the bytes of a picture and what is true of them."""

    data: bytes
    parameters: Mapping[str, Value]
    thumbnail: str


@lru_cache(maxsize=2)
def photograph(shot: Shot) -> Pixels:
    """Return the pixels that the camera stores (not yet turned upright)."""
    scene = draw_scene(shot.scene)
    if shot.mover is not None:
        scene = _with_ball(scene, shot.mover)
    pixels = expose(scene, shot.body, shot.size, shot.framing, stream(*shot.seed))
    pixels.flags.writeable = False
    return pixels


def _with_ball(scene: Pixels, way: float) -> Pixels:
    height, width = scene.shape[:2]
    picture = from_image(Image.fromarray(scene))
    layer = Layer(Size(width, height))
    x, y, radius = width * (0.1 + 0.8 * way), height * (0.9 - 0.12 * abs(np.sin(way * 9))), height * 0.035
    layer.ellipse((x, height * 0.94), (radius, radius * 0.3), (20, 20, 20), 0.4)
    layer.ellipse((x, y), (radius, radius), (226, 90, 40))
    layer.ellipse((x - radius * 0.3, y - radius * 0.3), (radius * 0.3, radius * 0.3), (250, 190, 150))
    layer.onto(picture)
    return to_pixels(picture)


def render(recipe: Recipe) -> Rendered:
    """Make the bytes of a picture file."""
    if isinstance(recipe.base, Scene):
        return _render_web(recipe, draw_scene(recipe.base), {})
    shot = recipe.base
    stored = photograph(shot)
    if recipe.edit is None and recipe.format == "jpeg" and recipe.keep_exif:
        return Rendered(_camera_file(shot, stored, thumbnail(stored)), {}, "same")
    if recipe.edit == "metadata-stripped":
        return Rendered(_jpeg(shot.body, stored, _quality(shot), b""), {}, "none")
    upright = np.rot90(stored, -TURNS[shot.taken.orientation])
    edited = _edit(recipe, upright)
    if recipe.keep_exif and recipe.format == "jpeg":
        return _edited_file(recipe, shot, thumbnail(stored), edited)
    return _render_web(recipe, edited.pixels, edited.parameters, ready=True)


def _edit(recipe: Recipe, pixels: Pixels) -> Edited:
    limited = _limit(pixels, recipe.long_side)
    if recipe.edit is None:
        return Edited(limited, {})
    return dict(EDITS)[recipe.edit](limited, stream(*recipe.seed))


def _limit(pixels: Pixels, long_side: int | None) -> Pixels:
    height, width = pixels.shape[:2]
    if long_side is None or max(height, width) <= long_side:
        return pixels
    share = long_side / max(height, width)
    size = (max(1, round(width * share)), max(1, round(height * share)))
    image = Image.fromarray(np.ascontiguousarray(pixels))
    return np.asarray(image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0))


@lru_cache(maxsize=4)
def _quality(shot: Shot) -> int:
    """Return the JPEG quality of a shot: the body's own, or for 12 megapixels the first that weighs enough."""
    if shot.size != FULL_SIZE:
        return shot.body.quality
    stored = photograph(shot)
    sizes = ((quality, len(_jpeg(shot.body, stored, quality, b""))) for quality in _FULL_QUALITIES)
    return next((quality for quality, size in sizes if size > _FULL_WEIGHT), _FULL_QUALITIES[-1])


def _jpeg(camera: Camera, pixels: Pixels, quality: int, exif: bytes) -> bytes:
    out = io.BytesIO()
    image = Image.fromarray(np.ascontiguousarray(pixels))
    image.save(out, "JPEG", quality=quality, subsampling=camera.subsampling, exif=exif)
    return out.getvalue()


def _camera_file(shot: Shot, stored: Pixels, small: bytes) -> bytes:
    size = Size(stored.shape[1], stored.shape[0])
    return _jpeg(shot.body, stored, _quality(shot), build_exif(shot.body, shot.taken, size, small))


def _edited_file(recipe: Recipe, shot: Shot, old: bytes, edited: Edited) -> Rendered:
    """Save an edited picture as an editor does: upright, with the camera's EXIF and an old or a new thumbnail."""
    pixels = edited.pixels
    taken = Taken(shot.taken.when, shot.taken.number, 1, shot.taken.gps)
    small = old if recipe.old_thumbnail else thumbnail(pixels)
    exif = build_exif(shot.body, taken, Size(pixels.shape[1], pixels.shape[0]), small)
    quality = edited.parameters.get("quality", recipe.quality or 86)
    data = encode(pixels, "jpeg", quality=int(quality), exif=exif)
    return Rendered(data, edited.parameters, "differs" if recipe.old_thumbnail else "same")


def _render_web(recipe: Recipe, pixels: Pixels, parameters: Mapping[str, Value], *, ready: bool = False) -> Rendered:
    shown = pixels if ready else _limit(pixels, recipe.long_side)
    quality = int(parameters.get("quality", recipe.quality or 82))
    data = encode(shown, recipe.format, quality=quality)
    return Rendered(data, parameters, "none")
