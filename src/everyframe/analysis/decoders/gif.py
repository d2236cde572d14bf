"""GIF, still and animated; its blocks are walked, since a file that stops short between them decodes without complaint."""

from typing import Final

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import pillow
from everyframe.analysis.decoders.base import Decoded, Decoder
from everyframe.analysis.limits import Limits

__all__ = ["DECODER", "block_damage"]

_TRAILER: Final = 0x3B
_EXTENSION: Final = 0x21
_PICTURE: Final = 0x2C
_HAS_TABLE: Final = 0x80


def sniff(blob: Blob) -> str:
    """Know a GIF by its version."""
    return "image/gif" if blob.head(6) in {b"GIF87a", b"GIF89a"} else ""


def _table(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & _HAS_TABLE else 0


def block_damage(blob: Blob) -> str:
    """Tell where the blocks stop making sense or stop short; empty when the trailer is reached."""
    data = blob.data()
    at = 13 + (_table(data[10]) if len(data) > 10 else 0)  # noqa: PLR2004 - the flags of the screen
    while at < len(data):
        kind = data[at]
        if kind == _TRAILER:
            return ""
        if kind == _EXTENSION:
            at = _after_blocks(data, at + 2)
        elif kind == _PICTURE and at + 9 < len(data):
            at = _after_blocks(data, at + 11 + _table(data[at + 9]))
        else:
            return f"no block at byte {at}"
    return "cut short: no trailer"


def _after_blocks(data: bytes, at: int) -> int:
    """Step over a run of sub-blocks and its empty last one."""
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1


_PLAN = pillow.Plan(("GIF",), damage=block_damage)


def decode(blob: Blob, limits: Limits) -> Decoded:
    """Decode with Pillow, after a walk over the blocks."""
    return pillow.decode(blob, limits, _PLAN)


DECODER = Decoder("gif", sniff, decode)
