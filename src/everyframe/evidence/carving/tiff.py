"""TIFF 6.0 and BigTIFF, and the camera RAW files made like it (DNG, CR2, NEF, ARW, PEF, ORF): directory by directory.

A TIFF does not say how long it is: it reaches as far as the farthest thing that one of its directories names.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from everyframe.evidence.carving.carved import Extent, Span
from everyframe.evidence.carving.space import View

__all__ = ["fuji", "tiff"]

WIDE = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
ORDERS = {b"II": "<", b"MM": ">"}
WIDTH, HEIGHT, PACKING = 256, 257, 259
#: Tags that say where data begin, each with the tag that says how long they are.
DATA = {273: 279, 324: 325, 513: 514}
DIRECTORIES = {330, 34665, 34853, 40965}
DNG = 50706
MOST_DIRECTORIES = 64
MOST_ENTRIES = 512
#: What an entry costs, in bytes read.
ENTRY = 64
MOST_VALUES = 1 << 20
LEAST = 4096


@dataclass(slots=True)
class _Read:
    """Hold a TIFF while its directories are read."""

    view: View
    start: int
    order: str
    big: bool
    end: int = 0
    pictures: int = 0
    dng: bool = False
    data: list[Span] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def read(self, offset: int, size: int) -> bytes:
        return self.view.read(self.start + offset, size)

    def reach(self, offset: int, size: int) -> None:
        self.end = max(self.end, offset + size)


def tiff(view: View, start: int) -> Extent | None:
    """Find how far a picture reaches."""
    head = view.read(start, 16)
    order = ORDERS.get(head[:2], "")
    if not order or len(head) < 16:
        return None
    big = head[2:4] in {b"+\0", b"\0+"}
    if big and struct.unpack(order + "HH", head[4:8]) != (8, 0):
        return None
    found = _Read(view, start, order, big)
    found.waiting.append(struct.unpack(order + "Q", head[8:])[0] if big else struct.unpack(order + "L", head[4:8])[0])
    sound = _directories(found)
    if not found.pictures or not found.data or found.end <= 8:
        return None
    kind = (
        "dng"
        if found.dng
        else "cr2"
        if head[8:10] == b"CR"
        else "orf"
        if head[2:4] in {b"RO", b"RS", b"OR"}
        else "tiff"
    )
    end, inside = start + found.end, tuple(_jpegs(found))
    if not sound or end > view.size:
        end = min(end, view.size)
        if end - start < LEAST:
            return None
        why = "what it refers to is not there" if sound else "a directory that does not hold"
        return Extent(kind, end, whole=False, why=why, sure=start + 8, embedded=inside)
    return Extent(kind, end, whole=True, sure=start + 8, embedded=inside, soft=True)


def _directories(found: _Read) -> bool:
    """Read the directories, each once; False where one does not hold."""
    while found.waiting:
        offset = found.waiting.pop()
        if offset in found.seen or offset < 8:
            if not found.seen:
                return False
            continue
        found.seen.add(offset)
        if len(found.seen) > MOST_DIRECTORIES or not _directory(found, offset):
            return False
    return True


def _directory(found: _Read, offset: int) -> bool:
    wide, entry, count = (8, 20, "Q") if found.big else (2, 12, "H")
    raw = found.read(offset, wide)
    if len(raw) < wide:
        return False
    number = struct.unpack(found.order + count, raw)[0]
    body = found.read(offset + wide, number * entry) if 0 < number <= MOST_ENTRIES else b""
    if not body or len(body) < number * entry:
        return False
    found.view.charge(number * ENTRY)
    found.reach(offset + wide, len(body) + (8 if found.big else 4))
    values: dict[int, list[int]] = {}
    for n in range(number):
        if not _entry(found, body[n * entry : (n + 1) * entry], values):
            return False
    _take(found, values)
    after = found.read(offset + wide + len(body), 8 if found.big else 4)
    if len(after) == (8 if found.big else 4) and any(after):
        found.waiting.append(struct.unpack(found.order + ("Q" if found.big else "L"), after)[0])
    return True


def _entry(found: _Read, raw: bytes, values: dict[int, list[int]]) -> bool:
    tag, kind = struct.unpack(found.order + "HH", raw[:4])
    count = struct.unpack(found.order + ("Q" if found.big else "L"), raw[4 : 12 if found.big else 8])[0]
    inline = raw[12 if found.big else 8 :]
    if kind not in WIDE:
        return found.start >= 0 and kind == 0 and count == 0
    size = WIDE[kind] * count
    offset = struct.unpack(found.order + ("Q" if found.big else "L"), inline)[0]
    if size > len(inline):
        if size > 1 << 32 or offset + size > 1 << 40:
            return False
        found.reach(offset, size)
    wanted = tag in {WIDTH, HEIGHT, PACKING, DNG} or tag in DATA or tag in DATA.values() or tag in DIRECTORIES
    if wanted and count <= MOST_VALUES:
        data = inline[:size] if size <= len(inline) else found.read(offset, size)
        letter = {1: "B", 3: "H", 4: "L", 13: "L", 16: "Q", 18: "Q"}.get(kind)
        if letter and len(data) == size:
            values[tag] = list(struct.unpack(f"{found.order}{count}{letter}", data))
    return True


def _take(found: _Read, values: dict[int, list[int]]) -> None:
    """Note what a directory names: data, and further directories."""
    found.pictures += WIDTH in values and HEIGHT in values
    found.dng = found.dng or DNG in values
    for tag, sizes in DATA.items():
        for offset, size in zip(values.get(tag, ()), values.get(sizes, ()), strict=False):
            found.reach(offset, size)
            found.data.append((offset, size))
    for tag in DIRECTORIES:
        found.waiting += values.get(tag, ())


def _jpegs(found: _Read) -> Iterator[Span]:
    """Give the JPEGs among the data."""
    for offset, size in sorted(set(found.data))[:MOST_DIRECTORIES]:
        if size and found.read(offset, 3) == b"\xff\xd8\xff":
            yield found.start + offset, size


def fuji(view: View, start: int) -> Extent | None:
    """Find how far a RAW file of Fujifilm reaches: its header names where its three parts lie."""
    head = view.read(start, 108)
    if len(head) < 108:
        return None
    parts = [struct.unpack(">LL", head[n : n + 8]) for n in (84, 92, 100)]
    end = start + max(offset + size for offset, size in parts)
    preview, size = parts[0]
    if view.read(start + preview, 3) != b"\xff\xd8\xff" or end - start < LEAST:
        return None
    inside = ((start + preview, size),)
    if end > view.size:
        return Extent("raf", view.size, whole=False, why="the bytes end here", sure=start + 108, embedded=inside)
    return Extent("raf", end, whole=True, sure=start + 108, embedded=inside, soft=True)
