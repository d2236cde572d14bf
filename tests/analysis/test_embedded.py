import io
from pathlib import Path

import numpy as np
import piexif
import pytest
import simplejpeg
from PIL import Image
from tests.analysis.samples import ALL, analysed, drawing, jpeg

from everyframe.analysis import Limits, Tools
from everyframe.analysis.digests import digest_bytes
from everyframe.analysis.stages.likeness import compare, shaped, trim
from everyframe.model.states import MediaOutcome


def encoded(image: Image.Image, quality: int = 85) -> bytes:
    return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(np.asarray(image)), quality=quality))


def with_thumbnail(picture: Image.Image, thumbnail: Image.Image | bytes, orientation: int = 1) -> bytes:
    small = thumbnail if isinstance(thumbnail, bytes) else encoded(thumbnail)
    block = piexif.dump({"0th": {274: orientation}, "Exif": {}, "GPS": {}, "1st": {259: 6}, "thumbnail": small})
    out = io.BytesIO()
    piexif.insert(block, encoded(picture), out)
    return out.getvalue()


def boxed(image: Image.Image) -> Image.Image:
    """Put a picture of 3:2 in a frame of 4:3, as cameras do."""
    frame = Image.new("RGB", (160, 120))
    frame.paste(image.resize((160, 107)), (0, 6))
    return frame


PHOTO = drawing(900, 600, 4)


def test_a_thumbnail_is_taken_out_with_digests_and_features_of_its_own(tools: Tools) -> None:
    small = encoded(PHOTO.resize((160, 107)))
    data = with_thumbnail(PHOTO, small)
    result = analysed(data, tools, ALL)
    (found,) = result.embedded
    assert found.name == "ThumbnailImage"
    inside = data[found.offset : found.offset + found.digests.size]
    assert inside[:2] + inside[-2:] == b"\xff\xd8\xff\xd9"
    assert found.digests == digest_bytes(inside)
    assert found.analysis.outcome is MediaOutcome.VIEWABLE
    assert found.analysis.stages == ("preview", "pdq")
    assert found.analysis.metadata is None
    assert found.analysis.picture
    assert (found.analysis.picture.width, found.analysis.picture.height) == (160, 107)
    assert found.differs is False
    assert found.distance is not None
    assert found.distance <= 31


@pytest.mark.parametrize(
    ("thumbnail", "orientation"),
    [
        (boxed(PHOTO), 1),
        (PHOTO.resize((75, 50)), 1),
        (PHOTO.crop((50, 0, 850, 600)).resize((160, 120)), 1),
        (PHOTO.resize((160, 107)), 6),
        (PHOTO.resize((160, 107)).transpose(Image.Transpose.ROTATE_270), 6),
        (PHOTO.resize((160, 107)).transpose(Image.Transpose.ROTATE_90), 1),
    ],
    ids=["bars", "tiny", "filled", "as stored", "upright", "turned by a program"],
)
def test_what_cameras_and_viewers_do_is_no_difference(thumbnail: Image.Image, orientation: int, tools: Tools) -> None:
    (found,) = analysed(with_thumbnail(PHOTO, thumbnail, orientation), tools, ALL).embedded
    assert found.differs is False


@pytest.mark.parametrize(
    "edited",
    [PHOTO.crop((300, 100, 800, 450)), drawing(900, 600, 9), PHOTO.transpose(Image.Transpose.FLIP_LEFT_RIGHT)],
    ids=["cropped", "another", "mirrored"],
)
def test_what_was_edited_differs(edited: Image.Image, tools: Tools) -> None:
    (found,) = analysed(with_thumbnail(edited, boxed(PHOTO)), tools, ALL).embedded
    assert found.differs is True
    assert found.distance is not None
    assert found.distance > 48


def test_what_is_plain_or_damaged_cannot_be_told(tools: Tools) -> None:
    flat = Image.new("RGB", (900, 600), "grey")
    (found,) = analysed(with_thumbnail(flat, flat.resize((160, 120))), tools, ALL).embedded
    assert found.differs is None
    data = with_thumbnail(PHOTO, drawing(160, 107, 9))
    (found,) = analysed(data[: len(data) // 2], tools, ALL).embedded
    assert found.differs is None
    assert found.distance is not None


def test_pointers_to_nothing_are_said(tools: Tools) -> None:
    data = with_thumbnail(PHOTO, encoded(PHOTO.resize((160, 107))))
    at = data.rindex(b"\xff\xd8\xff", 0, 2000)
    result = analysed(data[:at] + b"\0\0\0" + data[at + 3 :], tools, ALL)
    assert result.embedded == ()
    assert result.outcome is MediaOutcome.VIEWABLE
    assert [(p.code, p.stage) for p in result.problems] == [("metadata-failed", "embedded")]
    assert "no JPEG at bytes" in result.problems[0].reason


def test_only_so_many_are_taken_out(tools: Tools) -> None:
    data = with_thumbnail(PHOTO, encoded(PHOTO.resize((160, 107))))
    result = analysed(data, tools, ALL, Limits(embedded_pictures=0))
    assert [p.code for p in result.problems] == ["size-limit"]


def test_trim_leaves_pictures_without_bars_alone() -> None:
    pixels = np.asarray(PHOTO)
    assert trim(pixels) is pixels
    black = np.zeros((90, 90, 3), np.uint8)
    assert trim(black) is black
    assert trim(np.asarray(boxed(PHOTO))).shape == (107, 160, 3)


def test_shaped_keeps_the_middle() -> None:
    pixels = np.arange(60 * 90 * 3, dtype=np.uint32).reshape(60, 90, 3).astype(np.uint8)
    assert np.array_equal(shaped(pixels, 60, 60), pixels[:, 15:75])
    assert np.array_equal(shaped(pixels, 30, 90), pixels[15:45])


def test_compare_stops_at_the_first_match() -> None:
    pixels = np.asarray(PHOTO.resize((240, 160)))
    assert compare(pixels, pixels).distance == 0


def test_unedited_photos_of_the_corpora(corpora: Path, tools: Tools) -> None:
    """Count over real files; docs/formats.md states the figures and names the files that differ."""
    counts: dict[bool | None, int] = {True: 0, False: 0, None: 0}
    differing = set()
    for folder in ("exif-samples", "cameras"):
        for path in sorted((corpora / folder).rglob("*.[jJ][pP]*[gG]")):
            for found in analysed(path.read_bytes(), tools, ALL).embedded:
                counts[found.differs] += 1
                if found.differs:
                    differing.add(path.name)
    assert differing == {
        "35-empty.jpg"
    }  # a car that was cut out of a wider picture: both thumbnails still show all of it
    assert counts == {True: 2, False: 60, None: 46}
    assert jpeg()
