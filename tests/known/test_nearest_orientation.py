"""Turned and mirrored pictures are found, and it is said how they were turned."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from everyframe.analysis.perceptual import pdq
from everyframe.analysis.pixels import raster, upright
from everyframe.analysis.turning import hash_turned
from everyframe.known.nearest import NearestIndex
from everyframe.known.nearest_orientation import search_oriented


def picture(height: int = 300, width: int = 400) -> NDArray[np.uint8]:
    rng = np.random.default_rng(4)
    coarse = rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return coarse.repeat(height // 6, axis=0).repeat(width // 8, axis=1)


@pytest.mark.parametrize("turn", range(1, 9))
def test_says_in_which_orientation_it_matched(tmp_path: Path, turn: int) -> None:
    known, _ = pdq(upright(picture(), turn))
    far = np.random.default_rng(0).integers(0, 256, (20, 32), dtype=np.uint8)
    index = NearestIndex.build(np.concatenate([far, np.frombuffer(known, np.uint8)[None, :]]), tmp_path / "i")
    hashes, qualities = (np.frombuffer(each, np.uint8) for each in hash_turned(raster(picture()), 1))
    hits = search_oriented(index, hashes.reshape(1, 8, 32), qualities[None, :])
    assert [each.tolist() for each in hits] == [[0], [20], [0], [turn]]


def test_a_row_is_given_once_in_its_closest_orientation(tmp_path: Path) -> None:
    same = np.zeros((8, 32), np.uint8)
    same[0, 0] = 1
    index = NearestIndex.build(np.zeros((2, 32), np.uint8), tmp_path / "i")
    hits = search_oriented(index, np.stack([same, same]), np.full((2, 8), 100))
    assert [each.tolist() for each in hits] == [[0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 0, 0], [2, 2, 2, 2]]


def test_plain_pictures_are_not_asked_for(tmp_path: Path) -> None:
    index = NearestIndex.build(np.zeros((2, 32), np.uint8), tmp_path / "i")
    assert not len(search_oriented(index, np.zeros((1, 8, 32), np.uint8), np.full((1, 8), 49)).row)
