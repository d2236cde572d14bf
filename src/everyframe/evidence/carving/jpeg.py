"""JPEG (ITU-T T.81): how far a picture reaches, what is embedded in it, and whether it is whole."""

import struct
from collections.abc import Iterator

from everyframe.evidence.carving.carved import Extent, Span
from everyframe.evidence.carving.jpeg_joining import foreign, joined
from everyframe.evidence.carving.jpeg_walk import Broken, Walk, walk
from everyframe.evidence.carving.space import Front, View

__all__ = ["jpeg"]

KIND = "jpeg"
#: Entropy-coded bytes below which a fragment shows nothing.
LEAST = 1024
#: Places in the segments of one picture at which another one is looked for.
MOST_INSIDE = 64


def jpeg(view: View, start: int) -> Extent | None:
    """Find how far a picture reaches that begins at a position."""
    found = Walk(start, start + 2)
    try:
        end = walk(view, found)
    except Broken as broken:
        return _fragment(view, found, broken)
    end = max(end, _pictures_behind(view, start, found))
    return Extent(KIND, end, whole=True, sure=end, embedded=tuple(_embedded(view, found)))


def _fragment(view: View, found: Walk, broken: Broken) -> Extent | None:
    if not found.data_from:
        return None
    together = joined(view, found, broken.position)
    if together:
        end, gap = together
        return Extent(KIND, end, whole=True, sure=gap[0], embedded=tuple(_embedded(view, found)), gap=gap)
    if broken.position - found.data_from < LEAST:
        return None
    inside, end = tuple(_embedded(view, found)), foreign(view, found, broken.position)
    return Extent(KIND, end, whole=False, why=broken.why, sure=found.data_from, embedded=inside)


def _embedded(view: View, found: Walk) -> Iterator[Span]:
    """Give the pictures that lie whole within segments of another one: previews of cameras and editors."""
    tries = MOST_INSIDE
    for marker, position, size in found.segments:
        place = 0
        body = view.read(position, size) if 0xE0 <= marker <= 0xEF else b""
        while tries and (place := body.find(b"\xff\xd8\xff", place)) >= 0:
            tries -= 1
            try:
                begin = position + place
                end = walk(Front(view, position + size), Walk(begin, begin + 2))
            except Broken:
                place += 3
                continue
            yield begin, end - begin
            place = end - position


def _pictures_behind(view: View, start: int, found: Walk) -> int:
    """Return where the last picture ends that an index of several in one file names (CIPA DC-007), if they are there."""
    for marker, position, size in found.segments:
        body = view.read(position, size) if marker == 0xE2 else b""
        if body[:4] == b"MPF\0":
            return max((_whole_behind(view, start, position + 4 + at) for at in _index(body[4:])), default=0)
    return 0


def _whole_behind(view: View, start: int, position: int) -> int:
    if position <= start or view.read(position, 3) != b"\xff\xd8\xff":
        return 0
    try:
        return walk(view, Walk(position, position + 2))
    except Broken:
        return 0


def _index(body: bytes) -> Iterator[int]:
    """Give where the second and later pictures begin, from the beginning of the index."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(body[:4])
    if not order or len(body) < 10:
        return
    at = struct.unpack(order + "L", body[4:8])[0]
    count = int.from_bytes(body[at : at + 2], "little" if order == "<" else "big")
    for n in range(min(count, 64)):
        entry = body[at + 2 + 12 * n : at + 14 + 12 * n]
        if len(entry) == 12 and struct.unpack(order + "H", entry[:2])[0] == 0xB002:
            size, first = struct.unpack(order + "LL", entry[4:])
            for place in range(first + 16, min(first + size, len(body) - 15), 16):
                yield struct.unpack(order + "L", body[place + 8 : place + 12])[0]
