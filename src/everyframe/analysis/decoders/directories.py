"""TIFF directories: enough of them to tell camera RAW from TIFF, and to read an orientation."""

import struct
from collections.abc import Iterator
from typing import Final

from everyframe.analysis.blob import Blob

__all__ = ["CFA", "Directory", "chain_damage", "directories"]

Directory = dict[int, tuple[int, ...] | bytes]

#: PhotometricInterpretation of the pixels under a colour filter.
CFA: Final = 32803
_SUB_IFDS: Final = 0x014A
_WANTED: Final = frozenset({0x0103, 0x0106, 0x010F, 0x0110, 0x0112, _SUB_IFDS, 0xC612})
_TEXT: Final = 2
_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 13: 4}
_LETTERS: Final = {1: "B", 3: "H", 4: "I", 13: "I"}
_MOST_ENTRIES: Final = 1000
_MOST_VALUES: Final = 64
_MOST_DIRECTORIES: Final = 12
_MOST_PAGES: Final = 10_000


def directories(blob: Blob) -> Iterator[Directory]:
    """Give the directories of a classic TIFF structure: the chain from the first, and the sub-directories of each."""
    head = blob.head(8)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or len(head) < 8:  # noqa: PLR2004 - order, magic, offset
        return
    queue = [struct.unpack(order + "I", head[4:])[0]]
    seen: set[int] = set()
    while queue and len(seen) < _MOST_DIRECTORIES:
        start = queue.pop(0)
        if not start or start in seen:
            continue
        seen.add(start)
        directory, following = _read(blob, start, order)
        yield directory
        subs = directory.get(_SUB_IFDS, ())
        queue += [following, *(sub for sub in subs[:8])]


def _read(blob: Blob, start: int, order: str) -> tuple[Directory, int]:
    head = blob.read_at(start, 2)
    count = struct.unpack(order + "H", head)[0] if len(head) == 2 else 0  # noqa: PLR2004 - a short
    if not 0 < count <= _MOST_ENTRIES:
        return {}, 0
    block = blob.read_at(start + 2, count * 12 + 4)
    entries = (struct.unpack_from(order + "HHI4s", block, at) for at in range(0, len(block) - 15, 12))
    found = {tag: _value(blob, kind, number, field, order) for tag, kind, number, field in entries if tag in _WANTED}
    following = struct.unpack(order + "I", block[-4:])[0] if len(block) == count * 12 + 4 else 0
    return found, following


def _value(blob: Blob, kind: int, number: int, field: bytes, order: str) -> tuple[int, ...] | bytes:
    size = _SIZES.get(kind, 0) * min(number, _MOST_VALUES)
    raw = field[:size] if size <= 4 else blob.read_at(struct.unpack(order + "I", field)[0], size)  # noqa: PLR2004 - as the format has it
    if kind == _TEXT:
        return raw.split(b"\0")[0].strip()
    letter = _LETTERS.get(kind)
    if not letter or not raw:
        return ()
    return struct.unpack(f"{order}{len(raw) // _SIZES[kind]}{letter}", raw[: len(raw) // _SIZES[kind] * _SIZES[kind]])


def chain_damage(blob: Blob) -> str:
    """Tell of a directory in the chain of pages that lies behind the end, or is cut by it; empty when all are there."""
    head = blob.head(8)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or head[2:4] not in {b"*\0", b"\0*"}:
        return ""
    start, seen = struct.unpack(order + "I", head[4:])[0], set[int]()
    while start and start not in seen and len(seen) < _MOST_PAGES:
        seen.add(start)
        count = struct.unpack(order + "H", blob.read_at(start, 2).ljust(2, b"\0"))[0]
        end = start + 2 + count * 12 + 4
        if end > blob.size:
            return f"page {len(seen)}: its directory at byte {start} is cut short or missing"
        start = struct.unpack(order + "I", blob.read_at(end - 4, 4))[0]
    return ""
