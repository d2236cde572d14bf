"""The head of a JPEG: its segments, where its picture data start, and the EXIF orientation (of a TIFF structure too)."""

import struct
from collections.abc import Iterator
from typing import Final

__all__ = ["jpeg_orientation", "scan_start", "segments", "tiff_orientation"]

_TAG: Final = 0x0112
_SHORT: Final = 3
_ENTRIES: Final = 512
_SEGMENTS: Final = 256
_SCAN: Final = 0xDA
_ENDS: Final = frozenset({_SCAN, 0xD9})
_HIGHEST: Final = 8


def segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Give marker and body of the segments of a JPEG before its picture data."""
    for at, marker, length in _markers(data):
        if marker not in _ENDS:
            yield marker, data[at + 4 : at + 2 + length]


def scan_start(data: bytes) -> int | None:
    """Give where the picture data of a JPEG start, or None when no unbroken row of segments leads there."""
    return next((at for at, marker, _ in _markers(data) if marker == _SCAN), None)


def _markers(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Give place, marker and length of each segment up to and with the first that starts the picture data or ends it."""
    at, marker = 2, 0
    for _ in range(_SEGMENTS):
        if at + 4 > len(data) or data[at] != 0xFF or marker in _ENDS:  # noqa: PLR2004 - a marker
            return
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        yield at, marker, length
        at += 2 + length


def jpeg_orientation(data: bytes) -> int:
    """Give the EXIF orientation of a JPEG, or 1 when none can be read before its picture data."""
    for marker, body in segments(data):
        if marker == 0xE1 and body.startswith(b"Exif\0\0"):  # noqa: PLR2004 - APP1
            return tiff_orientation(body[6:])
    return 1


def tiff_orientation(block: bytes) -> int:
    """Give the orientation in the first directory of a TIFF structure, or 1."""
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None or len(block) < 8:  # noqa: PLR2004 - the header
        return 1
    start = struct.unpack_from(order + "I", block, 4)[0]
    if start + 2 > len(block):
        return 1
    count = struct.unpack_from(order + "H", block, start)[0]
    for entry in range(start + 2, start + 2 + 12 * min(count, _ENTRIES), 12):
        if entry + 12 > len(block):
            break
        tag, kind, _, value = struct.unpack_from(order + "HHIH", block, entry)
        if tag == _TAG:
            return value if kind == _SHORT and 1 <= value <= _HIGHEST else 1
    return 1
