"""Where the bytes of a UDF volume lie (ECMA-167, OSTA UDF 1.02 to 2.60): descriptors, partitions, blocks, extents."""

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from everyframe.errors import EvidenceError
from everyframe.evidence.disk.media import Bytes

__all__ = ["Extent", "Node", "Udf", "broken"]

ANCHOR, PARTITION, LOGICAL, TERMINATOR, FILE_SET, FILE_ENTRY, EXTENDED_ENTRY, CONTINUED = 2, 5, 6, 8, 256, 261, 266, 258
SECTORS = (2048, 512, 4096, 1024)
LENGTH = (1 << 30) - 1
MOST_DESCRIPTORS, MOST_EXTENTS, MOST_CHAINED = 64, 1 << 16, 256
SHORT, LONG, INLINE = 0, 1, 3


def broken(words: str) -> EvidenceError:
    """Make the error of a volume that cannot be read."""
    return EvidenceError(f"UDF {words}", "volume-unreadable")


@dataclass(frozen=True, slots=True)
class Extent:
    """Hold one stretch of a file: where it begins in the volume, None where nothing was recorded, and bytes."""

    start: int | None
    length: int


@dataclass(frozen=True, slots=True)
class Node:
    """Hold what a file entry says.

    Args:
        kind: number of the file type: 4 is a directory, 5 a file, 12 a symbolic link.
        size: bytes.
        extents: where they lie.
        inline: the bytes themselves, where the entry holds them.
        times: modified, accessed, changed, created: 12 bytes each as recorded, or none.
    """

    kind: int
    size: int
    extents: tuple[Extent, ...]
    inline: bytes | None
    times: tuple[bytes, bytes, bytes, bytes]


@dataclass(slots=True)
class _Partition:
    start: int
    blocks: int
    file: Node | None = None
    """Of a metadata partition: the file that holds it."""
    spared: dict[int, int] = field(default_factory=dict)
    packet: int = 1


class Udf:
    """Read the structure of one UDF volume.

    Raises:
        EvidenceError: it is broken, or of a kind that is not read.
    """

    def __init__(self, data: Bytes) -> None:
        self._data = data
        self.block, sequence = self._anchored()
        self._physical: dict[int, tuple[int, int]] = {}
        logical = b""
        for tag, body in sequence:
            if tag == PARTITION:
                number, start, blocks = struct.unpack_from("<22xH164xII", body)
                self._physical[number] = start, blocks
            elif tag == LOGICAL:
                logical = body
        if not logical or not self._physical:
            raise broken("volume without its descriptors")
        (size,) = struct.unpack_from("<I", logical, 212)
        if size != self.block:
            raise broken(f"blocks of {size:,} bytes on sectors of {self.block:,}, which are not read")
        self._partitions: list[_Partition] = []
        for number, place in enumerate(self._maps(logical)):
            self._partitions.append(self._partition(number, place))
        root = self._tagged(*self.where(logical[248:264]), (FILE_SET,))
        self.root = self.where(root[400:416])

    def _anchored(self) -> tuple[int, list[tuple[int, bytes]]]:
        """Find an anchor, and the descriptors that it points to or their copy."""
        for sector in SECTORS:
            last = self._data.size // sector - 1
            for at in (256, last - 256, last, 512):
                raw = self._raw(at * sector, 512)
                if at <= 0 or _tag(raw) != ANCHOR:
                    continue
                for length, start in (struct.unpack_from("<II", raw, 16), struct.unpack_from("<II", raw, 24)):
                    found = list(self._sequence(start, min(length // sector, MOST_DESCRIPTORS), sector))
                    if {PARTITION, LOGICAL} <= {tag for tag, _ in found}:
                        return sector, found
        raise broken("volume whose anchors, or what they point to, cannot be read")

    def _sequence(self, start: int, count: int, sector: int) -> Iterator[tuple[int, bytes]]:
        for at in range(start, start + count):
            raw = self._raw(at * sector, min(sector, 2048))
            if (tag := _tag(raw)) == TERMINATOR:
                return
            yield tag, raw

    def _maps(self, logical: bytes) -> Iterator[bytes]:
        length, count = struct.unpack_from("<II", logical, 264)
        place, end = 440, min(440 + length, len(logical))
        for _ in range(count):
            if place + 2 > end or logical[place + 1] < 6:  # noqa: PLR2004 - the shortest map
                raise broken("table of partitions that makes no sense")
            yield logical[place : place + logical[place + 1]]
            place += logical[place + 1]

    def _partition(self, number: int, place: bytes) -> _Partition:
        name = place[5:28].rstrip(b"\0") if place[0] == 2 else b""  # noqa: PLR2004 - the other kind of map
        physical = struct.unpack_from("<H", place, 38 if name else 4)[0] if len(place) >= (40 if name else 6) else -1
        if physical not in self._physical:
            raise broken(f"partition {number} that is nowhere")
        start, blocks = self._physical[physical]
        found = _Partition(start * self.block, blocks)
        if name == b"*UDF Metadata Partition":
            base = next((n for n, p in enumerate(self._partitions) if p.start == found.start and not p.file), None)
            if base is None:
                raise broken("metadata without the partition that they lie in")
            for at in struct.unpack_from("<II", place, 40):
                try:
                    found.file = self.node((base, at))
                except (EvidenceError, OSError):
                    continue
                break
            if found.file is None:
                raise broken("metadata that cannot be read, and neither can their copy")
        elif name == b"*UDF Sparable Partition":
            self._spare(found, place)
        elif name or place[0] not in (1, 2):
            raise broken(f"partition of the kind {(name or b'?').decode('latin-1')}, which is not read")
        return found

    def _spare(self, found: _Partition, place: bytes) -> None:
        found.packet, tables = max(struct.unpack_from("<H", place, 40)[0], 1), place[42]
        for n in range(min(tables, 4)):
            raw = self._raw(struct.unpack_from("<I", place, 48 + 4 * n)[0] * self.block, self.block)
            if len(raw) == self.block and raw[21:].startswith(b"*UDF Sparing Table"):
                count = struct.unpack_from("<H", raw, 48)[0]
                pairs = (struct.unpack_from("<II", raw, 56 + 8 * k) for k in range(min(count, (len(raw) - 56) // 8)))
                found.spared = {a: b for a, b in pairs if a < 0xFFFFFFF0}  # noqa: PLR2004 - free and broken ones
                return

    def _raw(self, offset: int, length: int) -> bytes:
        try:
            return self._data.read(offset, length) if 0 <= offset < self._data.size else b""
        except OSError:
            return b""

    def where(self, pointer: bytes) -> tuple[int, int]:
        """Give partition and block of a long allocation descriptor."""
        _, block, partition = struct.unpack_from("<IIH", pointer)
        return partition, block

    def offset(self, partition: int, block: int) -> int:
        """Give where a block lies in the volume."""
        if partition >= len(self._partitions):
            raise broken(f"block of partition {partition}, which there is not")
        found = self._partitions[partition]
        if found.file is not None:
            return _within(found.file.extents, block * self.block)
        first = block - block % found.packet
        if first in found.spared:
            return found.spared[first] * self.block + (block - first) * self.block
        if block >= found.blocks:
            raise broken(f"block {block:,} of a partition of {found.blocks:,}")
        return found.start + block * self.block

    def _tagged(self, partition: int, block: int, tags: tuple[int, ...]) -> bytes:
        at = self.offset(partition, block)
        raw = self._data.read(at, min(self.block, self._data.size - at))
        if _tag(raw) not in tags:
            raise broken(f"block {block:,}, which is not the record that it is named as")
        return raw

    def node(self, ident: tuple[int, int]) -> Node:
        """Read the file entry at a partition and block."""
        raw = self._tagged(*ident, (FILE_ENTRY, EXTENDED_ENTRY))
        extended = _tag(raw) == EXTENDED_ENTRY
        kind, way = raw[27], struct.unpack_from("<H", raw, 34)[0] & 7
        (size,) = struct.unpack_from("<Q", raw, 56)
        at = 208 if extended else 168
        skip, length = struct.unpack_from("<II", raw, at)
        first = at + 8 + skip
        if first + length > len(raw):
            raise broken("file entry that is longer than its block")
        body = raw[first : first + length]
        accessed, modified, created, changed = (
            (raw[80:92], raw[92:104], raw[104:116], raw[116:128])
            if extended
            else (raw[72:84], raw[84:96], b"", raw[96:108])
        )
        times = modified, accessed, changed, created
        if way == INLINE:
            return Node(kind, min(size, len(body)), (), body[:size], times)
        if way not in (SHORT, LONG):
            raise broken("file entry with extents of a kind that is not read")
        return Node(kind, size, _joined(self._extents(ident[0], body, way, size)), None, times)

    def _extents(self, own: int, body: bytes, way: int, size: int) -> Iterator[Extent]:
        """Give the extents of a file, through the blocks in which their list goes on."""
        form = struct.Struct("<II" if way == SHORT else "<IIH6x")
        place, chained = 0, 0
        for _ in range(MOST_EXTENTS):
            if size <= 0 or place + form.size > len(body):
                return
            said, block, *other = form.unpack_from(body, place)
            place, length, partition = place + form.size, said & LENGTH, other[0] if other else own
            if not length:
                return
            if said >> 30 == 3:  # noqa: PLR2004 - the list goes on there
                chained += 1
                if chained > MOST_CHAINED:
                    raise broken("list of extents that has no end")
                raw = self._tagged(partition, block, (CONTINUED,))
                (more,) = struct.unpack_from("<I", raw, 20)
                body, place = raw[24 : 24 + more], 0
                continue
            length = min(length, size)
            size -= length
            if said >> 30:
                yield Extent(None, length)
            else:
                yield from self._placed(partition, block, length)
        raise broken("file in more pieces than are read")

    def _placed(self, partition: int, block: int, length: int) -> Iterator[Extent]:
        """Give where a stretch of blocks lies: in one piece, unless a partition says otherwise of single blocks."""
        plain = partition < len(self._partitions) and not (
            self._partitions[partition].file or self._partitions[partition].spared
        )
        step = length if plain else self.block
        for at in range(0, length, step):
            yield Extent(self.offset(partition, block + at // self.block), min(step, length - at))

    def content(self, node: Node, offset: int, length: int) -> bytes:
        """Read from a file."""
        length = max(0, min(length, node.size - offset))
        if node.inline is not None:
            return node.inline[offset : offset + length]
        starts = [0, *accumulate(e.length for e in node.extents)]
        parts = []
        while length:
            number = bisect_right(starts, offset) - 1
            if number >= len(node.extents):
                raise OSError(5, "its extents end before its size")
            extent, skip = node.extents[number], offset - starts[number]
            wanted = min(length, extent.length - skip)
            part = bytes(wanted) if extent.start is None else self._data.read(extent.start + skip, wanted)
            if len(part) < wanted:
                raise OSError(5, "the volume ends before its extents")
            parts.append(part)
            offset, length = offset + wanted, length - wanted
        return b"".join(parts)


def _joined(extents: Iterator[Extent]) -> tuple[Extent, ...]:
    """Make one extent of those that follow on one another."""
    found: list[Extent] = []
    for extent in extents:
        last = found[-1] if found else None
        if last and last.start is not None and extent.start == last.start + last.length:
            found[-1] = Extent(last.start, last.length + extent.length)
        else:
            found.append(extent)
    return tuple(found)


def _within(extents: tuple[Extent, ...], offset: int) -> int:
    for extent in extents:
        if offset < extent.length and extent.start is not None:
            return extent.start + offset
        offset -= extent.length
    raise broken("block of the metadata that there is not")


def _tag(raw: bytes) -> int:
    """Give the number of a descriptor; -1 where its tag fails its checksum."""
    if len(raw) < 512 or sum(raw[:4] + raw[5:16]) & 0xFF != raw[4]:  # noqa: PLR2004 - no descriptor is in less
        return -1
    number: int = struct.unpack_from("<H", raw)[0]
    return number
