import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.analysis.samples import ALL, FILMS, analysed, film

from everyframe.analysis import Blob, Limits, Tools, analyse, identify
from everyframe.analysis.film.sheet import contact_sheet
from everyframe.analysis.renditions import fit
from everyframe.model.states import MediaKind, MediaOutcome

VIDEO = frozenset({"video"})


@pytest.mark.parametrize("name", FILMS)
def test_every_container_is_shown(name: str) -> None:
    result = analysed(FILMS[name][1](), stages=VIDEO)
    assert result.outcome is MediaOutcome.VIEWABLE
    assert result.problems == ()
    assert result.video
    assert (result.video.width, result.video.height) == (96, 64)
    frames = [r for r in result.renditions if r.role == "frame"]
    assert (2 if name == "ts" else 3) <= len(frames) <= 9
    assert result.video.frames_shown == len(frames)
    assert [r.role for r in result.renditions[:2]] == ["grid", "viewer"]
    assert max(result.renditions[0].width, result.renditions[0].height) <= 256


def test_container_facts() -> None:
    result = analysed(film("mp4", sound=True), stages=VIDEO)
    assert result.video
    assert result.video.duration_ms == pytest.approx(3000, abs=100)
    assert (result.video.frame_rate, result.video.codec, result.video.audio_codec) == (12.0, "mpeg4", "aac")
    assert result.video.decoder.startswith("PyAV ")


def test_nine_moments_are_spread_even_over_a_film_with_one_key_frame() -> None:
    result = analysed(film("mp4", seconds=6, gop=300), stages=VIDEO)
    frames = [r.data for r in result.renditions if r.role == "frame"]
    assert len(frames) == 9
    assert len(set(frames)) == 9


def test_the_same_film_gives_the_same_previews() -> None:
    data = FILMS["mkv"][1]()
    assert analysed(data, stages=VIDEO) == analysed(data, stages=VIDEO)


def test_sound_alone_is_no_film() -> None:
    result = analysed(film("mp4", sound=True, pictures=False), stages=VIDEO)
    assert (result.kind, result.mime, result.outcome) == (MediaKind.OTHER, "audio/mp4", MediaOutcome.NOT_MEDIA)


def test_a_film_without_its_index_is_unreadable() -> None:
    data = FILMS["mp4"][1]()
    result = analysed(data[: data.index(b"moov") - 4], stages=VIDEO)
    assert result.outcome is MediaOutcome.UNREADABLE
    assert [p.code for p in result.problems] == ["video-unreadable"]


def test_a_film_cut_behind_its_index_is_shown_as_far_as_it_goes() -> None:
    data = FILMS["mp4"][1]()
    start, moov = data.index(b"mdat") - 4, data.index(b"moov") - 4
    result = analysed(_moved(data, start, moov)[: -(moov - start) // 2], stages=VIDEO)
    assert result.outcome is MediaOutcome.VIEWABLE
    assert [p.code for p in result.problems] == ["damaged"]
    assert "declares" in result.problems[0].reason


def _moved(data: bytes, mdat: int, moov: int) -> bytes:
    """Put the index before the pictures, as recorders that stream do."""
    index = bytearray(data[moov:])
    at = index.index(b"stco")
    count = int.from_bytes(index[at + 8 : at + 12], "big")
    for entry in range(at + 12, at + 12 + 4 * count, 4):
        index[entry : entry + 4] = (int.from_bytes(index[entry : entry + 4], "big") + len(index)).to_bytes(4, "big")
    return data[:mdat] + bytes(index) + data[mdat:moov]


def test_beats_tell_of_progress_and_streams_need_no_name() -> None:
    data = FILMS["avi"][1]()
    beats = []
    with Blob(io.BytesIO(data), len(data), beat=lambda: beats.append(1)) as blob:
        result = analyse(blob, identify(blob), stages=VIDEO, limits=Limits(), tools=Tools())
    assert result.outcome is MediaOutcome.VIEWABLE
    assert len(beats) >= 9


def test_metadata_of_a_film(tools: Tools) -> None:
    result = analysed(FILMS["mov"][1](), tools, ALL)
    assert result.metadata
    assert result.stages == ("metadata", "video")


def test_the_sheet_holds_all_frames() -> None:
    frames = tuple(np.full((64, 96, 3), shade, np.uint8) for shade in range(30, 210, 20))
    sheet = contact_sheet(frames, 256)
    assert max(sheet.shape[:2]) <= 256
    assert {30, 50, 70, 90, 110, 130, 150, 170, 190} <= set(np.unique(sheet))
    assert np.array_equal(contact_sheet(frames[:1], 48), fit(frames[0], 48))
    assert contact_sheet(frames[:2], 90).shape == (30, 90, 3)
    tall = contact_sheet(tuple(np.zeros((900, 20, 3), np.uint8) for _ in range(9)), 256)
    assert max(tall.shape[:2]) <= 256
    assert Image.fromarray(sheet).mode == "RGB"


def test_sample_films(corpora: Path) -> None:
    for path in sorted((corpora / "pdq" / "videos").glob("*.mp4")):
        result = analysed(path.read_bytes(), stages=VIDEO)
        assert result.outcome is MediaOutcome.VIEWABLE
        assert result.problems == ()
        assert sum(r.role == "frame" for r in result.renditions) == 9
