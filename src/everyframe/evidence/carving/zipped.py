"""ZIP (APPNOTE 6.3): member by member, through the central directory, to the record behind it."""

import struct
import zlib

from everyframe.evidence.carving.carved import Extent
from everyframe.evidence.carving.space import View

__all__ = ["zipped"]

LOCAL, CENTRAL, END = b"PK\3\4", b"PK\1\2", b"PK\5\6"
DESCRIPTOR, LARGE_END, LOCATOR = b"PK\7\x08", b"PK\6\6", b"PK\6\7"
VERSIONS = 63
FULL = 0xFFFFFFFF
WINDOW = 1 << 20
MOST_MEMBER = 1 << 28
"""Bytes in which the end of a member is looked for whose size is only said behind it."""


def zipped(view: View, start: int) -> Extent | None:
    """Find how far an archive reaches."""
    position, members = start, 0
    while view.read(position, 4) == LOCAL:
        behind = _member(view, position)
        if not behind:
            break
        position, members = behind, members + 1
    if not members:
        return None
    end = _directory(view, position, start, members)
    if end:
        return Extent("zip", end, whole=True, sure=end)
    why = "the bytes end here" if position >= view.size else "a member that does not hold"
    return Extent("zip", position, whole=False, why=why, sure=start + 30)


def _member(view: View, position: int) -> int:
    """Return the position behind a member, or 0 where it does not hold."""
    head = view.read(position, 30)
    if len(head) < 30:
        return 0
    version, flags, method, crc, packed, size, name, extra = struct.unpack("<HHH4xLLLHH", head[4:])
    body = position + 30 + name + extra
    if version & 0xFF > VERSIONS or not name or body > view.size:
        return 0
    if packed == FULL:
        packed = _large(view.read(position + 30 + name, extra), size == FULL)
    if flags & 8:
        return _described(view, body, packed)
    if body + packed > view.size or (not flags & 1 and method == 0 and not _sums_up(view, body, packed, crc)):
        return 0
    return int(body + packed)


def _large(extra: bytes, both: bool) -> int:  # noqa: FBT001 - whether the other size stands before it
    place = 0
    while place + 4 <= len(extra):
        name, size = struct.unpack("<HH", extra[place : place + 4])
        if name == 1:
            first = place + 4 + 8 * both
            return int.from_bytes(extra[first : first + 8], "little")
        place += 4 + size
    return FULL


def _sums_up(view: View, position: int, size: int, crc: int) -> bool:
    total, end = 0, position + size
    while position < end:
        part = view.read(position, min(WINDOW, end - position))
        total, position = zlib.crc32(part, total), position + len(part)
    return total == crc


def _described(view: View, body: int, packed: int) -> int:
    """Return the position behind a member whose sizes stand in a descriptor behind it."""
    if packed:
        return _behind(view, body, body + packed)
    position = body
    while position < min(body + MOST_MEMBER, view.size):
        window = view.read(position, WINDOW + 32)
        place = window.find(DESCRIPTOR)
        while 0 <= place < WINDOW:
            if behind := _behind(view, body, position + place):
                return behind
            place = window.find(DESCRIPTOR, place + 1)
        position += WINDOW
    return 0


def _behind(view: View, body: int, position: int) -> int:
    raw = view.read(position, 24)
    first = 4 if raw[:4] == DESCRIPTOR else 0
    for wide, layout in ((4, "<LL"), (8, "<QQ")):
        sizes = raw[first + 4 : first + 4 + 2 * wide]
        if len(sizes) == 2 * wide and struct.unpack(layout, sizes)[0] == position - body:
            return position + first + 4 + 2 * wide
    return 0


def _directory(view: View, position: int, start: int, members: int) -> int:
    """Return the position behind the archive's last record, or 0 where its directory does not hold."""
    first, number = position, 0
    while (head := view.read(position, 46))[:4] == CENTRAL and len(head) == 46:
        position += 46 + sum(struct.unpack("<HHH", head[28:34]))
        number += 1
    size = position - first
    if view.read(position, 4) == LARGE_END:
        position += 12 + int.from_bytes(view.read(position + 4, 8), "little")
        position += 20 * (view.read(position, 4) == LOCATOR)
    end = view.read(position, 22)
    if len(end) < 22 or end[:4] != END or number != members:
        return 0
    told, offset, comment = struct.unpack("<LLH", end[12:])
    if told not in {size, FULL} or offset not in {first - start, FULL} or position + 22 + comment > view.size:
        return 0
    return position + 22 + int(comment)
