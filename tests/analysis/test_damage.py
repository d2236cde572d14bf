import zlib

import pytest
from PIL import Image
from tests.analysis.samples import FILMS, PICTURES, analysed, drawing, jpeg, saved

from everyframe.model.states import MediaOutcome

#: Formats whose structure does not show that the end is missing, or that cannot be told without it.
SILENT = {"mpeg", "ts"}
FORGOTTEN = {"tga", "tga packed", "tga old", "tga old packed"}
EVERYTHING = {**PICTURES, **FILMS}


@pytest.mark.parametrize("name", sorted(set(EVERYTHING) - SILENT - FORGOTTEN))
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_what_is_cut_short_is_never_taken_for_whole(name: str, share: float) -> None:
    data = EVERYTHING[name][1]()
    result = analysed(data[: int(len(data) * share)], stages=frozenset({"preview", "pdq", "video"}))
    assert result.outcome in {MediaOutcome.VIEWABLE, MediaOutcome.UNREADABLE}
    assert result.problems
    if result.outcome is MediaOutcome.VIEWABLE:
        assert "damaged" in [p.code for p in result.problems]


@pytest.mark.parametrize(
    "name",
    [
        "jpeg",
        "jpeg cmyk",
        "png",
        "apng",
        "gif",
        "webp",
        "webp moving",
        "tiff",
        "bmp",
        "jp2",
        "psd",
        "psb",
        "pcx",
        "ppm",
        "pam",
    ],
)
def test_what_is_cut_short_is_shown_as_far_as_it_goes(name: str) -> None:
    data = PICTURES[name][1]()
    result = analysed(data[: int(len(data) * 0.8)])
    assert result.outcome is MediaOutcome.VIEWABLE
    assert result.picture
    assert result.picture.damaged


def test_zeros_in_the_middle_of_a_jpeg() -> None:
    data = jpeg(2000, 1400)
    middle = len(data) // 2
    for broken in (data[:middle] + bytes(4096) + data[middle + 4096 :], data[:-2], data[:middle]):
        result = analysed(broken)
        assert result.outcome is MediaOutcome.VIEWABLE
        assert result.picture
        assert result.picture.damaged
        assert [p.code for p in result.problems] == ["damaged"]
    assert analysed(data + b"trailing bytes").problems == ()


def test_a_wrong_checksum_in_a_png() -> None:
    data = saved(drawing(), "PNG")
    at = data.index(b"IDAT")
    length = int.from_bytes(data[at - 4 : at], "big")
    broken = data[: at + 4 + length] + bytes(4) + data[at + 8 + length :]
    result = analysed(broken)
    assert result.picture
    assert result.picture.damaged == f"chunk IDAT at byte {at - 4} has a wrong checksum"
    text = b"tEXtAuthor\0nobody"
    extra = len(text[4:]).to_bytes(4, "big") + text + zlib.crc32(text).to_bytes(4, "big")
    assert analysed(data[:33] + extra + data[33:]).problems == ()
    assert analysed(data[:33] + extra[:-1] + b"\0" + data[33:]).problems[0].reason.startswith("chunk tEXt")


def test_a_gif_that_stops_between_blocks() -> None:
    data = saved(drawing(), "GIF")
    result = analysed(data[:-1])
    assert result.picture
    assert result.picture.damaged == "cut short: no trailer"
    assert analysed(data[:-1] + b"\x99" + data[-1:]).problems[0].reason.startswith("no block at byte")


def test_a_tiff_whose_later_pages_are_missing() -> None:
    data = PICTURES["tiff pages"][1]()
    result = analysed(data[: len(data) * 6 // 10])
    assert result.outcome is MediaOutcome.VIEWABLE
    assert "page" in result.problems[0].reason


def test_nothing_but_a_header_is_unreadable() -> None:
    data = saved(Image.new("RGB", (100, 100), "red"), "PNG")
    result = analysed(data[:40])
    assert result.outcome is MediaOutcome.UNREADABLE
    assert result.renditions == ()
    assert [p.code for p in result.problems] == ["decode-failed"]


def test_a_transport_stream_cut_inside_a_packet() -> None:
    result = analysed(FILMS["ts"][1]()[:-100], stages=frozenset({"video"}))
    assert result.outcome is MediaOutcome.VIEWABLE
    assert result.problems[0].reason == "cut short inside a packet"
