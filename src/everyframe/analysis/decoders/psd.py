"""Photoshop documents: the composite that the program stores for others to show."""

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import pillow
from everyframe.analysis.decoders.base import Decoded, Decoder
from everyframe.analysis.decoders.psb import decode_composite
from everyframe.analysis.failures import DECODING, PixelLimitError
from everyframe.analysis.limits import Limits

__all__ = ["DECODER"]

_PLAN = pillow.Plan(("PSD",))


def sniff(blob: Blob) -> str:
    """Know both versions, the second being the large document."""
    head = blob.head(12)
    known = head[:4] == b"8BPS" and head[4:6] in {b"\0\1", b"\0\2"} and not any(head[6:12])
    return "image/vnd.adobe.photoshop" if known else ""


def decode(blob: Blob, limits: Limits) -> Decoded:
    """Decode the composite with Pillow, or by its own rules what that refuses (large documents, 16 bits)."""
    try:
        return pillow.decode(blob, limits, _PLAN)
    except PixelLimitError:
        raise
    except DECODING:
        return decode_composite(blob, limits)


DECODER = Decoder("psd", sniff, decode)
