"""The self-test at start: known answers for digests, hash and decoder; a worker that gives others takes nothing in."""

import io
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import metadata

import numpy as np
import simplejpeg

from everyframe.analysis import Blob, identify
from everyframe.analysis.digests import digest_bytes
from everyframe.analysis.perceptual import pdq
from everyframe.errors import EveryframeError, SelfTestError

__all__ = ["CHECKS", "Check", "Checked", "known_answers", "self_test", "versions"]

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


@dataclass(frozen=True, slots=True)
class Check:
    """Name a check, with what it asks of this machine and the literal answer it must give."""

    name: str
    asks: str
    work: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Checked:
    """Hold how a check went: ``fault`` is empty when the answer was the known one."""

    name: str
    asks: str
    fault: str = ""

    @property
    def passed(self) -> bool:
        """Tell whether the answer was the known one."""
        return not self.fault


def self_test() -> None:
    """Check this machine's digests, perceptual hash and JPEG decoder against literal answers.

    Raises:
        SelfTestError: one differs.
    """
    for check in CHECKS:
        check.work()


def known_answers(checks: Sequence[Check], tell: Callable[[int, int], None] = lambda *_: None) -> list[Checked]:
    """Run every check, also after one that fails, and give how each went.

    Args:
        checks: to run.
        tell: given how many of how many were run.
    """
    found = []
    for done, check in enumerate(checks):
        tell(done, len(checks))
        fault = ""
        try:
            check.work()
        except (EveryframeError, ArithmeticError, ImportError, LookupError, OSError, RuntimeError, ValueError) as error:
            fault = str(error) or type(error).__name__
        found.append(Checked(check.name, check.asks, fault))
    tell(len(checks), len(checks))
    return found


def _digests(data: bytes, expected: tuple[str, str, str]) -> None:
    found = digest_bytes(data)
    if (found.md5.hex(), found.sha1.hex(), found.sha256.hex()) != expected:
        raise SelfTestError(f"the digests of {data!r} come out wrong on this machine")


def _pdq() -> None:
    value, quality = pdq(waves())
    if (value.hex(), quality) != WAVES:
        raise SelfTestError(f"the perceptual hash of the test picture comes out wrong: {value.hex()} {quality}")


def _type(data: bytes, expected: str) -> None:
    found = identify(Blob(io.BytesIO(data), len(data))).mime
    if found != expected:
        raise SelfTestError(f"{expected} is taken for {found} on this machine")


def _jpeg() -> None:
    picture = waves()
    decoded = simplejpeg.decode_jpeg(simplejpeg.encode_jpeg(picture, quality=95))
    if decoded.shape != picture.shape or np.abs(decoded.astype(int) - picture).mean() > 4:  # noqa: PLR2004 - measured 0.6
        raise SelfTestError("a JPEG does not decode to what was encoded")


#: What every run of intake asks of the machine before it takes anything in.
CHECKS: tuple[Check, ...] = (
    Check("digests-empty", "MD5, SHA-1 and SHA-256 of no bytes", partial(_digests, b"", EMPTY)),
    Check("digests-abc", 'MD5, SHA-1 and SHA-256 of "abc" (FIPS 180-4, RFC 1321)', partial(_digests, b"abc", ABC)),
    Check("pdq", "the PDQ hash of a drawn picture", _pdq),
    Check("type-text", "a line of words is text", partial(_type, b"plain words\n", "text/plain")),
    Check("type-png", "eight bytes of a PNG are a PNG", partial(_type, b"\x89PNG\r\n\x1a\n" + bytes(64), "image/png")),
    Check("jpeg", "a JPEG decodes to what was encoded", _jpeg),
)


def waves() -> "np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]":
    """Draw the test picture in integers only, so that no rounding differs: 128 x 128 x 3, uint8."""
    y, x = np.mgrid[0:128, 0:128]
    layers = [(x * x // 37 + y * 5) % 256, (y * y // 29 + x * 3) % 256, (x * y // 41) % 256]
    return np.stack(layers, axis=-1).astype(np.uint8)


def versions() -> dict[str, str]:
    """Give the versions of what decodes and digests here."""
    found = {name: metadata.version(name) for name in LIBRARIES}
    return {"everyframe": metadata.version("everyframe"), "python": sys.version.split()[0]} | found
