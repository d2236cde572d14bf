"""A member that shows something else is marked; one that is merely re-encoded is not."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from everyframe.grouping.showing import shows_something_else


@pytest.fixture(scope="module")
def image() -> Image.Image:
    """Draw soft hills with a few hard edges."""
    rng = np.random.default_rng(2)
    coarse = Image.fromarray(rng.integers(70, 170, (6, 8, 3), dtype=np.uint8))
    drawn = coarse.resize((256, 192), Image.Resampling.BICUBIC)
    ImageDraw.Draw(drawn).rectangle((40, 60, 90, 120), fill=(200, 60, 40))
    return drawn


def differs(one: Image.Image, other: Image.Image) -> bool:
    found = shows_something_else(np.asarray(one), np.asarray(other), distance=4)
    turned = shows_something_else(np.asarray(other), np.asarray(one), distance=4)
    assert found == turned
    return found.differs


def test_the_same_picture_shows_the_same(image: Image.Image) -> None:
    assert not differs(image, image)
    assert shows_something_else(np.asarray(image), np.asarray(image), distance=0).stretch == 0


def test_smaller_and_recompressed_shows_the_same(image: Image.Image) -> None:
    out = io.BytesIO()
    image.resize((120, 90), Image.Resampling.LANCZOS).save(out, "JPEG", quality=45)
    assert not differs(image, Image.open(out).convert("RGB"))


def test_brighter_shows_the_same(image: Image.Image) -> None:
    assert not differs(image, image.point([min(255, int(v * 1.1 + 5)) for v in range(256)] * 3))


def test_text_is_marked(image: Image.Image) -> None:
    marked = image.copy()
    ImageDraw.Draw(marked).text((110, 90), "come to the lake", fill="white", stroke_width=1, stroke_fill="black")
    assert differs(image, marked)


def test_a_larger_frame_is_marked(image: Image.Image) -> None:
    larger = Image.new("RGB", (256, 212))
    larger.paste(image, (0, 10))
    assert differs(image, larger)
    assert shows_something_else(np.asarray(image), np.asarray(larger), distance=4).stretch > 0.03


def test_a_crop_of_the_same_shape_is_marked(image: Image.Image) -> None:
    assert differs(image, image.crop((8, 6, 248, 186)))


def test_rounding_of_a_small_preview_is_not_a_stretch(image: Image.Image) -> None:
    small = np.asarray(image.resize((17, 13), Image.Resampling.BOX))
    assert shows_something_else(np.asarray(image), small, distance=4).stretch < 0.03


def test_a_negative_distance_is_refused(image: Image.Image) -> None:
    with pytest.raises(ValueError, match="not negative"):
        shows_something_else(np.asarray(image), np.asarray(image), distance=-1)
