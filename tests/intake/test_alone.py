"""One piece of work on untrusted bytes, in a process of its own."""

from __future__ import annotations

import io
import threading

import numpy as np
import pytest
from PIL import Image

from everyframe.errors import WorkerError
from everyframe.intake import alone, pool
from everyframe.testing.exhibits import draw, jpeg


@pytest.fixture(autouse=True)
def server() -> None:
    """Have the server that processes are forked from, as ``everyframe serve`` has."""
    pool.prepare()


def distance(a: bytes, b: bytes) -> int:
    return (int.from_bytes(a) ^ int.from_bytes(b)).bit_count()


def test_a_picture_is_hashed_upright() -> None:
    plain = alone.hash_alone(jpeg(4, 400, 300))
    out = io.BytesIO()
    turned = Image.fromarray(np.ascontiguousarray(np.rot90(draw(4, 400, 300), 1)))
    exif = Image.Exif()
    exif[0x0112] = 6
    turned.save(out, "JPEG", quality=92, exif=exif)
    found = alone.hash_alone(out.getvalue())
    assert plain.problem == found.problem == ""
    assert len(plain.pdq) == 32
    assert distance(plain.pdq, found.pdq) <= 20


def test_without_a_server_it_is_started_from_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    forked = alone.hash_alone(jpeg(4, 400, 300))
    monkeypatch.setattr(pool, "_prepared", threading.Event())
    assert alone.hash_alone(jpeg(4, 400, 300)) == forked


@pytest.mark.parametrize("data", [b"nothing", b"%PDF-1.4\n", b"\xff\xd8\xff\xe0" + bytes(50)])
def test_what_shows_no_picture_has_a_reason(data: bytes) -> None:
    found = alone.hash_alone(data)
    assert not found.pdq
    assert found.problem


def test_a_crop_is_the_rectangle_and_not_larger_than_it_need_be() -> None:
    picture = np.zeros((1000, 2000, 3), np.uint8)
    picture[500:, 1000:] = (250, 20, 20)
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=95)
    crop = alone.crop_alone(out.getvalue(), (0.5, 0.5, 0.5, 0.5))
    assert (crop.width, crop.height) == (640, 320)
    seen = np.asarray(Image.open(io.BytesIO(crop.data)).convert("RGB")).reshape(-1, 3).mean(axis=0)
    assert seen[0] > 230
    assert max(seen[1:]) < 60
    small = alone.crop_alone(out.getvalue(), (0.0, 0.0, 0.1, 0.1))
    assert (small.width, small.height) == (200, 100)


def test_a_process_that_dies_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WorkerError, match="ended without an answer"):
        alone.crop_alone(b"no jpeg at all", (0, 0, 1, 1))
