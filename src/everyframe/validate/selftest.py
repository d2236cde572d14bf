"""The self-test at start: known answers for digests, hash and decoder; a worker that gives others takes nothing in."""

import io
import sys
from importlib import metadata

import numpy as np
import simplejpeg

from everyframe.analysis import Blob, identify
from everyframe.analysis.digests import digest_bytes
from everyframe.analysis.perceptual import pdq
from everyframe.errors import SelfTestError

__all__ = ["self_test", "versions"]

EMPTY = (
    "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
)
ABC = (
    "900150983cd24fb0d6963f7d28e17f72",
    "a9993e364706816aba3e25717850c26c9cd0d89d",
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
)
WAVES = ("a39fe7684cd390ad55c2769d6532696c4dc3c917dbb9db22d36c936c92489248", 100)
LIBRARIES = ("av", "numba", "numpy", "pi-heif", "pillow", "rawpy", "simplejpeg", "tifffile")


def self_test() -> None:
    """Check this machine's digests, perceptual hash and JPEG decoder against literal answers.

    Raises:
        SelfTestError: one differs.
    """
    for data, expected in ((b"", EMPTY), (b"abc", ABC)):
        found = digest_bytes(data)
        if (found.md5.hex(), found.sha1.hex(), found.sha256.hex()) != expected:
            raise SelfTestError(f"the digests of {data!r} come out wrong on this machine")
    picture = waves()
    value, quality = pdq(picture)
    if (value.hex(), quality) != WAVES:
        raise SelfTestError(f"the perceptual hash of the test picture comes out wrong: {value.hex()} {quality}")
    _types()
    decoded = simplejpeg.decode_jpeg(simplejpeg.encode_jpeg(picture, quality=95))
    if decoded.shape != picture.shape or np.abs(decoded.astype(int) - picture).mean() > 4:  # noqa: PLR2004 - measured 0.6
        raise SelfTestError("a JPEG does not decode to what was encoded")


def _types() -> None:
    for data, expected in ((b"plain words\n", "text/plain"), (b"\x89PNG\r\n\x1a\n" + bytes(64), "image/png")):
        found = identify(Blob(io.BytesIO(data), len(data))).mime
        if found != expected:
            raise SelfTestError(f"{expected} is taken for {found} on this machine")


def waves() -> "np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]":
    """Draw the test picture in integers only, so that no rounding differs: 128 x 128 x 3, uint8."""
    y, x = np.mgrid[0:128, 0:128]
    layers = [(x * x // 37 + y * 5) % 256, (y * y // 29 + x * 3) % 256, (x * y // 41) % 256]
    return np.stack(layers, axis=-1).astype(np.uint8)


def versions() -> dict[str, str]:
    """Give the versions of what decodes and digests here."""
    found = {name: metadata.version(name) for name in LIBRARIES}
    return {"everyframe": metadata.version("everyframe"), "python": sys.version.split()[0]} | found
