"""Five hundred hostile files of all formats: the parent lives, and each one is accounted for."""

import io
import random
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.intake.taking_in import account, codes, states, take_in

from everyframe.demo import make_exhibit
from everyframe.model.states import State
from everyframe.store.case import Case
from everyframe.store.verify import verify
from everyframe.testing.exhibits import draw


def samples() -> dict[str, bytes]:
    """Encode one picture in every format that can be written here, with some archives around it."""
    picture = Image.fromarray(draw(1, 96, 72))
    second = Image.fromarray(draw(2, 96, 72))
    found: dict[str, bytes] = {}
    plain = {
        "jpg": "JPEG", "png": "PNG", "gif": "GIF", "webp": "WEBP", "tif": "TIFF", "bmp": "BMP", "avif": "AVIF",
        "jp2": "JPEG2000", "ico": "ICO", "tga": "TGA", "pcx": "PCX", "ppm": "PPM",
    }  # fmt: skip
    for suffix, name in plain.items():
        buffer = io.BytesIO()
        picture.save(buffer, name)
        found[suffix] = buffer.getvalue()
    for suffix, name in (("anim.gif", "GIF"), ("anim.png", "PNG"), ("anim.webp", "WEBP"), ("pages.tif", "TIFF")):
        buffer = io.BytesIO()
        picture.save(buffer, name, save_all=True, append_images=[second, picture])
        found[suffix] = buffer.getvalue()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.png", found["png"])
        archive.writestr("b.jpg", found["jpg"])
    found["zip"] = buffer.getvalue()
    return found


def truncated(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(1, len(data))]


def flipped(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(rng.randrange(1, 24)):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def lying(data: bytes, rng: random.Random) -> bytes:
    """Put huge or negative numbers where lengths and sizes stand: near the start."""
    out = bytearray(data)
    for _ in range(rng.randrange(1, 5)):
        at = rng.randrange(4, min(len(out) - 4, 200))
        out[at : at + 4] = rng.choice(
            [b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x00\x00\x00\x00", b"\x00\x00\x00\x80"]
        )
    return bytes(out)


def zeroed(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    length = min(len(data) - at, rng.randrange(1, 4096))
    return data[:at] + bytes(length) + data[at + length :]


def repeated(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + data[at : at + 200] * rng.randrange(2, 60) + data[at:]


def bombs() -> dict[str, bytes]:
    """Make small files that unfold to very much."""
    row = zlib.compress(bytes(30_000 * 3 + 1) * 100, 9)
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    wide = struct.pack(">IIBBBBB", 2**31 - 1, 2**31 - 1, 8, 6, 0, 0, 0)

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    png = b"\x89PNG\r\n\x1a\n"
    end = chunk(b"IEND", b"")
    huge_text = chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(200 << 20), 9))
    blob = io.BytesIO()
    with zipfile.ZipFile(blob, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.bmp", bytes(300 << 20))
    ten = io.BytesIO()
    with zipfile.ZipFile(ten, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(10):
            archive.writestr(f"{n}.zip", blob.getvalue())
    tall = io.BytesIO()
    Image.fromarray(np.zeros((1, 60_000), np.uint8)).save(tall, "PNG")
    return {
        "pixels.png": png + chunk(b"IHDR", header) + chunk(b"IDAT", row) + end,
        "wide.png": png + chunk(b"IHDR", wide) + chunk(b"IDAT", row) + end,
        "text.png": png + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)) + huge_text + end,
        "flat.zip": blob.getvalue(),
        "nested.zip": ten.getvalue(),
        "thin.png": tall.getvalue(),
        "huge.gif": b"GIF89a"
        + struct.pack("<HHBBB", 65535, 65535, 0x80, 0, 0)
        + bytes(6)
        + b",\0\0\0\0\xff\xff\xff\xff\0\x02\x02L\x01\0;",
        "huge.ppm": b"P6 100000 100000 255\n" + bytes(1000),
        "huge.bmp": b"BM"
        + struct.pack("<IHHIIiiHHIIiiII", 1 << 30, 0, 0, 54, 40, 100_000, 100_000, 1, 24, 0, 0, 0, 0, 0, 0),
        "huge.tga": bytes([0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0]) + struct.pack("<HHBB", 65535, 65535, 24, 0),
        "huge.pcx": b"\x0a\x05\x01\x08\0\0\0\0\xff\xff\xff\xff" + bytes(116),
    }


def plant(folder: Path, count: int, seed: int) -> list[str]:
    folder.mkdir()
    rng = random.Random(seed)
    made = dict(bombs())
    sources = list(samples().items())
    changes = (truncated, flipped, lying, zeroed, repeated)
    while len(made) < count:
        suffix, data = sources[len(made) % len(sources)]
        change = changes[(len(made) // len(sources)) % len(changes)]
        made[f"{len(made):04}-{change.__name__}.{suffix}"] = change(data, rng)
    for name, data in made.items():
        (folder / name).write_bytes(data)
    return list(made)


def check(case: Case, names: list[str]) -> None:
    found = states(case)
    assert set(names) <= set(found)
    assert set(found.values()) <= {"remaining", "unreadable", "not-media"}
    whole = account(case)
    assert whole.balanced
    assert whole.states[State.PENDING].files == 0
    warned = codes(case)
    unreadable = [n for n, state in found.items() if state == "unreadable"]
    assert [n for n in unreadable if n not in warned] == []
    assert verify(case).problems == []


def test_five_hundred_hostile_files(case: Case, tmp_path: Path) -> None:
    names = plant(tmp_path / "hostile", 500, seed=1)
    result = take_in(case, tmp_path / "hostile")
    assert result.done
    check(case, names)
    found = states(case)
    for name in ("pixels.png", "wide.png", "huge.bmp", "huge.ppm", "flat.zip"):
        assert found[name] == "unreadable", name
    assert result.peak_worker <= 2 << 30


@pytest.mark.soak
def test_five_thousand_hostile_files(case: Case, tmp_path: Path) -> None:
    names = plant(tmp_path / "hostile", 5000, seed=2)
    assert take_in(case, tmp_path / "hostile").done
    check(case, names)


def test_the_demo_exhibit_comes_out_as_its_manifest_says(case: Case, tmp_path: Path) -> None:
    manifest = make_exhibit(tmp_path / "demo", files=120, seed=3, workers=2)
    take_in(case, tmp_path / "demo" / "exhibit")
    found = states(case)
    damaged = {path for path, have in codes(case).items() if "damaged" in have}
    meaning = {"media": "remaining", "media-damaged": "remaining", "not-media": "not-media", "unreadable": "unreadable"}
    from everyframe.model.entry import display_path

    wrong = []
    for row in manifest.rows:
        path = display_path(b"/".join([row.path, *(m.encode() for m in row.members)]))
        if not row.certain:
            continue
        right = found.get(path) == meaning[row.expected] and (path in damaged) == (row.expected == "media-damaged")
        if not right:
            wrong.append((path, row.kind, row.expected, found.get(path)))
    assert wrong == []
