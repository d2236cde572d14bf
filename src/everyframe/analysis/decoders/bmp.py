"""Windows bitmaps."""

from typing import Final

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import pillow
from everyframe.analysis.decoders.base import Decoded, Decoder
from everyframe.analysis.limits import Limits

__all__ = ["DECODER"]

_HEADER_SIZES: Final = frozenset({12, 16, 40, 52, 56, 64, 108, 124})
_PLAN = pillow.Plan(("BMP",))


def sniff(blob: Blob) -> str:
    """Know a bitmap by its two letters, a header of a known size and pixels that start behind it."""
    head = blob.head(26)
    if head[:2] != b"BM" or len(head) < 26:  # noqa: PLR2004 - the shortest header
        return ""
    size, start = int.from_bytes(head[14:18], "little"), int.from_bytes(head[10:14], "little")
    return "image/bmp" if size in _HEADER_SIZES and start >= 14 + size else ""


def decode(blob: Blob, limits: Limits) -> Decoded:
    """Decode with Pillow."""
    return pillow.decode(blob, limits, _PLAN)


DECODER = Decoder("bmp", sniff, decode)
