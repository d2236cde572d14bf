"""JPEG XL through imagecodecs, its size read from the head of the stream before anything is decoded."""

from importlib.metadata import version
from typing import Final

import numpy as np

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import boxes, pillow
from everyframe.analysis.decoders.base import Decoded, Decoder
from everyframe.analysis.failures import RefusedError
from everyframe.analysis.limits import Limits
from everyframe.analysis.pixels import eight_bits, raster
from everyframe.model.features import Picture

__all__ = ["DECODER", "stream_size"]

_BOX: Final = b"\x00\x00\x00\x0cJXL \r\n\x87\n"
_STREAM: Final = b"\xff\x0a"
_WIDTHS: Final = (9, 13, 18, 30)
_RATIOS: Final = ((0, 1), (1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_LEAST_HEAD: Final = 12


class _Bits:
    """Read numbers from bytes, the lowest bit first."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "little")

    def take(self, count: int) -> int:
        taken = self._value & ((1 << count) - 1)
        self._value >>= count
        return taken


def stream_size(stream: bytes) -> tuple[int, int]:
    """Read width and height behind the two signature bytes of a stream."""
    bits = _Bits(stream[2:18])
    small = bits.take(1)
    height = _side(bits, small)
    wide, high = _RATIOS[bits.take(3)]
    return (height * wide // high if wide else _side(bits, small)), height


def _side(bits: _Bits, small: int) -> int:
    return (bits.take(5) + 1) * 8 if small else bits.take(_WIDTHS[bits.take(2)]) + 1


def sniff(blob: Blob) -> str:
    """Know the signature box; a bare stream is known by libmagic's longer look."""
    return "image/jxl" if blob.head(12) == _BOX else ""


def decode(blob: Blob, limits: Limits) -> Decoded:
    """Decode the first frame."""
    import imagecodecs

    data = blob.data()
    width, height = stream_size(_stream(blob, data))
    pillow.within(width, height, limits)
    array = np.asarray(imagecodecs.jpegxl_decode(data))
    frames = array.shape[0] if array.ndim == 4 else 1  # noqa: PLR2004 - frames, rows, columns, channels
    pixels, seen = eight_bits(array[0] if frames > 1 or array.ndim == 4 else array)  # noqa: PLR2004 - as the format has it
    picture = Picture(pixels.shape[1], pixels.shape[0], frames, 1, f"imagecodecs {version('imagecodecs')}", seen, "")
    return Decoded(picture, raster(pixels, seen))


def _stream(blob: Blob, data: bytes) -> bytes:
    """Find the head of the stream, in its boxes or bare."""
    if data.startswith(_STREAM):
        return data[:32]
    for box in boxes.walk(blob):
        start = box.start + (8 if box.kind == b"jxlc" else 12)
        if box.kind in {b"jxlc", b"jxlp"} and data[start : start + 2] == _STREAM:
            return data[start : start + 32]
    raise RefusedError("no stream inside")


DECODER = Decoder("jxl", sniff, decode)
