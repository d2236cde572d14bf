"""Rarer formats that Pillow reads by a strong signature: DDS, icns, QOI, Sun raster."""

from typing import Final

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import pillow
from everyframe.analysis.decoders.base import Decoded, Decoder
from everyframe.analysis.limits import Limits

__all__ = ["DECODER"]

#: Bytes, type, Pillow's name.
_SIGNATURES: Final = (
    (b"DDS \x7c\x00\x00\x00", "image/vnd-ms.dds", "DDS"),
    (b"icns", "image/x-icns", "ICNS"),
    (b"qoif", "image/qoi", "QOI"),
    (b"\x59\xa6\x6a\x95", "image/x-sun-raster", "SUN"),
)
_PLAN = pillow.Plan(tuple(name for _, _, name in _SIGNATURES))


def sniff(blob: Blob) -> str:
    """Know each by its first bytes; an icns by its length too."""
    head = blob.head(8)
    mime = next((mime for magic, mime, _ in _SIGNATURES if head.startswith(magic)), "")
    return "" if mime == "image/x-icns" and int.from_bytes(head[4:8], "big") > blob.size * 2 else mime


def decode(blob: Blob, limits: Limits) -> Decoded:
    """Decode with Pillow."""
    return pillow.decode(blob, limits, _PLAN)


DECODER = Decoder("more", sniff, decode)
