"""FLV (Adobe Flash Video File Format Specification 10.1, annex E): tag by tag, each followed by its size."""

from everyframe.evidence.carving.carved import Extent
from everyframe.evidence.carving.space import View

__all__ = ["flv"]

TAGS = {8, 9, 18}
LEAST_TAGS = 3


def flv(view: View, start: int) -> Extent | None:
    """Find how far a film reaches: there is no mark of its end, so it ends with the last tag that holds."""
    head = view.read(start, 13)
    if len(head) < 13 or head[4] & 0xFA or head[5:] != b"\0\0\0\x09\0\0\0\0":
        return None
    position, tags = start + 13, 0
    while True:
        head = view.read(position, 11)
        size = int.from_bytes(head[1:4], "big")
        if len(head) < 11 or head[0] & 0x1F not in TAGS or head[8:] != b"\0\0\0":
            break
        if view.read(position + 11 + size, 4) != (size + 11).to_bytes(4, "big"):
            break
        position, tags = position + size + 15, tags + 1
    if tags < LEAST_TAGS:
        return None
    broken = _begins(view, position)
    end = min(position + 11 + int.from_bytes(view.read(position + 1, 3), "big"), view.size) if broken else position
    why = "a tag that does not hold" if broken else ""
    return Extent("flv", end, whole=not broken, why=why, sure=end if not broken else start + 13)


def _begins(view: View, position: int) -> bool:
    """Tell whether another tag begins where the last that holds ends."""
    head = view.read(position, 11)
    return len(head) == 11 and head[0] in TAGS and head[8:] == b"\0\0\0" and head[1:4] != b"\0\0\0"
