"""Windows icons and cursors: the largest picture inside."""

from typing import Final

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import pillow
from everyframe.analysis.decoders.base import Decoded, Decoder
from everyframe.analysis.limits import Limits

__all__ = ["DECODER"]

_ENTRY: Final = 16
_MOST: Final = 64
_TYPES: Final = {b"\0\0\1\0": "image/vnd.microsoft.icon", b"\0\0\2\0": "image/x-win-cursor"}
_STARTS: Final = (b"\x89PNG", b"\x28\0\0\0")
_PLAN = pillow.Plan(("ICO", "CUR"))


def sniff(blob: Blob) -> str:
    """Know an icon by a directory whose every entry points at a picture inside the file."""
    mime = _TYPES.get(blob.head(4), "")
    count = int.from_bytes(blob.head(6)[4:6], "little")
    if not mime or not 1 <= count <= _MOST:
        return ""
    first = 6 + count * _ENTRY
    return mime if all(_points_at_picture(blob, 6 + i * _ENTRY, first) for i in range(count)) else ""


def _points_at_picture(blob: Blob, at: int, first: int) -> bool:
    entry = blob.read_at(at, _ENTRY)
    length, offset = int.from_bytes(entry[8:12], "little"), int.from_bytes(entry[12:16], "little")
    if len(entry) < _ENTRY or entry[3] or offset < first or not length:
        return False
    return offset > blob.size or blob.read_at(offset, 4) in _STARTS or offset + 4 > blob.size


def decode(blob: Blob, limits: Limits) -> Decoded:
    """Decode with Pillow, which takes the largest."""
    return pillow.decode(blob, limits, _PLAN)


DECODER = Decoder("ico", sniff, decode)
