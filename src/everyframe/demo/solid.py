"""Project textured rectangles and boxes into a picture, as a camera in a room would see them.

Metres throughout: x to the right, y up, z away from the viewer of the back wall.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from everyframe.demo.paint import Colour, Picture, Size, blend, from_image, plain, shade, to_image

Vector = NDArray[np.float64]
_NEAR = 0.15
_FLAT = 1e-12
_EDGE = 4


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """Hold where the camera stands and looks: metres, radians, focal length in picture widths."""

    at: tuple[float, float, float]
    yaw: float
    pitch: float
    focal: float

    def matrix(self) -> Vector:
        """Return the rotation from room to camera axes (x right, y down, z ahead)."""
        cy, sy, cp, sp = np.cos(self.yaw), np.sin(self.yaw), np.cos(self.pitch), np.sin(self.pitch)
        turn = np.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]])
        nod = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
        flip = np.diag([1.0, -1.0, 1.0])
        return np.asarray(flip @ nod @ turn, np.float64)

    def lens(self, size: Size) -> Vector:
        """Return the projection from camera axes to pixels."""
        long = max(size.pair) * self.focal
        return np.array([[long, 0, size.width / 2], [0, long, size.height / 2], [0, 0, 1]])


@dataclass(frozen=True, slots=True)
class Quad:
    """Hold a rectangle in the room: one corner and two edges, `right` and `down` as seen from its front."""

    corner: tuple[float, float, float]
    right: tuple[float, float, float]
    down: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """Hold an upright box: its lowest corner and its extent."""

    corner: tuple[float, float, float]
    extent: tuple[float, float, float]

    def faces(self) -> list[tuple[Quad, float]]:
        """Return the faces that can be seen, each with how much light it gets."""
        (x, y, z), (w, h, d) = self.corner, self.extent
        top = y + h
        return [
            (Quad((x + w, top, z + d), (-w, 0, 0), (0, -h, 0)), 0.6),
            (Quad((x, top, z + d), (0, 0, -d), (0, -h, 0)), 0.7),
            (Quad((x + w, top, z), (0, 0, d), (0, -h, 0)), 0.78),
            (Quad((x, top, z), (w, 0, 0), (0, -h, 0)), 0.88),
            (Quad((x, top, z + d), (w, 0, 0), (0, 0, -d)), 1.08),
        ]


class Stage:
    """Draw solids into a picture from one viewpoint; the caller draws the far ones first."""

    def __init__(self, picture: Picture, viewpoint: Viewpoint) -> None:
        """Begin to draw into `picture` in place."""
        self.picture = picture
        self.size = Size(picture.shape[1], picture.shape[0])
        self.viewpoint = viewpoint
        self._rotation = viewpoint.matrix()
        self._lens = viewpoint.lens(self.size)

    def project(self, point: tuple[float, float, float]) -> tuple[float, float, float]:
        """Return a point's x and y in pixels and the pixels that one metre takes there."""
        seen = self._rotation @ (np.array(point) - np.array(self.viewpoint.at))
        depth = max(float(seen[2]), _NEAR)
        x, y, _ = self._lens @ (seen / depth)
        return float(x), float(y), float(self._lens[0, 0]) / depth

    def quad(self, quad: Quad, texture: Picture | Colour, light: float = 1, alpha: float = 1) -> None:
        """Lay a texture (or one colour) over a rectangle in place."""
        outline = self._outline(quad)
        if outline is None:
            return
        left, top = np.maximum(np.floor(outline.min(axis=0)), 0).astype(int)
        right, bottom = np.minimum(np.ceil(outline.max(axis=0)) + 1, self.size.pair).astype(int)
        if right - left < 1 or bottom - top < 1:
            return
        part = Size(int(right - left), int(bottom - top))
        mask = _mask(outline - (left, top), part)
        view = self.picture[top:bottom, left:right]
        if isinstance(texture, tuple):
            blend(view, plain(part, shade(texture, light)), mask * np.float32(alpha))
            return
        shaped = self._warp(quad, texture, (int(left), int(top)), part)
        blend(view, shaped * np.float32(light), mask * np.float32(alpha))

    def box(self, box: Box, colour: Picture | Colour, light: float = 1) -> None:
        """Draw the faces of a box that look towards the camera."""
        at = np.array(self.viewpoint.at)
        for quad, share in box.faces():
            normal = np.cross(quad.right, quad.down)
            if normal @ (at - np.array(quad.corner)) > 0:
                self.quad(quad, colour, light * share)

    def _outline(self, quad: Quad) -> Vector | None:
        origin, right, down = (np.array(side, float) for side in (quad.corner, quad.right, quad.down))
        corners = [origin, origin + right, origin + right + down, origin + down]
        seen = [self._rotation @ (corner - np.array(self.viewpoint.at)) for corner in corners]
        kept: list[Vector] = []
        for here, there in zip(seen, [*seen[1:], seen[0]], strict=True):
            if here[2] >= _NEAR:
                kept.append(here)
            if (here[2] >= _NEAR) != (there[2] >= _NEAR):
                kept.append(here + (there - here) * (_NEAR - here[2]) / (there[2] - here[2]))
        if not kept:
            return None
        pixels = np.array([self._lens @ (point / point[2]) for point in kept])[:, :2]
        return np.asarray(np.clip(pixels, -60000, 60000), np.float64)

    def _warp(self, quad: Quad, texture: Picture, offset: tuple[int, int], part: Size) -> Picture:
        height, width = texture.shape[:2]
        origin = np.array(quad.corner, float) - np.array(self.viewpoint.at)
        plane = np.stack([np.array(quad.right, float) / width, np.array(quad.down, float) / height, origin], axis=1)
        shift = np.array([[1, 0, -offset[0]], [0, 1, -offset[1]], [0, 0, 1]])
        forward = shift @ self._lens @ self._rotation @ plane
        if abs(np.linalg.det(forward)) < _FLAT:
            return plain(part, (128, 128, 128))
        margin = np.array([[1, 0, _EDGE], [0, 1, _EDGE], [0, 0, 1]])
        back = margin @ np.linalg.inv(forward)
        back = back / back[2, 2] if abs(back[2, 2]) > _FLAT else back
        padded = np.pad(texture, ((_EDGE, _EDGE), (_EDGE, _EDGE), (0, 0)), mode="edge")
        data = tuple(float(value) for value in back.ravel()[:8])
        image = to_image(padded).transform(part.pair, Image.Transform.PERSPECTIVE, data, Image.Resampling.BILINEAR)
        return from_image(image)


def _mask(outline: Vector, size: Size) -> NDArray[np.float32]:
    image = Image.new("L", (size.width * 2, size.height * 2))
    ImageDraw.Draw(image).polygon([(float(x) * 2, float(y) * 2) for x, y in outline], fill=255)
    return np.asarray(image.reduce(2), np.float32) / np.float32(255)
