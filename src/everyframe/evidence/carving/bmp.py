"""BMP: the sizes that its headers give have to agree; its pixels have no structure."""

import struct

from everyframe.evidence.carving.carved import Extent
from everyframe.evidence.carving.space import View

__all__ = ["bmp"]

KIND = "bmp"
HEADERS = {12, 40, 52, 56, 64, 108, 124}
DEPTHS = {1, 4, 8, 16, 24, 32}
MOST = 1 << 30
PLAIN = {0, 3, 6}
#: Bytes by which a file may be longer than its rows.
SLACK = 4096


def bmp(view: View, start: int) -> Extent | None:
    """Find how far a picture reaches that begins at a position."""
    head = view.read(start, 38)
    if len(head) < 38:
        return None
    size, pixels, header = struct.unpack("<L4xLL", head[2:18])
    if header == 12:
        wide, high, planes, depth, packing, stored = *struct.unpack("<HHHH", head[18:26]), 0, 0
    else:
        wide, high, planes, depth, packing, stored = struct.unpack("<llHHLL", head[18:38])
    if header not in HEADERS or planes != 1 or depth not in DEPTHS or wide <= 0 or not high or pixels < 14 + header:
        return None
    rows = (wide * depth + 31) // 32 * 4 * abs(high)
    least = pixels + (rows if packing in PLAIN else stored)
    if packing > 6 or not least <= MOST or not rows or not least:
        return None
    if not least <= size <= least + SLACK:
        return None
    sure = start + pixels
    if start + size > view.size:
        return Extent(KIND, view.size, whole=False, why="the bytes end here", sure=sure) if sure < view.size else None
    return Extent(KIND, start + size, whole=True, sure=sure, soft=True)
