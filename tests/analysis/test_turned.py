"""The eight hashes of a picture are those of files that were really turned."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from everyframe.analysis.perceptual import distance, pdq
from everyframe.analysis.pixels import Raster, raster, sample, upright
from everyframe.analysis.turning import INVERSE, ORIENTATIONS, after, hash_turned
from everyframe.model.features import LEAST_QUALITY

WAYS = range(1, len(ORIENTATIONS) + 1)


def drawn(seed: int, height: int, width: int, grain: int) -> NDArray[np.uint8]:
    """Give noise of a stated grain that varies along both sides: of stripes, half of the bits are rounding to begin with."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (max(4, height // grain), max(4, width // grain), 3)).astype(np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC))


def check(pixels: NDArray[np.uint8], most: int) -> None:
    """Hold each of the eight against the hash of the picture really turned."""
    for lies in (1, 6):
        hashes, qualities = hash_turned(raster(pixels), lies)
        for way in WAYS:
            value, quality = pdq(sample(upright(upright(pixels, lies), way)))
            assert distance(hashes[32 * (way - 1) : 32 * way], value) <= most or quality < LEAST_QUALITY
            assert abs(qualities[way - 1] - quality) <= 1


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    height=st.integers(5, 1100),
    width=st.integers(5, 1100),
    grain=st.sampled_from([1, 3, 17, 80]),
)
@example(seed=1, height=512, width=512, grain=3)
@example(seed=1, height=513, width=200, grain=3)
@example(seed=1, height=5, width=5, grain=1)
def test_they_are_those_of_the_turned_picture_but_for_rounding(seed: int, height: int, width: int, grain: int) -> None:
    check(drawn(seed, height, width, grain), most=2)


def test_photographs_have_the_very_same(corpora: Path) -> None:
    found = sorted((corpora / "cameras").rglob("*.[Jj][Pp][Gg]"))[:12]
    assert found
    for path in found:
        with Image.open(path) as image:
            check(np.asarray(image.convert("RGB")), most=0)


@pytest.mark.parametrize("first", WAYS)
def test_two_turns_make_one(first: int) -> None:
    pixels = drawn(1, 20, 30, 1)
    for second in WAYS:
        assert np.array_equal(upright(upright(pixels, first), second), upright(pixels, after(first, second)))
    assert after(first, INVERSE[first]) == 1


def test_too_small_a_picture_has_none() -> None:
    assert hash_turned(raster(np.zeros((4, 90, 3), np.uint8)), 1) == (bytes(256), bytes(8))


def test_of_a_reduced_picture_the_samples_are_turned() -> None:
    whole = drawn(3, 600, 900, 40)
    reduced = Raster(whole[::2, ::2], samples=sample(whole))
    hashes, _ = hash_turned(reduced, 1)
    assert hashes == hash_turned(raster(sample(whole)), 1)[0]
