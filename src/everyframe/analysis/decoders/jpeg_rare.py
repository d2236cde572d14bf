"""The JPEGs that libjpeg-turbo's fast path refuses: arithmetic coding, 12 bits, lossless, JPEG-LS."""

from importlib.metadata import version
from typing import Final

import numpy as np

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import pillow
from everyframe.analysis.decoders.base import Decoded
from everyframe.analysis.failures import DECODING, PixelLimitError, RefusedError, words
from everyframe.analysis.limits import Limits
from everyframe.analysis.orientation import jpeg_orientation
from everyframe.analysis.pixels import eight_bits, raster
from everyframe.model.features import Picture

__all__ = ["decode_rare", "frame_header"]

_NO_FRAME: Final = frozenset({0xC4, 0xC8, 0xCC})


def decode_rare(blob: Blob, limits: Limits, reason: str) -> Decoded:
    """Decode with Pillow, else with imagecodecs.

    Raises:
        RefusedError: with the first decoder's reason, when none of them shows anything.
    """
    try:
        return pillow.decode(blob, limits, pillow.Plan(("JPEG", "MPO"), damage=_missing_end))
    except PixelLimitError:
        raise
    except DECODING as error:
        refused = words(error)
    try:
        return _by_imagecodecs(blob, limits)
    except PixelLimitError:
        raise
    except DECODING as error:
        raise RefusedError(refused or reason) from error


def _missing_end(blob: Blob) -> str:
    return "" if b"\xff\xd9" in blob.data()[-65536:] else "cut short: no end marker"


def frame_header(data: bytes) -> tuple[int, int, int, int]:
    """Find the frame header: its marker, bits a sample, width and height.

    Raises:
        RefusedError: when none comes before the picture data.
    """
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:  # noqa: PLR2004 - a marker
        marker = data[at + 1]
        if (0xC0 <= marker <= 0xCF and marker not in _NO_FRAME) or marker == 0xF7:  # noqa: PLR2004 - SOF0-15, SOF55
            height, width = int.from_bytes(data[at + 5 : at + 7], "big"), int.from_bytes(data[at + 7 : at + 9], "big")
            return marker, data[at + 4], width, height
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    raise RefusedError("no frame header")


def _by_imagecodecs(blob: Blob, limits: Limits) -> Decoded:
    import imagecodecs

    data = blob.data()
    marker, bits, width, height = frame_header(data)
    pillow.within(width, height, limits)
    pixels, seen = eight_bits(np.asarray(imagecodecs.imread(data)), bits)
    name = f"imagecodecs {version('imagecodecs')}"
    kind = "; ".join(part for part in (f"frame type {marker:02x}", seen) if part)
    picture = Picture(width, height, 1, jpeg_orientation(data), name, kind, "")
    return Decoded(picture, raster(pixels, kind))
