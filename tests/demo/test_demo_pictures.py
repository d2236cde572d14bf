from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import av
import numpy as np
import piexif
import pytest
from av.container import InputContainer
from PIL import Image, ImageFile, ImageOps

from everyframe.demo.cameras import CAMERAS
from everyframe.demo.exif import Taken
from everyframe.demo.formats import FORMATS, encode
from everyframe.demo.noise import stream
from everyframe.demo.paint import Size, to_pixels
from everyframe.demo.pictures import Shot, photograph
from everyframe.demo.scenes import DRAWINGS, PHOTOGRAPHED, ROOM, SCREENS, Scene, draw_scene
from everyframe.demo.sensor import Framing

if TYPE_CHECKING:
    from everyframe.demo import ManifestRow

    from .conftest import Exhibit

_FRAMES = {"apng": 5, "gif-animated": 6, "webp-animated": 5, "tiff-multipage": 3}
_MODES = {
    "jpeg-grey": "L",
    "jpeg-cmyk": "CMYK",
    "png-rgba": "RGBA",
    "png-palette": "P",
    "png-grey16": "I;16",
    "gif": "P",
}


@pytest.mark.parametrize("name", [name for name, _ in FORMATS])
def test_each_format_opens(name: str) -> None:
    pixels = draw_scene(Scene("hills", (1,), (1,), Size(200, 150)))
    with Image.open(io.BytesIO(encode(pixels, name))) as image:
        image.load()
        assert image.mode == _MODES.get(name, image.mode)
        assert name == "psd" or getattr(image, "n_frames", 1) == _FRAMES.get(name, 1)  # n_frames of a PSD counts layers
        if name not in _FRAMES and name != "ico":
            assert image.size == (200, 150)
            shown = np.asarray(image.convert("RGB") if image.mode != "I;16" else image, float)
            scale = 257 if image.mode == "I;16" else 1
            assert abs(shown.mean() / scale - pixels.mean()) < 25


def test_bursts_show_a_ball_that_rolls() -> None:
    size = Size(320, 240)
    scene = Scene("hills", (1,), (1,), size)
    taken = Taken(datetime(2023, 1, 1, tzinfo=UTC), 1)
    still, early, late = (
        photograph(Shot("s", scene, 1, taken, size, Framing(), (1,), mover)).astype(float) for mover in (None, 0.0, 1.0)
    )
    assert abs(early - still)[180:, :80].mean() > 4 * abs(late - still)[180:, :80].mean()
    assert abs(late - still)[180:, 240:].mean() > 4 * abs(early - still)[180:, 240:].mean()


def test_psd_is_the_very_picture() -> None:
    pixels = draw_scene(Scene("hills", (1,), (1,), Size(40, 30)))
    with Image.open(io.BytesIO(encode(pixels, "psd"))) as image:
        assert np.array_equal(np.asarray(image), pixels)


@pytest.mark.parametrize("kind", [ROOM, *(kind for kind, _ in (*PHOTOGRAPHED, *SCREENS, *DRAWINGS))])
def test_each_scene_is_drawn_from_its_seeds(kind: str) -> None:
    first, same, other = (Scene(kind, (7, seed), (7, seed), Size(160, 120)) for seed in (1, 1, 2))
    draw_scene.cache_clear()
    drawn = draw_scene(first).copy()
    draw_scene.cache_clear()
    assert np.array_equal(drawn, draw_scene(same))
    assert not np.array_equal(drawn, draw_scene(other))


def test_a_room_stays_the_same_room() -> None:
    views = [draw_scene(Scene(ROOM, (5, 1), (5, view), Size(160, 120))) for view in (1, 2)]
    assert not np.array_equal(views[0], views[1])


def test_portrait_shapes_are_drawn() -> None:
    assert draw_scene(Scene("street", (1,), (1,), Size(90, 120))).shape == (120, 90, 3)


def test_pixels_are_clipped() -> None:
    over = stream(1).normal(128, 300, (8, 8, 3)).astype(np.float32)
    assert to_pixels(over).min() == 0
    assert to_pixels(over).max() == 255


def test_whole_pictures_open_and_broken_ones_do_not(exhibit: Exhibit) -> None:
    rows = [row for row in exhibit.top() if row.kind not in {"video", "not-media"} and "archive" not in row.kind]
    for row in rows:
        broken = _is_broken(exhibit.read(row))
        assert broken == (row.expected != "media"), row.name


def _is_broken(data: bytes) -> bool:
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.verify()
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            jpeg = image.format == "JPEG"
    except (OSError, SyntaxError):
        return True
    return jpeg and _longest_zeros(data) >= 512


def _longest_zeros(data: bytes) -> int:
    return 512 if bytes(512) in data[4000:] else 0


def test_damaged_media_still_show_something(exhibit: Exhibit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    rows = [row for row in exhibit.top() if row.expected == "media-damaged"]
    assert {row.damage for row in rows} == {"truncated", "zeroed-middle", "bad-crc"}
    for row in rows:
        with Image.open(io.BytesIO(exhibit.read(row))) as image:
            assert np.asarray(image.convert("RGB")).std() > 1, row.name


def test_exif_says_what_the_manifest_says(exhibit: Exhibit) -> None:
    rows = [row for row in exhibit.top() if row.serial and row.expected == "media"]
    assert len(rows) > 12
    for row in rows:
        _check_exif(row, piexif.load(exhibit.read(row)))


def _check_exif(row: ManifestRow, tags: dict[str, dict[int, object]]) -> None:
    camera = next(camera for camera in CAMERAS if camera.ident == row.camera)
    image, photo = tags["0th"], tags["Exif"]
    assert image[piexif.ImageIFD.Make] == camera.make.encode()
    assert image[piexif.ImageIFD.Model] == camera.model.encode()
    assert image[piexif.ImageIFD.Orientation] == row.orientation
    assert photo[piexif.ExifIFD.BodySerialNumber] == camera.serial.encode() == (row.serial or "").encode()
    assert len(_ascii(photo[piexif.ExifIFD.ImageUniqueID])) == 32
    assert row.taken is not None
    when = datetime.fromisoformat(row.taken)
    assert _ascii(photo[piexif.ExifIFD.DateTimeOriginal]) == f"{when:%Y:%m:%d %H:%M:%S}"
    assert _ascii(photo[piexif.ExifIFD.SubSecTimeOriginal]) == f"{when.microsecond // 1000:03d}"
    offset = photo.get(piexif.ExifIFD.OffsetTimeOriginal)
    assert (None if offset is None else _ascii(offset)) == (when.isoformat()[-6:] if when.tzinfo else None)
    assert _degrees(tags["GPS"]) == (None if row.gps is None else pytest.approx(row.gps, abs=1e-6))


def _ascii(value: object) -> str:
    assert isinstance(value, bytes)
    return value.decode("ascii")


def _degrees(tags: dict[int, object]) -> tuple[float, float] | None:
    if not tags:
        return None
    north, east = tags[piexif.GPSIFD.GPSLatitude], tags[piexif.GPSIFD.GPSLongitude]
    return _angle(north), _angle(east)


def _angle(parts: object) -> float:
    assert isinstance(parts, tuple)
    return float(sum(top / bottom / 60**power for power, (top, bottom) in enumerate(parts)))


def test_thumbnails_differ_exactly_where_the_manifest_says(exhibit: Exhibit) -> None:
    rows = [row for row in exhibit.top() if row.expected == "media" and row.format == "jpeg"]
    found = {row.name: _thumbnail_state(exhibit.read(row)) for row in rows}
    assert found == {row.name: row.thumbnail for row in rows}
    assert list(found.values()).count("differs") >= 2


def _thumbnail_state(data: bytes) -> str:
    small = piexif.load(data)["thumbnail"]
    if small is None:
        return "none"
    with Image.open(io.BytesIO(data)) as image, Image.open(io.BytesIO(small)) as thumb:
        assert thumb.size == (160, 120)
        pair = ImageOps.pad(image.convert("RGB"), (160, 120)), thumb.convert("RGB")
        coarse = [np.asarray(each.resize((20, 15), Image.Resampling.BOX), float)[2:-2, 3:-3] for each in pair]
    return "same" if np.abs(coarse[0] - coarse[1]).mean() < 4 else "differs"


def test_stripped_copies_keep_the_picture_data(exhibit: Exhibit) -> None:
    rows = [row for row in exhibit.top() if row.edit == "metadata-stripped"]
    by_path = {row.display: row for row in exhibit.top()}
    assert rows
    for row in rows:
        whole = exhibit.read(by_path[row.parent or ""])
        start = exhibit.read(row).index(b"\xff\xdb")
        assert whole.endswith(exhibit.read(row)[start:])


def test_full_size_photographs_weigh_what_camera_files_weigh(exhibit: Exhibit) -> None:
    sizes = []
    for row in exhibit.top():
        if row.kind == "photo":
            data = exhibit.read(row)
            with Image.open(io.BytesIO(data)) as image:
                sizes += [len(data)] if image.width * image.height == 12_000_000 else []
    assert sizes
    assert all(2_900_000 < size < 4_800_000 for size in sizes)


def test_films_decode_for_as_long_as_the_manifest_says(exhibit: Exhibit) -> None:
    rows = [row for row in exhibit.top() if row.kind == "video"]
    assert len(rows) == 3
    for row in rows:
        with av.open(io.BytesIO(exhibit.read(row))) as film:
            assert isinstance(film, InputContainer)
            frames = len(list(film.decode(video=0)))
        assert frames == pytest.approx(float(row.parameters["seconds"]) * 12, abs=1)
