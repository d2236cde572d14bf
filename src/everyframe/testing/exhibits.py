"""A small benign exhibit that is drawn in no time: for tests of intake, where what is shown does not matter."""

import io
import os
import zipfile
from pathlib import Path

import numpy as np
import simplejpeg
from PIL import Image

__all__ = ["draw", "jpeg", "quick_exhibit"]

_STAMP = 1_700_000_000


def draw(seed: int, width: int = 160, height: int = 120) -> "np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]":
    """Draw smooth blobs of colour, different for each seed: height x width x 3, uint8."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    picture = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(picture)


def jpeg(seed: int, width: int = 160, height: int = 120) -> bytes:
    """Draw one JPEG."""
    data: bytes = simplejpeg.encode_jpeg(np.ascontiguousarray(draw(seed, width, height)), quality=90)
    return data


def quick_exhibit(directory: Path, *, pictures: int = 40, seed: int = 0) -> dict[str, str]:
    """Make a folder of pictures, copies, texts, archives, damaged and odd files; gives the expected state of each path.

    Without looks, the states are ``remaining``, ``not-media`` and ``unreadable``. Members of archives and embedded
    pictures are not named, but the archives are.
    """
    files: dict[str, bytes] = {}
    expected: dict[str, str] = {}
    for n in range(pictures):
        name = f"DCIM/{100 + n // 20}/IMG_{n:04}.JPG"
        files[name], expected[name] = jpeg(seed * 100_003 + n), "remaining"
    odd = {
        "copy of the first.jpg": (files["DCIM/100/IMG_0000.JPG"], "remaining"),
        "really a picture.txt": (jpeg(seed * 100_003 + 1), "remaining"),
        "notes.txt": (b"bread, milk, apples\n", "not-media"),
        "empty.jpg": (b"", "not-media"),
        "cut.jpg": (files["DCIM/100/IMG_0001.JPG"][:900], "remaining"),
        "only a header.jpg": (files["DCIM/100/IMG_0002.JPG"][:20], "unreadable"),
        "pictures.zip": (_zip({f"in/{n}.png": _png(seed * 100_003 + 500 + n) for n in range(5)}), "not-media"),
        "nested.zip": (_zip({"inner.zip": _zip({"deep.png": _png(seed * 100_003 + 600)})}), "not-media"),
        "broken.zip": (_zip({"a.png": _png(seed * 100_003 + 700)})[:-40], "unreadable"),
    }
    for name, (data, state) in odd.items():
        files[name], expected[name] = data, state
    for number, (name, data) in enumerate(files.items()):
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (_STAMP + number, _STAMP + number))
    return expected


def _png(seed: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(draw(seed, 80, 60)).save(buffer, "PNG")
    return buffer.getvalue()


def _zip(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 31, 10, 15, 0)), data)
    return buffer.getvalue()
