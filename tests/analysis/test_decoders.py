import io

import numpy as np
import pytest
from PIL import Image, ImageOps
from tests.analysis.samples import PICTURES, analysed, blob_of, dng, drawing, jpeg, moving, psd, saved, tagged

from everyframe.analysis import Limits
from everyframe.analysis.decoders import DECODERS, PLAUSIBLE, find_decoder
from everyframe.analysis.decoders.jpeg import scale_for
from everyframe.analysis.perceptual import distance
from everyframe.analysis.pixels import pil_raster, raster, sample, upright
from everyframe.model.states import MediaOutcome

PLAIN = analysed(jpeg()).hash
#: Colours or shape are not those of the drawing, so that its hash is not either.
OTHER_LOOK = {"png 1 bit", "tiff group 4", "pbm", "ico", "ico bitmap", "dng"}


def decoded(data: bytes) -> tuple[np.ndarray, str]:
    found = find_decoder(blob_of(data))
    assert found
    result = found[0].decode(blob_of(data), Limits())
    return result.raster.view, result.picture.seen


@pytest.mark.parametrize("name", PICTURES)
def test_every_format_is_shown(name: str) -> None:
    result = analysed(PICTURES[name][1]())
    assert result.outcome is MediaOutcome.VIEWABLE
    assert result.problems == ()
    assert result.picture
    assert result.picture.damaged == ""
    assert result.picture.decoder[-1].isdigit() or "composite" in result.picture.decoder
    assert [r.role for r in result.renditions[:2]] == ["grid", "viewer"]
    assert result.hash
    assert PLAIN
    if name not in OTHER_LOOK:
        assert (result.picture.width, result.picture.height) == (96, 64)
        assert distance(result.hash.pdq, PLAIN.pdq) <= 10


@pytest.mark.parametrize("name", ["apng", "gif moving", "webp moving", "avif moving", "tiff pages"])
def test_frames_are_counted_and_shown(name: str) -> None:
    result = analysed(PICTURES[name][1]())
    assert result.picture
    assert result.picture.frames == 4
    frames = [r for r in result.renditions if r.role == "frame"]
    assert [r.ordinal for r in frames] == [0, 1, 2, 3]
    assert len({r.data for r in frames}) == 4


def test_nine_of_many_frames_are_shown_and_too_many_are_not_counted() -> None:
    many = moving("GIF", 30)
    assert sum(r.role == "frame" for r in analysed(many).renditions) == 9
    result = analysed(many, limits=Limits(max_frames=20, animation_pixels=96 * 64 * 5))
    assert result.picture
    assert result.picture.frames == 20
    assert [p.code for p in result.problems] == ["frame-limit"]
    assert "30 frames, limit 20" in result.problems[0].reason
    assert sum(r.role == "frame" for r in result.renditions) == 5


def test_signatures_are_tried_in_a_list_that_can_be_printed() -> None:
    assert [decoder.name for decoder in DECODERS] == [
        "jpeg", "png", "gif", "webp", "raw", "tiff", "heif", "avif", "bmp", "jp2", "jxl", "psd", "ico", "pnm", "more", "tga",
    ]  # fmt: skip
    assert [decoder.name for decoder in PLAUSIBLE] == ["pcx", "tga", "known"]


def test_alpha_is_laid_on_white_and_what_is_all_transparent_is_still_shown() -> None:
    image = drawing().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    view, seen = decoded(saved(image, "PNG"))
    assert seen == "RGBA; alpha on white"
    assert view[0].min() > 250
    image.putalpha(0)
    view, seen = decoded(saved(image, "PNG"))
    assert seen == "RGBA; alpha ignored, since all of it is transparent"
    assert np.array_equal(view, np.asarray(drawing()))


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_transparent_colour_counts_as_alpha(mode: str) -> None:
    image = Image.new(mode, (40, 30), 7 if mode == "L" else (7, 7, 7))
    image.paste(3 if mode == "L" else (3, 3, 3), (0, 0, 20, 30))
    view, seen = decoded(saved(image, "PNG", transparency=3 if mode == "L" else (3, 3, 3)))
    assert seen.endswith("alpha on white")
    assert view[:, :20].min() == 255
    assert view[:, 20:].max() == 7


@pytest.mark.parametrize("key", [bytes([255] * 5 + [0] * 3), 4])
def test_a_transparent_palette_entry_counts_as_alpha(key: bytes | int) -> None:
    palette = drawing().quantize(32)
    view, seen = decoded(saved(palette, "PNG", transparency=key))
    assert seen == "palette; alpha on white"
    index = np.asarray(palette)
    assert (view[np.isin(index, [5, 6, 7] if isinstance(key, bytes) else [4])] == 255).all()


def test_values_beyond_eight_bits_are_brought_to_the_whole_range() -> None:
    ramp = np.linspace(0, 4000, 64 * 64, dtype=np.uint16).reshape(64, 64)
    view, seen = decoded(saved(Image.fromarray(ramp), "PNG"))
    assert seen == "16-bit grey; values 0 to 4000 shown as 0 to 255"
    assert (view.min(), view.max()) == (0, 255)
    floats = np.linspace(-1, 1, 64 * 64, dtype=np.float32).reshape(64, 64)
    floats[0, :3] = [np.nan, np.inf, -np.inf]
    view, seen = decoded(saved(Image.fromarray(floats), "TIFF"))
    assert "values -0.99" in seen
    assert view[0, 1, 0] == 255
    whole = np.arange(64 * 64, dtype=np.int32).reshape(64, 64) % 256
    assert "values 0 to 255 shown" in decoded(saved(Image.fromarray(whole), "TIFF"))[1]


def test_cmyk_has_the_colours_that_pillow_gives_it() -> None:
    image = drawing(300, 200).convert("CMYK")
    for quality in (80, 95):
        data = saved(image, "JPEG", quality=quality)
        with Image.open(io.BytesIO(data)) as opened:
            expected = np.asarray(opened.convert("RGB"))
        view, seen = decoded(data)
        assert seen == "CMYK"
        assert np.array_equal(view, expected)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "PNG", "WEBP"])
def test_orientation_is_for_people_and_not_for_the_hash(kind: str, orientation: int) -> None:
    image = drawing(120, 80, 3)
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if kind == "WEBP" else {"quality": 95} if kind == "JPEG" else {}
    result = analysed(saved(image, kind, exif=exif, **options))
    plain = analysed(saved(image, kind, **options))
    assert result.picture
    assert result.hash
    assert plain.hash
    assert (result.picture.orientation, result.picture.width, result.picture.height) == (orientation, 120, 80)
    assert result.hash.pdq == plain.hash.pdq
    turned = ImageOps.exif_transpose(_with(image, orientation))
    grid = next(r for r in result.renditions if r.role == "grid")
    assert (grid.width, grid.height) == turned.size
    shown = np.asarray(Image.open(io.BytesIO(grid.data)).convert("RGB")).astype(int)
    assert np.abs(shown - np.asarray(turned)).mean() < 12
    assert (result.hash.upright_pdq is None) == (orientation == 1)
    if orientation != 1:
        upright_plain = analysed(saved(turned, "PNG")).hash
        assert upright_plain
        assert distance(result.hash.upright_pdq or b"", upright_plain.pdq) <= 10


def _with(image: Image.Image, orientation: int) -> Image.Image:
    copy = image.copy()
    copy.getexif()[0x0112] = orientation
    return copy


@pytest.mark.parametrize("shape", [(700, 900), (600, 400), (100, 200), (513, 512)])
def test_the_upright_sample_is_that_of_the_upright_picture(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (*shape, 3), dtype=np.uint8)
    for orientation in range(1, 9):
        turned = np.asarray(ImageOps.exif_transpose(_with(Image.fromarray(pixels), orientation)))
        assert np.array_equal(upright(pixels, orientation), turned)
        assert np.array_equal(raster(pixels).upright_sample(orientation), sample(turned))


def test_a_very_large_picture_is_normalised_in_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    image = drawing(1100, 900).convert("RGBA")
    image.putalpha(200)
    whole = pil_raster(image)
    monkeypatch.setattr("everyframe.analysis.pixels.WHOLE_PIXELS", 1000)
    monkeypatch.setattr("everyframe.analysis.pixels._BAND_PIXELS", 70_000)
    banded = pil_raster(image)
    assert np.array_equal(banded.hashed, whole.hashed)
    assert np.array_equal(banded.view, whole.view)
    assert banded.seen == whole.seen == "RGBA; alpha on white"
    assert np.array_equal(banded.upright_sample(6), upright(whole.hashed, 6))


@pytest.mark.parametrize(
    ("size", "scale"),
    [((4000, 3000), 4), ((3008, 2000), 2), ((8000, 6000), 8), ((1800, 1100), 2), ((1600, 1004), 1), ((9000, 900), 1)],
)
def test_jpegs_are_shrunk_as_far_as_hash_and_viewer_allow(size: tuple[int, int], scale: int) -> None:
    assert scale_for(*size) == scale


def test_large_jpegs_are_decoded_small() -> None:
    result = analysed(jpeg(2000, 1400))
    assert result.picture
    assert result.hash
    assert result.picture.seen == "1/2 scale"
    assert (result.picture.width, result.picture.height) == (2000, 1400)
    assert result.hash.basis == "1/2"
    assert [(r.width, r.height) for r in result.renditions] == [(256, 179), (1000, 700)]
    plain = analysed(saved(Image.new("RGB", (2000, 1400), "teal"), "JPEG")).hash
    assert plain
    assert (plain.basis, plain.quality) == ("full", 0)


def test_small_pictures_are_not_enlarged() -> None:
    result = analysed(saved(Image.new("RGB", (3, 2), "red"), "PNG"))
    assert [(r.width, r.height) for r in result.renditions] == [(3, 2), (3, 2)]
    assert result.hash
    assert (result.hash.pdq, result.hash.quality) == (bytes(32), 0)
    long = analysed(saved(Image.new("RGB", (3000, 2), "red"), "PNG"))
    assert [(r.width, r.height) for r in long.renditions] == [(256, 1), (1280, 1)]


def test_psd_of_other_kinds() -> None:
    assert analysed(psd(large=True, packed=False)).outcome is MediaOutcome.VIEWABLE
    lab = bytearray(psd(large=True))
    lab[25] = 9
    assert analysed(bytes(lab)).problems[0].reason.endswith("colour mode 9 at 8 bits")
    zipped = bytearray(psd(large=True))
    zipped[26 + 16 : 28 + 16] = b"\0\3"
    assert analysed(bytes(zipped)).problems[0].reason.endswith("compression 3")


@pytest.mark.parametrize(("recorded", "orientation"), [(1, 1), (3, 3), (6, 6), (8, 8)])
def test_raw_without_a_preview_is_developed(recorded: int, orientation: int) -> None:
    result = analysed(dng(recorded))
    assert result.picture
    assert result.picture.seen == "developed at half size"
    assert "LibRaw" in result.picture.decoder
    assert result.picture.orientation == orientation


def test_what_a_broken_raw_file_has_for_a_preview_is_shown() -> None:
    result = analysed(b"II*\0\x10\0\0\0CR\2\0" + bytes(90) + jpeg(800, 600) + bytes(100))
    assert result.outcome is MediaOutcome.VIEWABLE
    assert result.picture
    assert result.picture.seen.startswith("stored preview")
    assert [p.code for p in result.problems] == ["damaged"]


def test_tiff_with_a_broken_strip_is_shown_without_it() -> None:
    import tifffile

    out = io.BytesIO()
    tifffile.imwrite(out, np.asarray(drawing(96, 64)), compression="zlib", rowsperstrip=16, photometric="rgb")
    data = bytearray(out.getvalue())
    with tifffile.TiffFile(io.BytesIO(bytes(data))) as file:
        offset = file.pages[0].dataoffsets[2]
    data[offset : offset + 60] = b"\x55" * 60
    result = analysed(bytes(data))
    assert result.outcome is MediaOutcome.VIEWABLE
    assert result.picture
    assert result.picture.damaged.startswith("1 of 4 strips or tiles")


def test_heic_is_upright_already(corpora: object) -> None:
    from pathlib import Path

    path = Path(str(corpora)) / "exif-samples" / "heic" / "mobile" / "iphone_13_pro_max.HEIC"
    result = analysed(path.read_bytes())
    assert result.outcome is MediaOutcome.VIEWABLE
    assert result.picture
    assert result.picture.orientation == 1
    assert result.picture.decoder.startswith("pi-heif")
    cut = path.read_bytes()
    result = analysed(cut[: len(cut) * 3 // 4])
    assert result.picture is None or "declares" in result.picture.damaged
    assert result.problems


def test_jpeg_orientation_survives_other_segments() -> None:
    data = tagged(jpeg(), "-Orientation#=6", "-Comment=before", "-XMP:Title=x")
    result = analysed(data)
    assert result.picture
    assert result.picture.orientation == 6
