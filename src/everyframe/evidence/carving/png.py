"""PNG (ISO/IEC 15948): chunk by chunk, each with its checksum; in two parts too, where the checksums say so."""

import zlib
from collections.abc import Iterator

from everyframe.evidence.carving.carved import Extent
from everyframe.evidence.carving.space import Skipping, View

__all__ = ["png"]

KIND = "png"
STEPS = (4096, 512)
PART = 1 << 18
WINDOW = 1 << 20
#: Cuts that are tried for one gap.
MOST_CUTS = 1024
LEAST = 512
#: What trying a cut costs at least, in bytes.
TRIAL = 4096
DEPTHS = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}


def png(view: View, start: int) -> Extent | None:
    """Find how far a picture reaches that begins at a position."""
    if not _header(view.read(start, 33)):
        return None
    position, ended = _walk(view, start + 33)
    if ended:
        return Extent(KIND, position, whole=True, sure=position)
    for cut, gap in _joins(view, start, position):
        end, ended = _walk(Skipping(view, cut, gap), position)
        if ended:
            return Extent(KIND, end + gap, whole=True, sure=cut, gap=(cut, gap))
    size = int.from_bytes(view.read(position, 4), "big")
    data = view.read(position + 4, 4) == b"IDAT"
    end = min(position + 12 + size, view.size) if data else position
    if end - start < LEAST:
        return None
    return Extent(KIND, end, whole=False, why="a part that fails its checksum", sure=start + 33)


def _header(head: bytes) -> bool:
    if head[8:16] != b"\0\0\0\rIHDR" or zlib.crc32(head[12:29]) != int.from_bytes(head[29:33], "big"):
        return False
    return head[16:20] != bytes(4) and head[20:24] != bytes(4) and head[24] in DEPTHS.get(head[25], ())


def _walk(view: View, position: int) -> tuple[int, bool]:
    """Give the position behind the end, or of the first chunk that does not hold, and which of the two it is."""
    while True:
        head = view.read(position, 8)
        size = int.from_bytes(head[:4], "big")
        if len(head) < 8 or size >= 1 << 31 or not head[4:].isalpha() or position + size + 12 > view.size:
            return position, False
        if not _sums_up(view, position, size):
            return position, False
        position += size + 12
        if head[4:] == b"IEND":
            return position, True


def _sums_up(view: View, position: int, size: int) -> bool:
    total, place, end = 0, position + 4, position + 8 + size
    while place < end:
        part = view.read(place, min(PART, end - place))
        total, place = zlib.crc32(part, total), place + len(part)
    return total == int.from_bytes(view.read(end, 4), "big")


def _joins(view: View, start: int, position: int) -> Iterator[tuple[int, int]]:
    """Give each cut and gap with which the chunk at a position has the right checksum."""
    head = view.read(position, 8)
    size = int.from_bytes(head[:4], "big")
    sound = head[4:] == b"IDAT" and size < view.gap
    behind = position + 12 + size if sound else position
    for gap in _gaps(view, behind):
        for step in STEPS:
            first = start + -(-(position - start) // step) * step
            for cut in range(first, min(behind + 8, first + MOST_CUTS * step), step):
                skipping = Skipping(view, cut, gap)
                length = int.from_bytes(skipping.read(position, 4), "big")
                if (cut > position + 8 and not sound) or length > view.gap:
                    continue
                view.joining_left -= length + TRIAL
                if view.joining_left <= 0:
                    view.joining_refused = True
                    return
                if _sums_up(skipping, position, length):
                    yield cut, gap


def _gaps(view: View, behind: int) -> Iterator[int]:
    """Give the gaps, in whole clusters, with which a chunk that can follow stands at a position."""
    place = behind + 4
    while place < min(behind + view.gap, view.size) and view.joining_left > 0:
        data = view.read(place, WINDOW + 3)
        view.joining_left -= len(data)
        hits = []
        for name in (b"IDAT", b"IEND"):
            hit = data.find(name)
            while hit >= 0:
                gap = place + hit - behind - 4
                if gap > 0 and gap % STEPS[-1] == 0:
                    hits.append(gap)
                hit = data.find(name, hit + 1)
        yield from sorted(set(hits))
        place += WINDOW
    view.joining_refused = view.joining_refused or view.joining_left <= 0
