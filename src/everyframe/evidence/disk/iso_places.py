"""Where files of an ISO 9660 disc lie (ECMA-119), for those that are too large to be unpacked into memory.

Names are those of Rock Ridge or Joliet where there are any, as libarchive gives them, so that a file is found by its path.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from everyframe.evidence.disk.media import Bytes

__all__ = ["places_of"]

SECTOR, FIRST, MOST_DESCRIPTORS = 2048, 16, 32
PRIMARY, JOLIET, END = 1, 2, 255
DIRECTORY, GOES_ON = 2, 0x80
DEEPEST, MOST_DIRECTORY, MOST_RECORDS, MOST_CONTINUED = 64, 16 << 20, 1 << 20, 8
ESCAPES = (b"%/@", b"%/C", b"%/E")


@dataclass(frozen=True, slots=True)
class _Record:
    name: bytes
    start: int
    size: int
    flags: int


def places_of(data: Bytes, wanted: set[bytes]) -> dict[bytes, list[tuple[int, int]]]:
    """Give where files lie, by their paths: offset and bytes of each piece. What is not found is not given.

    Raises:
        OSError: the disc cannot be read.
    """
    found: dict[bytes, list[tuple[int, int]]] = {}
    for joliet, root in _roots(data):
        left = wanted - found.keys()
        if left:
            found |= dict(_walk(data, root, left, joliet=joliet))
    return found


def _roots(data: Bytes) -> Iterator[tuple[bool, bytes]]:
    """Give the records of the root directories: that of the primary descriptor first."""
    for number in range(MOST_DESCRIPTORS):
        raw = data.read((FIRST + number) * SECTOR, SECTOR)
        if len(raw) < SECTOR or raw[1:6] != b"CD001" or raw[0] == END:
            return
        joliet = raw[0] == JOLIET and raw[88:91] in ESCAPES
        if raw[0] == PRIMARY or joliet:
            yield joliet, raw[156:190]


def _walk(
    data: Bytes, root: bytes, wanted: set[bytes], *, joliet: bool
) -> Iterator[tuple[bytes, list[tuple[int, int]]]]:
    start, size = struct.unpack_from("<I4xI", root, 2)
    waiting, seen, count = [(b"", start, size, 0)], {start}, 0
    while waiting:
        above, start, size, depth = waiting.pop()
        pieces: list[tuple[int, int]] = []
        for record in _records(data, start, min(size, MOST_DIRECTORY), joliet=joliet):
            count += 1
            if count > MOST_RECORDS:
                return
            path = above + record.name
            if record.flags & DIRECTORY:
                if record.start not in seen and depth < DEEPEST:
                    seen.add(record.start)
                    waiting.append((path + b"/", record.start, record.size, depth + 1))
                continue
            pieces.append((record.start * SECTOR, record.size))
            if not record.flags & GOES_ON:
                if path in wanted:
                    yield path, pieces
                pieces = []


def _records(data: Bytes, start: int, size: int, *, joliet: bool) -> Iterator[_Record]:
    """Give the records of one directory but the first two; none crosses the border of a sector."""
    raw, place = data.read(start * SECTOR, size), 0
    while place < len(raw):
        length = raw[place]
        if not length:
            place = (place // SECTOR + 1) * SECTOR
            continue
        record = raw[place : place + length]
        place += length
        if len(record) < 34 or record[32:34] in (b"\x01\x00", b"\x01\x01"):  # noqa: PLR2004 - the shortest one
            continue
        where, bytes_ = struct.unpack_from("<I4xI", record, 2)
        yield _Record(_name(data, record, joliet=joliet), where + record[1], bytes_, record[25])


def _name(data: Bytes, record: bytes, *, joliet: bool) -> bytes:
    length = record[32]
    plain = record[33 : 33 + length]
    if joliet:
        return plain.decode("utf-16-be", "replace").partition(";")[0].encode("utf-8", "surrogateescape")
    return _rock_ridge(data, record[33 + length + (1 - length % 2) :]) or plain.partition(b";")[0].rstrip(b".")


def _rock_ridge(data: Bytes, area: bytes) -> bytes:
    """Give the name that the system use fields hold, through the places where they go on; empty for none."""
    name = b""
    for _ in range(MOST_CONTINUED):
        behind, place = b"", 0
        while place + 4 <= len(area) and area[place + 2] >= 4:  # noqa: PLR2004 - the shortest field
            field = area[place : place + area[place + 2]]
            place += area[place + 2]
            if field[:2] == b"NM" and not field[4] & 6:
                name += field[5:]
            elif field[:2] == b"CE" and len(field) >= 28:  # noqa: PLR2004 - its length
                block, offset, size = struct.unpack_from("<I4xI4xI", field, 4)
                behind = data.read(block * SECTOR + offset, min(size, SECTOR))
        if not behind:
            break
        area = behind
    return name
