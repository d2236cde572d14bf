"""JPEG 2000, in its boxes or as a bare code stream; a cut one through imagecodecs, which shows what there is."""

from importlib.metadata import version
from typing import Final

import numpy as np

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import pillow
from everyframe.analysis.decoders.base import Decoded, Decoder
from everyframe.analysis.failures import DECODING, PixelLimitError, RefusedError, words
from everyframe.analysis.limits import Limits
from everyframe.analysis.pixels import eight_bits, raster
from everyframe.model.features import Picture

__all__ = ["DECODER"]

_BOX: Final = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_STREAM: Final = b"\xff\x4f\xff\x51"
_TILE: Final = b"\xff\x90\x00\x0a"
_END: Final = b"\xff\xd9"
_HEAD: Final = 65536


def sniff(blob: Blob) -> str:
    """Know the signature box, or the first two markers of a bare stream."""
    head = blob.head(24)
    if head.startswith(_STREAM):
        return "image/j2c"
    if not head.startswith(_BOX):
        return ""
    return {b"jpx ": "image/jpx", b"jpm ": "image/jpm"}.get(head[20:24], "image/jp2")


def damage(blob: Blob) -> str:
    """Tell of a code stream without an end."""
    return "" if _END in blob.tail(4096) else "cut short: no end of the code stream"


_PLAN = pillow.Plan(("JPEG2000",), damage=damage)


def decode(blob: Blob, limits: Limits) -> Decoded:
    """Decode with Pillow, or with imagecodecs what it refuses."""
    try:
        return pillow.decode(blob, limits, _PLAN)
    except PixelLimitError:
        raise
    except DECODING as error:
        reason = words(error)
    return _partial(blob, limits, reason)


def _partial(blob: Blob, limits: Limits, reason: str) -> Decoded:
    import imagecodecs

    data = blob.data()
    width, height = _size(data)
    pillow.within(width, height, limits)
    pixels, seen = eight_bits(np.asarray(imagecodecs.jpeg2k_decode(pillow.fill(blob, _stream_end(data)))))
    if pillow.is_flat(pixels):
        raise RefusedError(reason)
    name = f"imagecodecs {version('imagecodecs')}"
    return Decoded(Picture(width, height, 1, 1, name, seen, reason), raster(pixels, seen))


def _stream_end(data: bytes) -> int:
    """Give the end of the last tile-part that starts in the data, by its own account, and of the end marker behind it."""
    at = data.find(_TILE)
    end = at
    while at >= 0 and data[at : at + 4] == _TILE:
        length = int.from_bytes(data[at + 6 : at + 10], "big")
        end = at = at + length
        if length < len(_TILE):
            break
    return end + len(_END)


def _size(data: bytes) -> tuple[int, int]:
    """Read the size from the first segment of the code stream."""
    at = data[:_HEAD].find(_STREAM)
    segment = data[at + 8 : at + 24]
    if at < 0 or len(segment) < 16:  # noqa: PLR2004 - four numbers
        raise RefusedError("no code stream")
    right, bottom, left, top = (int.from_bytes(segment[i : i + 4], "big") for i in (0, 4, 8, 12))
    return right - left, bottom - top


DECODER = Decoder("jp2", sniff, decode)
