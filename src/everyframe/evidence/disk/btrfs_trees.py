"""The trees of a Btrfs file system on one device (the on-disk format of its documentation): super block, chunks, nodes, items."""

import struct
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from everyframe.errors import EvidenceError
from everyframe.evidence.disk.media import Bytes

__all__ = ["Item", "Key", "Root", "Trees", "broken"]

Key: TypeAlias = tuple[int, int, int]
"""Number of the object, type of the item, and what the type makes of the third."""
Item: TypeAlias = tuple[Key, bytes]

SUPER, COPY, MAGIC = 0x10000, 0x4000000, b"_BHRfS_M"
HEAD = 101
POINTERS, ITEMS = struct.Struct("<QBQQQ"), struct.Struct("<QBQII")
KEY = struct.Struct("<QBQ")
CHUNK_ITEM, ROOT_ITEM = 228, 132
ONE_COPY_OR_MORE = ~(1 << 3 | 1 << 6 | 1 << 7 | 1 << 8)
"""Every profile but those that spread bytes over devices: RAID 0, 10, 5 and 6."""
DEEPEST, HELD, MOST_CHUNKS = 8, 1024, 1 << 20
LAST: Key = (1 << 64, 0, 0)


def broken(words: str) -> EvidenceError:
    """Make the error of a volume that cannot be read."""
    return EvidenceError(f"Btrfs {words}", "volume-unreadable")


@dataclass(frozen=True, slots=True)
class Root:
    """Hold where a tree begins: the logical place of its first node, and that one's level."""

    place: int
    level: int


@dataclass(frozen=True, slots=True)
class _Node:
    keys: list[Key]
    below: list[int]
    """Logical places of the nodes below; empty in a leaf."""
    items: list[bytes]


class Trees:
    """Find items by their keys.

    Raises:
        EvidenceError: the file system is broken, or one of several devices.
    """

    def __init__(self, data: Bytes) -> None:
        self._data = data
        self._nodes: OrderedDict[int, _Node] = OrderedDict()
        self.visited: set[int] = set()
        self._starts: list[int] = []
        self._chunks: list[tuple[int, list[int]]] = []
        head = self._super()
        self._node_size: int = struct.unpack_from("<I", head, 148)[0]
        if not 4096 <= self._node_size <= 65536 or self._node_size & (self._node_size - 1):  # noqa: PLR2004 - as it allows
            raise broken(f"nodes of {self._node_size:,} bytes, which cannot be")
        (devices,) = struct.unpack_from("<Q", head, 136)
        if devices != 1:
            raise broken(f"file system on {devices:,} devices, which are not put together")
        self._device: int = struct.unpack_from("<Q", head, 201)[0]
        self.unreplayed = head[96:104] != bytes(8)
        self._first_chunks(head)
        root, chunks = struct.unpack_from("<QQ", head, 80)
        self._all_chunks(Root(chunks, head[199]))
        self._root = Root(root, head[198])

    def _super(self) -> bytes:
        """Give the super block, or its copy."""
        for at in (SUPER, COPY):
            raw = self._data.read(at, 4096) if at + 4096 <= self._data.size else b""
            if raw[64:72] == MAGIC and struct.unpack_from("<Q", raw, 48)[0] == at:
                return raw
        raise broken("super block that cannot be read")

    def _first_chunks(self, head: bytes) -> None:
        """Take the chunks that the super block itself names."""
        (length,) = struct.unpack_from("<I", head, 160)
        place, end = 811, 811 + min(length, 2048)
        found = []
        while place + KEY.size + 48 <= end:
            (_, _, logical), body = KEY.unpack_from(head, place), place + KEY.size
            size = 48 + 32 * struct.unpack_from("<H", head, body + 44)[0]
            found.append((logical, head[body : body + size]))
            place = body + size
        self._take_chunks(found)

    def _all_chunks(self, root: Root) -> None:
        low = (256, CHUNK_ITEM, 0)
        items = self.items(root, low, (256, CHUNK_ITEM + 1, 0))
        self._take_chunks([(key[2], body) for (key, body), _ in zip(items, range(MOST_CHUNKS), strict=False)])

    def _take_chunks(self, found: list[tuple[int, bytes]]) -> None:
        known: dict[int, tuple[int, list[int]]] = {}
        for logical, body in found:
            length, kind, count = *struct.unpack_from("<Q16xQ", body), struct.unpack_from("<H", body, 44)[0]
            stripes = [struct.unpack_from("<QQ", body, 48 + 32 * n) for n in range(count)]
            places = [offset for device, offset in stripes if device == self._device]
            if kind & ONE_COPY_OR_MORE == kind and places:
                known[logical] = length, places
        self._starts = sorted(known)
        self._chunks = [known[start] for start in self._starts]

    def physical(self, logical: int, length: int) -> list[int]:
        """Give where a stretch lies in the volume: once for each copy.

        Raises:
            OSError: nowhere.
        """
        number = bisect_right(self._starts, logical) - 1
        if number >= 0:
            size, places = self._chunks[number]
            within = logical - self._starts[number]
            if within + length <= size:
                return [place + within for place in places]
        raise OSError(5, f"logical byte {logical:,} lies in no chunk that is here")

    def read(self, logical: int, length: int) -> bytes:
        """Read from a logical place; of several copies the first that can be read."""
        problem: OSError | None = None
        for place in self.physical(logical, length):
            try:
                found = self._data.read(place, length)
                if len(found) == length:
                    return found
            except OSError as error:
                problem = error
        raise problem or OSError(5, f"the volume ends before logical byte {logical:,}")

    def _node(self, place: int, level: int) -> _Node:
        known = self._nodes.get(place)
        if known is None:
            known = self._nodes[place] = self._parsed(place, level)
            self.visited.add(place)
            if len(self._nodes) > HELD:
                self._nodes.popitem(last=False)
        else:
            self._nodes.move_to_end(place)
        return known

    def _parsed(self, place: int, level: int) -> _Node:
        """Read a node; a copy that does not say that it is this one is passed over."""
        for at in self.physical(place, self._node_size):
            raw = self._data.read(at, self._node_size)
            if len(raw) < self._node_size or struct.unpack_from("<Q", raw, 48)[0] != place or raw[100] != level:
                continue
            (count,) = struct.unpack_from("<I", raw, 96)
            form = POINTERS if level else ITEMS
            if HEAD + count * form.size > len(raw):
                continue
            found = list(form.iter_unpack(raw[HEAD : HEAD + count * form.size]))
            keys = [(a, b, c) for a, b, c, _, _ in found]
            if level:
                return _Node(keys, [below for _, _, _, below, _ in found], [])
            return _Node(keys, [], [raw[HEAD + start : HEAD + start + size] for _, _, _, start, size in found])
        raise OSError(5, f"the node at logical byte {place:,} is damaged, and so are its copies")

    def places_visited(self) -> Iterator[tuple[int, int]]:
        """Give where the nodes lie that were read so far, with every copy; small files stand in them."""
        for place in self.visited:
            yield from ((at, self._node_size) for at in self.physical(place, self._node_size))

    def items(self, root: Root, low: Key, high: Key) -> Iterator[Item]:
        """Give the items of a tree from a key up to another, which is not given, in their order.

        Raises:
            OSError: a node on the way cannot be read.
        """
        if root.level > DEEPEST:
            raise OSError(5, "a tree that is too deep")
        yield from self._below(root.place, root.level, low, high)

    def _below(self, place: int, level: int, low: Key, high: Key) -> Iterator[Item]:
        node = self._node(place, level)
        if not level:
            for number in range(bisect_left(node.keys, low), bisect_left(node.keys, high)):
                yield node.keys[number], node.items[number]
            return
        first = max(bisect_right(node.keys, low) - 1, 0)
        for number in range(first, bisect_left(node.keys, high)):
            yield from self._below(node.below[number], level - 1, low, high)

    def subvolume(self, number: int) -> Root:
        """Give the tree of a subvolume by its number; 5 is the outermost.

        Raises:
            OSError: there is none.
        """
        for _, body in self.items(self._root, (number, ROOT_ITEM, 0), (number, ROOT_ITEM + 1, 0)):
            if len(body) >= 239:  # noqa: PLR2004 - up to its level
                return Root(struct.unpack_from("<Q", body, 176)[0], body[238])
        raise OSError(5, f"subvolume {number} is not there")
