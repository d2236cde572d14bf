"""Turned and mirrored pictures are found, and it is said how they were turned."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from everyframe.analysis.perceptual import distance, pdq
from everyframe.analysis.pixels import upright
from everyframe.known.nearest import NearestIndex
from everyframe.known.nearest_orientation import ORIENTATIONS, orientations, search_oriented


def picture(height: int = 300, width: int = 400) -> NDArray[np.uint8]:
    rng = np.random.default_rng(4)
    coarse = rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return coarse.repeat(height // 6, axis=0).repeat(width // 8, axis=1)


def test_the_first_orientation_is_the_picture_itself() -> None:
    hashes, qualities = orientations(picture())
    value, quality = pdq(picture())
    assert hashes.shape == (8, 32)
    assert hashes[0].tobytes() == value
    assert qualities[0] == quality


@pytest.mark.parametrize("turn", range(1, 9))
def test_says_in_which_orientation_it_matched(tmp_path: Path, turn: int) -> None:
    known, _ = pdq(upright(picture(), turn))
    far = np.random.default_rng(0).integers(0, 256, (20, 32), dtype=np.uint8)
    index = NearestIndex.build(np.concatenate([far, np.frombuffer(known, np.uint8)[None, :]]), tmp_path / "i")
    hashes, qualities = orientations(picture())
    hits = search_oriented(index, hashes[None, :], qualities[None, :])
    assert [each.tolist() for each in hits] == [[0], [20], [0], [turn]]


def test_turning_pixels_stays_close_above_512() -> None:
    large = picture(1200, 1600)
    for turn in range(1, len(ORIENTATIONS) + 1):
        sampled = upright(large, turn)
        value, _ = orientations(sampled)[0][0].tobytes(), None
        assert distance(value, orientations(large)[0][turn - 1].tobytes()) <= 12


def test_a_row_is_given_once_in_its_closest_orientation(tmp_path: Path) -> None:
    same = np.zeros((8, 32), np.uint8)
    same[0, 0] = 1
    index = NearestIndex.build(np.zeros((2, 32), np.uint8), tmp_path / "i")
    hits = search_oriented(index, np.stack([same, same]), np.full((2, 8), 100))
    assert [each.tolist() for each in hits] == [[0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 0, 0], [2, 2, 2, 2]]


def test_plain_pictures_are_not_asked_for(tmp_path: Path) -> None:
    index = NearestIndex.build(np.zeros((2, 32), np.uint8), tmp_path / "i")
    assert not len(search_oriented(index, np.zeros((1, 8, 32), np.uint8), np.full((1, 8), 49)).row)
