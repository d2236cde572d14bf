"""WebP, still and animated; one that is cut short is mended so that what there is of it decodes."""

from typing import Final

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import pillow
from everyframe.analysis.decoders.base import Decoded, Decoder
from everyframe.analysis.limits import Limits

__all__ = ["DECODER"]

_ANIMATED: Final = 2
_CHUNKS: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X"})


def sniff(blob: Blob) -> str:
    """Know a WebP by its RIFF type and first chunk."""
    head = blob.head(16)
    return "image/webp" if head[:4] == b"RIFF" and head[8:12] == b"WEBP" and head[12:16] in _CHUNKS else ""


def declared_length(blob: Blob) -> int:
    """Give the length in the RIFF header."""
    return 8 + int.from_bytes(blob.head(8)[4:8], "little")


def damage(blob: Blob) -> str:
    """Tell of bytes that are missing from what the header declares."""
    length = declared_length(blob)
    return f"declares {length} bytes, has {blob.size}" if length > blob.size else ""


def mend(blob: Blob) -> bytes:
    """Keep the whole frames of an animation; fill a still up to the length it declares."""
    data = blob.data()
    if data[12:16] != b"VP8X" or not data[20] & _ANIMATED:
        return pillow.fill(blob, declared_length(blob))
    kept = bytearray(data[:12])
    at = 12
    while at + 8 <= len(data):
        end = at + 8 + int.from_bytes(data[at + 4 : at + 8], "little")
        end += end % 2
        if end > len(data):
            break
        kept += data[at:end]
        at = end
    kept[4:8] = (len(kept) - 8).to_bytes(4, "little")
    return bytes(kept)


_PLAN = pillow.Plan(("WEBP",), damage=damage, mend=mend)


def decode(blob: Blob, limits: Limits) -> Decoded:
    """Decode with Pillow."""
    return pillow.decode(blob, limits, _PLAN)


DECODER = Decoder("webp", sniff, decode)
