"""Boxes of ISO base media files (ISO/IEC 14496-12) and QuickTime: MP4, MOV, 3GP, HEIC, AVIF, CR3."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from everyframe.evidence.carving.carved import Extent
from everyframe.evidence.carving.space import View

__all__ = ["bmff"]

PICTURES = {b"heic": "heic", b"heix": "heic", b"heim": "heic", b"heis": "heic", b"mif1": "heic", b"msf1": "heic"}
PICTURES |= {b"hevc": "heic", b"hevx": "heic", b"avif": "avif", b"avis": "avif", b"crx ": "cr3"}
TOP = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"PICT", b"meta", b"moof", b"mfra", b"sidx"}
TOP |= {b"uuid", b"styp", b"udta", b"ssix", b"prft", b"emsg", b"pdin", b"junk", b"meco", b"bloc", b"idat", b"thum"}
#: Boxes that nothing else is made of; a file can begin with them where there is no ftyp.
CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"mvex", b"moof", b"traf", b"dinf", b"edts"}
MOST_BOXES = 1 << 20
MOST_HEAD = 64 << 20
MOST_CHUNKS = 1024
MOST_EXTENTS = 1 << 16
DEEPEST = 8
LEAST = 4096


@dataclass(slots=True)
class _Seen:
    """Gather the boxes at the top of a file."""

    names: set[bytes] = field(default_factory=set)
    movie: tuple[int, int] = (0, 0)
    meta: tuple[int, int] = (0, 0)
    data: list[tuple[int, int]] = field(default_factory=list)
    why: str = ""
    sure: int = 0


def bmff(view: View, start: int) -> Extent | None:
    """Find how far a file of boxes reaches."""
    brand = view.read(start + 4, 8)
    named = brand[:4] == b"ftyp"
    kind = (PICTURES.get(brand[4:]) or _compatible(view, start)) if named else "mov"
    if kind == "mp4" and brand[4:] == b"qt  ":
        kind = "mov"
    seen = _Seen()
    end = _top(view, start, seen)
    whole = not seen.why and _complete(view, start, end, seen, kind)
    if whole:
        return Extent(kind, end, whole=True, sure=end)
    if not named or end - start < LEAST or not (seen.names & {b"mdat", b"moov", b"meta"}):
        return None
    return Extent(kind, end, whole=False, why=seen.why or "what it refers to is not there", sure=seen.sure or start + 8)


def _compatible(view: View, start: int) -> str:
    """Tell the kind by the brands that a file is compatible with."""
    size = int.from_bytes(view.read(start, 4), "big")
    brands = view.read(start + 16, min(max(size - 16, 0), 256))
    found = [PICTURES[brands[n : n + 4]] for n in range(0, len(brands) - 3, 4) if brands[n : n + 4] in PICTURES]
    return found[0] if found else "mp4"


def _top(view: View, position: int, seen: _Seen) -> int:
    """Go over the boxes at the top; gives where they end."""
    for _ in range(MOST_BOXES):
        name, head, size = _box(view, position)
        if name not in TOP or size < head or (name == b"ftyp" and seen.names):
            return position
        if name in seen.names and name in {b"moov", b"meta", b"pnot"}:
            return position
        if position + size > view.size:
            seen.names.add(name)
            seen.why = "the bytes end here"
            return view.size
        if name in {b"moov", b"meta", b"moof"} and not _holds(
            view, position + head + 4 * (name == b"meta"), position + size
        ):
            seen.why = "a box that does not hold"
            return position
        seen.names.add(name)
        if name == b"moov":
            seen.movie = position + head, position + size
        elif name == b"meta":
            seen.meta = position + head + 4, position + size
        elif name == b"mdat":
            seen.data.append((position, position + size))
        seen.sure = seen.sure if seen.data else position + size
        position += size
    return position


def _box(view: View, position: int) -> tuple[bytes, int, int]:
    """Return name, length of the head and size of a box."""
    head = view.read(position, 16)
    if len(head) < 8:
        return b"", 8, 0
    size, name = struct.unpack(">L4s", head[:8])
    if size == 1 and len(head) == 16:
        return name, 16, int.from_bytes(head[8:], "big")
    return name, 8, size


def _holds(view: View, position: int, end: int, deep: int = 0) -> bool:
    """Tell whether boxes fill a span, and those within them."""
    if end - position > MOST_HEAD:
        return False
    while position + 8 <= end:
        name, head, size = _box(view, position)
        if size == 0 and end - position < 16:
            return True
        if size < head or position + size > end or not _letters(name):
            return False
        if name in CONTAINERS and deep < DEEPEST and not _holds(view, position + head, position + size, deep + 1):
            return False
        position += size
    return end - position in {0, 4}


def _letters(name: bytes) -> bool:
    return all(0x20 <= byte < 0x7F or byte in {0xA9, 0} for byte in name)


def _complete(view: View, start: int, end: int, seen: _Seen, kind: str) -> bool:
    """Tell whether all that a file refers to is there."""
    if kind in {"heic", "avif"} and not seen.movie[1]:
        return bool(seen.meta[1]) and all(start + place <= end for place in _items(view, *seen.meta))
    if b"moof" in seen.names and seen.movie[1]:
        return True
    if not seen.movie[1] or not seen.data:
        return False
    chunks = list(islice(_chunks(view, *seen.movie), MOST_CHUNKS))
    inside = sum(any(low <= start + place < high for low, high in seen.data[:MOST_CHUNKS]) for place in chunks)
    return bool(chunks) and inside == len(chunks)


def _find(view: View, position: int, end: int, name: bytes, deep: int = 0) -> Iterator[tuple[int, int]]:
    """Give the bodies of the boxes of a name, however deep within containers."""
    while position + 8 <= end:
        found, head, size = _box(view, position)
        if size < head:
            return
        if found == name:
            yield position + head, position + size
        elif found in CONTAINERS and deep < DEEPEST:
            yield from _find(view, position + head, position + size, name, deep + 1)
        position += size


def _chunks(view: View, position: int, end: int) -> Iterator[int]:
    """Give where the first and the last chunk of each track begin."""
    for name, wide in ((b"stco", 4), (b"co64", 8)):
        for body, behind in _find(view, position, end, name):
            count = int.from_bytes(view.read(body + 4, 4), "big")
            if count and body + 8 + count * wide <= behind:
                yield int.from_bytes(view.read(body + 8, wide), "big")
                yield int.from_bytes(view.read(body + 8 + (count - 1) * wide, wide), "big")


def _items(view: View, position: int, end: int) -> Iterator[int]:
    """Give where the items of a picture end, as far as they lie in the file itself."""
    for body, behind in _find(view, position, end, b"iloc"):
        data = view.read(body, min(behind - body, 1 << 20))
        try:
            yield from _extents(data)
        except (IndexError, struct.error):
            yield 1 << 62


def _extents(data: bytes) -> Iterator[int]:
    version, sizes, more = data[0], data[4], data[5]
    wide = 4 if version == 2 else 2
    place, left = 6 + wide, MOST_EXTENTS
    for _ in range(int.from_bytes(data[6:place], "big")):
        place += wide
        method = data[place + 1] & 15 if version else 0
        place += 2 * bool(version) + 2
        base = int.from_bytes(data[place : place + (more >> 4)], "big")
        place += more >> 4
        count = int.from_bytes(data[place : place + 2], "big")
        place, left = place + 2, left - count
        if left < 0:
            raise IndexError("more extents than are read")
        for _ in range(count):
            place += (more & 15) * bool(version)
            first, size = (sizes >> 4), (sizes & 15)
            offset = int.from_bytes(data[place : place + first], "big")
            length = int.from_bytes(data[place + first : place + first + size], "big")
            place += first + size
            if data[place - 1 : place] and not method:
                yield base + offset + length
