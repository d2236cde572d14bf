import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from tests.analysis.samples import PICTURES, analysed, film, jpeg, psd

from everyframe.analysis import Limits
from everyframe.analysis.memory import keep_freed_memory
from everyframe.model.states import MediaOutcome


def png_header(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(bytes(100))
    out = b"\x89PNG\r\n\x1a\n"
    for chunk in (body, data, b"IEND"):
        out += struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return out


def jpeg_header(width: int, height: int) -> bytes:
    data = bytearray(jpeg())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def patched(name: str, at: int, value: bytes) -> bytes:
    data = bytearray(PICTURES[name][1]())
    data[at : at + len(value)] = value
    return bytes(data)


LIARS = {
    "png": png_header(100_000, 100_000),
    "jpeg": jpeg_header(65_000, 65_000),
    "gif": patched("gif", 6, struct.pack("<HH", 65_000, 65_000)),
    "bmp": patched("bmp", 18, struct.pack("<ii", 60_000, 60_000)),
    "tga": patched("tga", 12, struct.pack("<HH", 60_000, 60_000)),
    "psd": patched("psd", 14, struct.pack(">II", 30_000, 30_000)),
    "psb": psd(large=True)[:14] + struct.pack(">II", 200_000, 200_000) + psd(large=True)[22:],
    "ppm": b"P6\n60000 60000\n255\n" + bytes(3000),
    "pam": b"P7\nWIDTH 60000\nHEIGHT 60000\nDEPTH 3\nMAXVAL 255\nENDHDR\n" + bytes(300),
    "qoi": patched("qoi", 4, struct.pack(">II", 60_000, 60_000)),
}


@pytest.mark.parametrize("name", LIARS)
def test_a_header_that_lies_of_its_size_costs_nothing(name: str) -> None:
    tracemalloc.start()
    result = analysed(LIARS[name])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert result.outcome is MediaOutcome.UNREADABLE
    assert result.problems
    assert peak < 100 << 20
    if name in {"png", "jpeg", "gif", "bmp", "psd", "psb", "ppm", "pam"}:
        assert result.problems[0].code == "pixel-limit"
        assert "200000000" in result.problems[0].reason


@pytest.mark.parametrize(
    "name", ["jpeg", "jpeg cmyk", "png", "tiff", "tiff half floats", "webp", "avif", "jp2", "jxl", "ico", "dng", "psb"]
)
def test_the_pixel_limit_holds_for_every_library(name: str) -> None:
    data = PICTURES[name][1]()
    result = analysed(data, limits=Limits(max_pixels=1000))
    assert result.outcome is MediaOutcome.UNREADABLE
    assert [p.code for p in result.problems] == ["pixel-limit"]
    assert "1000" in result.problems[0].reason
    assert analysed(data, limits=Limits(max_pixels=20_000)).outcome is MediaOutcome.VIEWABLE


def test_the_pixel_limit_holds_for_films() -> None:
    result = analysed(film(), stages=frozenset({"video"}), limits=Limits(max_pixels=1000))
    assert result.outcome is MediaOutcome.UNREADABLE
    assert [p.code for p in result.problems] == ["pixel-limit"]


def test_memory_that_runs_out_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def out_of_memory(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("simplejpeg.decode_jpeg", out_of_memory)
    monkeypatch.setattr("PIL.Image.open", out_of_memory)
    monkeypatch.setattr("imagecodecs.imread", out_of_memory)
    result = analysed(jpeg())
    assert result.outcome is MediaOutcome.UNREADABLE
    assert result.problems[0].code == "decode-failed"
    assert result.problems[0].reason == "jpeg: MemoryError"


def test_freed_memory_is_kept() -> None:
    assert keep_freed_memory() in {True, False}
    assert np.zeros(10).sum() == 0
