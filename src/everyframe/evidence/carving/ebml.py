"""Matroska and WebM (RFC 8794, RFC 9559): element by element."""

from everyframe.evidence.carving.carved import Extent
from everyframe.evidence.carving.space import View

__all__ = ["ebml"]

SEGMENT, CLUSTER = 0x18538067, 0x1F43B675
TOP = {0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1C53BB6B, 0x1941A469, 0x1043A770, 0x1254C367, CLUSTER, 0xEC, 0xBF}
IN_CLUSTER = {0xE7, 0xA7, 0xAB, 0xA3, 0xA0, 0xAF, 0x5854, 0xEC, 0xBF}
UNKNOWN = -1
LEAST = 4096


def ebml(view: View, start: int) -> Extent | None:
    """Find how far a film reaches."""
    _, body, size = _element(view, start)
    head = view.read(body, size) if 0 < size < 4096 else b""
    kind = "webm" if b"webm" in head else "mkv" if b"matroska" in head else ""
    name, body, told = _element(view, body + size)
    if not kind or name != SEGMENT:
        return None
    end = view.size if told == UNKNOWN else min(body + told, view.size)
    position, clusters, sound = _top(view, body, end, open_ended=told == UNKNOWN)
    sure = start + 4 + size
    if sound and clusters and (told == UNKNOWN or position == body + told):
        return Extent(kind, position, whole=True, sure=position)
    if not clusters or position - start < LEAST:
        return None
    return Extent(kind, position, whole=False, why="an element that does not hold", sure=sure)


def _element(view: View, position: int) -> tuple[int, int, int]:
    """Return the name of an element, where its body begins and the body's size, or `UNKNOWN`; name 0 where there is none."""
    head = view.read(position, 12)
    wide = 9 - head[0].bit_length() if head and head[0] else 9
    if wide > 4 or len(head) < wide + 1 or not head[wide]:
        return 0, position, 0
    long = 9 - head[wide].bit_length()
    if len(head) < wide + long:
        return 0, position, 0
    size = int.from_bytes(head[wide : wide + long], "big") & (1 << 7 * long) - 1
    whole = size == (1 << 7 * long) - 1
    return int.from_bytes(head[:wide], "big"), position + wide + long, UNKNOWN if whole else size


def _top(view: View, position: int, end: int, *, open_ended: bool) -> tuple[int, int, bool]:
    """Go over a segment; gives where it ends, the clusters in it, and whether it holds."""
    clusters = 0
    while position < end:
        name, body, size = _element(view, position)
        if name not in TOP or (size == UNKNOWN and name != CLUSTER):
            return position, clusters, open_ended
        behind = end if size == UNKNOWN else body + size
        if behind > end and name != CLUSTER:
            return view.size if end == view.size else position, clusters, False
        if name == CLUSTER:
            reached, sound = _cluster(view, body, min(behind, end), open_ended=size == UNKNOWN)
            clusters += 1
            if not sound or behind > end:
                return reached, clusters, False
            behind = reached
        position = behind
    return position, clusters, True


def _cluster(view: View, position: int, end: int, *, open_ended: bool) -> tuple[int, bool]:
    while position < end:
        name, body, size = _element(view, position)
        if name not in IN_CLUSTER or size == UNKNOWN:
            return position, open_ended
        if body + size > end:
            return end if end == view.size else position, False
        position = body + size
    return position, True
