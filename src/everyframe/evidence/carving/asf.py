"""ASF, with WMV in it ("Advanced Systems Format Specification", Microsoft, 1.20.05): object by object, packet by packet."""

import struct

from everyframe.evidence.carving.carved import Extent
from everyframe.evidence.carving.space import View

__all__ = ["asf"]

HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
DATA = bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c")
INDICES = {
    bytes.fromhex("90080033b1e5cf1189f400a0c90349cb"),
    bytes.fromhex("d329e2d6da35d111903400a0c90349be"),
    bytes.fromhex("f803b1fead12644c840f2a1d2f7ad48c"),
    bytes.fromhex("d03fb73c4a0c0348953dedf7b6228f0c"),
}
MOST_HEAD = 16 << 20
LEAST = 4096


def asf(view: View, start: int) -> Extent | None:
    """Find how far a film reaches."""
    head = view.read(start, 30)
    size, parts = struct.unpack("<QL", head[16:28]) if len(head) == 30 else (0, 0)
    if head[:16] != HEADER or not 30 < size < MOST_HEAD or not 0 < parts < 4096:
        return None
    told, packet = _properties(view, start + 30, start + size)
    data = view.read(start + size, 50)
    if not packet or len(data) < 50 or data[:16] != DATA:
        return None
    length, packets = struct.unpack("<Q16xQ", data[16:48])
    first = start + size + 50
    behind = start + size + length if length > 50 else first + packets * packet
    reached = _packets(view, first, behind, packet)
    if reached < behind:
        if reached - start < LEAST:
            return None
        return Extent("wmv", reached, whole=False, why="a packet that does not hold", sure=first)
    end = _indices(view, behind)
    return Extent("wmv", end, whole=end <= view.size and (not told or told == end - start or end == behind), sure=first)


def _properties(view: View, position: int, end: int) -> tuple[int, int]:
    """Return the size of the file and of its packets, 0 where that is not said."""
    while position + 24 <= end:
        head = view.read(position, 104)
        size = int.from_bytes(head[16:24], "little")
        if size < 24 or position + size > end:
            return 0, 0
        if head[:16] == PROPERTIES and len(head) == 104:
            told, least, most = struct.unpack("<Q", head[40:48])[0], *struct.unpack("<LL", head[92:100])
            return told, most if least == most else 0
        position += size
    return 0, 0


def _packets(view: View, position: int, end: int, packet: int) -> int:
    """Go over the packets, each of which begins with its error correction or its length."""
    while position < end:
        if position + packet > view.size:
            return view.size
        head = view.read(position, 3)
        if head[0] & 0x80 and (head[0] & 0x60 or head[0] & 0x0F != 2 or head[1:] != b"\0\0"):
            return position
        if not head[0] & 0x80 and head[0] == 0 and view.read(position, 16) == bytes(16):
            return position
        position += packet
    return end


def _indices(view: View, position: int) -> int:
    """Go over the indices behind the packets."""
    while (head := view.read(position, 24))[:16] in INDICES:
        size = int.from_bytes(head[16:], "little")
        if size < 24 or position + size > view.size:
            break
        position += size
    return position
