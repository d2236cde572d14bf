from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from everyframe.demo import make_camera_photos
from everyframe.demo.cameras import CAMERAS
from everyframe.demo.noise import stream
from everyframe.demo.paint import Size
from everyframe.demo.sensor import PATTERN_STRENGTH, Framing, expose

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SIZE = Size(640, 480)
FLAT = np.full((480, 640, 3), 128, np.uint8)


def _residue(camera: int, number: int) -> NDArray[np.float64]:
    pixels = expose(FLAT, CAMERAS[camera], SIZE, Framing(), stream(9, number)).astype(float).mean(axis=2)
    return np.asarray(pixels - np.median(pixels, axis=1, keepdims=True), np.float64)


def _likeness(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    return float(np.corrcoef(first[100:380, 150:490].ravel(), second[100:380, 150:490].ravel())[0, 1])


def test_a_body_leaves_the_same_pattern_in_every_picture() -> None:
    assert _likeness(_residue(1, 1), _residue(1, 2)) > 0.1
    assert abs(_likeness(_residue(1, 1), _residue(2, 2))) < 0.03


def test_the_pattern_is_faint() -> None:
    assert 0.5 < _residue(4, 1).std() < 128 * PATTERN_STRENGTH * 4


def test_a_turned_camera_turns_the_picture_not_the_pattern() -> None:
    scene = np.repeat(np.linspace(20, 230, 640).astype(np.uint8)[None, :, None], 480, axis=0).repeat(3, axis=2)
    stored = expose(np.rot90(scene, -1), CAMERAS[0], SIZE, Framing(turns=1), stream(1))
    assert stored.shape == (480, 640, 3)
    assert stored[:, :40].mean() < stored[:, -40:].mean()


def test_camera_photos_for_benchmarks(tmp_path: Path) -> None:
    paths = make_camera_photos(tmp_path / "a", count=3, seed=4, width=800, height=600)
    again = make_camera_photos(tmp_path / "b", count=3, seed=4, width=800, height=600)
    files = [path.read_bytes() for path in paths]
    assert files == [path.read_bytes() for path in again]
    assert len(set(files)) == 3
    for data in files:
        with Image.open(io.BytesIO(data)) as image:
            assert image.size == (800, 600)
            assert image.getexif()[271]
            assert data[:400].find(b"Exif") > 0
