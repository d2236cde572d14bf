"""Members of a zip without a usable central directory, found by their own headers as they lie."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import replace

from everyframe.evidence.container import Peek
from everyframe.evidence.zip_records import LocalHeader, Record, local_header

__all__ = ["salvage"]

WINDOW = 1 << 20
HEADER = b"PK\3\4"
DESCRIPTOR = b"PK\7\x08"
VERSIONS = 63
"""The highest version that the format's description knows; a header of a higher one is chance."""


def salvage(peek: Peek, length: int, beat: Callable[[], None]) -> Iterator[Record]:
    """Go from header to header. Behind a member that claims more bytes than there are, the search goes on within it."""
    position = 0
    while (position := _find(HEADER, position, peek, length, beat)) >= 0:
        found = local_header(position, peek)
        if found is None or not _likely(found, peek):
            position += 1
            continue
        record = _measured(found, peek, length, beat)
        yield record
        end = found.start + (record.packed or 0)
        position = end if end <= length else found.start


def _likely(found: LocalHeader, peek: Peek) -> bool:
    """Tell a header from four bytes that happen to look like the start of one."""
    version = peek(found.record.offset + 4, 1)[0]
    return bool(found.record.name) and version <= VERSIONS


def _find(mark: bytes, position: int, peek: Peek, length: int, beat: Callable[[], None]) -> int:
    while position < length:
        beat()
        window = peek(position, WINDOW)
        found = window.find(mark)
        if found >= 0:
            return position + found
        if len(window) < WINDOW:
            return -1
        position += WINDOW - len(mark) + 1
    return -1


def _measured(found: LocalHeader, peek: Peek, length: int, beat: Callable[[], None]) -> Record:
    """Give a record its sizes from the descriptor behind its bytes, when only that has them."""
    record, position = found.record, found.start
    if record.packed is not None:
        return record
    while (position := _find(DESCRIPTOR, position, peek, length, beat)) >= 0:
        packed = position - found.start
        for layout in ("<3L", "<LQQ"):
            values = peek(position + 4, struct.calcsize(layout))
            if len(values) == struct.calcsize(layout) and struct.unpack(layout, values)[1] == packed:
                crc, _, size = struct.unpack(layout, values)
                return replace(record, crc=crc, packed=packed, size=size)
        position += 1
    return record
