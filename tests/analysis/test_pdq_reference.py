"""Our PDQ against the reference's own code, as its Python package compiles it."""

import numpy as np
import pdqhash
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from everyframe.analysis.perceptual import distance, pdq


def reference(pixels: NDArray[np.uint8]) -> tuple[bytes, int]:
    bits, quality = pdqhash.compute(np.ascontiguousarray(pixels))
    return np.packbits(bits).tobytes(), int(quality)


def drawn(seed: int, height: int, width: int, grain: int) -> NDArray[np.uint8]:
    """Give noise of a stated grain: fine noise, soft patches, or one colour."""
    rng = np.random.default_rng(seed)
    if grain == 0:
        return np.full((height, width, 3), rng.integers(0, 256), np.uint8)
    coarse = (max(1, height // grain), max(1, width // grain), 3)
    image = Image.fromarray(rng.integers(0, 256, coarse).astype(np.uint8))
    return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC))


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    height=st.integers(5, 512),
    width=st.integers(5, 512),
    grain=st.sampled_from([0, 1, 3, 17, 80]),
)
@example(seed=1, height=8, width=66, grain=1)
@example(seed=1, height=512, width=512, grain=0)
@example(seed=1, height=5, width=5, grain=1)
@example(seed=1, height=64, width=129, grain=3)
def test_every_bit_and_the_quality_are_those_of_the_reference(seed: int, height: int, width: int, grain: int) -> None:
    pixels = drawn(seed, height, width, grain)
    assert pdq(pixels) == reference(pixels)


@pytest.mark.parametrize("side", [5, 511, 512])
def test_pixels_of_any_layout_give_the_same(side: int) -> None:
    pixels = drawn(7, side, side, 1)
    frozen = pixels.copy()
    frozen.flags.writeable = False
    wide = np.zeros((side, 2 * side, 3), np.uint8)
    wide[:, ::2] = pixels
    assert pdq(pixels) == pdq(frozen) == pdq(wide[:, ::2]) == pdq(np.asfortranarray(pixels))
    assert distance(pdq(pixels)[0], pdq(255 - pixels)[0]) > 200 or side == 5
