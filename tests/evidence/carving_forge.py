"""Files to be carved, bytes to hide them in, and carving from memory."""

import io
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from tests.analysis.samples import FILMS, PICTURES, jpeg

from everyframe.evidence.carving import Carved, carve
from everyframe.testing import exhibits

__all__ = ["FILES", "archive", "carved", "filler", "photo"]

#: Pictures and films of the samples that carving looks for, and what it calls them.
KINDS = {
    "jpeg": "jpeg",
    "jpeg progressive": "jpeg",
    "jpeg grey": "jpeg",
    "jpeg cmyk": "jpeg",
    "jpeg lossless": "jpeg",
    "png": "png",
    "png palette": "png",
    "png 16 bits": "png",
    "apng": "png",
    "gif": "gif",
    "gif moving": "gif",
    "webp": "webp",
    "webp lossless": "webp",
    "webp moving": "webp",
    "tiff": "tiff",
    "tiff lzw": "tiff",
    "tiff group 4": "tiff",
    "bmp": "bmp",
    "avif": "avif",
    "dng": "dng",
    "mp4": "mp4",
    "mov": "mov",
    "3gp": "mp4",
    "mkv": "mkv",
    "avi": "avi",
    "asf": "wmv",
    "flv": "flv",
    "mpeg": "mpeg",
    "ts": "ts",
}


def archive(seed: int = 1) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("a.jpg", jpeg(seed=seed), zipfile.ZIP_STORED)
        target.writestr("notes.txt", b"bread, milk, apples\n" * 50)
    return out.getvalue()


def streamed_archive() -> bytes:
    """Write a zip whose sizes stand behind its members, as when it is written to a pipe."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = b""

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            self.data += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("a.txt", b"a harbour in the morning\n" * 99)
        target.writestr("b.jpg", jpeg(seed=3))
    return pipe.data


def photo(seed: int = 1, side: int = 900) -> bytes:
    """Draw a JPEG of some hundred kilobytes."""
    dice = np.random.default_rng(seed)
    pixels = exhibits.draw(seed, side, side).astype(np.int16) + dice.integers(-8, 9, (side, side, 1))
    import simplejpeg

    return bytes(simplejpeg.encode_jpeg(pixels.clip(0, 255).astype(np.uint8), quality=90))


MAKERS: dict[str, Callable[[], bytes]] = {name: make for name, (_, make) in (PICTURES | FILMS).items() if name in KINDS}
FILES: dict[str, tuple[str, Callable[[], bytes]]] = {name: (KINDS[name], make) for name, make in MAKERS.items()}
FILES |= {"zip": ("zip", archive), "zip streamed": ("zip", streamed_archive)}


def filler(kind: str, size: int, seed: int = 1) -> bytes:
    if kind == "zero":
        return bytes(size)
    if kind == "noise":
        return np.random.default_rng(seed).bytes(size)
    return (b"Mother, the morning train left the harbour. BM II* MM RIFF GIF PK ftyp moov free " * (size // 80 + 1))[
        :size
    ]


def carved(data: bytes, ranges: Iterable[tuple[int, int]] | None = None, **options: Any) -> list[Carved]:
    return list(
        carve(
            lambda offset, size: data[offset : offset + size], [(0, len(data))] if ranges is None else ranges, **options
        )
    )
