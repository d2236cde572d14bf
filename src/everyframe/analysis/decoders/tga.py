"""Targa: known by its footer, or, since the first version has no signature, by a header in which every field fits."""

from typing import Final

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import pillow
from everyframe.analysis.decoders.base import Decoded, Decoder
from everyframe.analysis.limits import Limits

__all__ = ["DECODER", "sniff_footer"]

_FOOTER: Final = b"TRUEVISION-XFILE.\0"
_HEADER: Final = 18
#: Type of picture, and the depths that go with it.
_DEPTHS: Final = {1: {8}, 9: {8}, 2: {16, 24, 32}, 10: {16, 24, 32}, 3: {8}, 11: {8}}
_PALETTE_DEPTHS: Final = {15, 16, 24, 32}
_COLOUR_MAPPED: Final = {1, 9}
_PACKED: Final = {9, 10, 11}
_PLAN = pillow.Plan(("TGA",))


def sniff_footer(blob: Blob) -> str:
    """Know the second version by its footer."""
    return "image/x-tga" if blob.size > _HEADER and blob.tail(18) == _FOOTER and _fits(blob) else ""


def sniff(blob: Blob) -> str:
    """Know the first version by fields that fit each other and, when not packed, the file's length exactly."""
    head = blob.head(_HEADER)
    if not _fits(blob) or any(head[8:12]):
        return ""
    width, height = int.from_bytes(head[12:14], "little"), int.from_bytes(head[14:16], "little")
    before = _HEADER + head[0] + _palette_bytes(head)
    full = width * height * (head[16] // 8)
    if head[2] in _PACKED:
        return (
            "image/x-tga" if blob.size - before == _packed_length(blob, before, width * height, head[16] // 8) else ""
        )
    return "image/x-tga" if blob.size in {before + full, before + full + 26} else ""


def _fits(blob: Blob) -> bool:
    head = blob.head(_HEADER)
    if len(head) < _HEADER or head[16] not in _DEPTHS.get(head[2], ()) or head[17] & 0xC0:
        return False
    mapped = head[2] in _COLOUR_MAPPED
    if head[1] != int(mapped) or (mapped and head[7] not in _PALETTE_DEPTHS) or (not mapped and any(head[3:8])):
        return False
    return head[12:14] != b"\0\0" and head[14:16] != b"\0\0"


def _palette_bytes(head: bytes) -> int:
    return int.from_bytes(head[5:7], "little") * ((head[7] + 7) // 8) if head[1] else 0


def _packed_length(blob: Blob, start: int, pixels: int, size: int) -> int:
    """Give the length of the run-length packets that make up the picture, or -1 when they end early."""
    data = blob.data()
    at = start
    while pixels > 0:
        if at >= len(data):
            return -1
        count = (data[at] & 0x7F) + 1
        at += 1 + (size if data[at] & 0x80 else size * count)
        pixels -= count
    return at - start if pixels == 0 else -1


def decode(blob: Blob, limits: Limits) -> Decoded:
    """Decode with Pillow."""
    return pillow.decode(blob, limits, _PLAN)


DECODER = Decoder("tga", sniff, decode)
FOOTED = Decoder("tga", sniff_footer, decode)
