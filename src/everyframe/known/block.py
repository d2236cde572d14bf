"""Rows of a set as columns: what the building of a set takes, many at once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from operator import attrgetter
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from everyframe.known.entry import ALGORITHMS, KnownEntry

__all__ = ["NO_QUALITY", "Block", "Values", "block_of", "blocks_of", "hex_values"]

#: Rows taken at once.
ROWS: Final = 256
NO_QUALITY: Final = 255
PERCENT: Final = 100
_encode: Final = msgspec.json.Encoder().encode
#: Digests of one algorithm, joined, and the places in the block of the rows that have one, (N,) uint32.
Values = tuple[bytes, npt.NDArray[np.uint32]]


@dataclass(frozen=True, slots=True)
class Block:
    """Hold rows that follow each other.

    Args:
        rows: how many.
        values: by algorithm.
        categories: the code of each row, as the set writes it.
        quality: one byte a row; 255: unknown.
        records: what else is said of the rows, as JSON, joined.
        ends: (rows,) int64, where the record of each row ends in ``records``.
    """

    rows: int
    values: dict[str, Values]
    categories: Sequence[str]
    quality: bytes
    records: bytes
    ends: npt.NDArray[np.int64]


def block_of(entries: Sequence[KnownEntry]) -> Block:
    """Put entries into columns."""
    records = [_encode(said) if (said := _said(entry)) else b"" for entry in entries]
    return Block(
        rows=len(entries),
        values={a: found for a in ALGORITHMS if (found := _values(list(map(attrgetter(a), entries))))[0]},
        categories=[entry.category for entry in entries],
        quality=bytes([e.quality if 0 <= e.quality <= PERCENT else NO_QUALITY for e in entries]),
        records=b"".join(records),
        ends=np.fromiter(accumulate(map(len, records)), np.int64, len(records)),
    )


def blocks_of(entries: Iterable[KnownEntry]) -> Iterator[Block]:
    """Put any number of entries into blocks."""
    entries = iter(entries)
    while chunk := list(islice(entries, ROWS)):
        yield block_of(chunk)


def hex_values(texts: Sequence[object], algorithm: str) -> Values | None:
    """Read digests in hexadecimal, of which some may be absent; None when one is wrong."""
    length = ALGORITHMS[algorithm]
    present = [text for text in texts if isinstance(text, str) and text]
    if set(map(len, present)) - {2 * length}:
        return None
    try:
        joined = bytes.fromhex("".join(present))
    except ValueError:
        return None
    if len(joined) != length * len(present):  # spaces, which fromhex passes over
        return None
    if len(present) == len(texts):
        return joined, np.arange(len(texts), dtype=np.uint32)
    return joined, np.array([spot for spot, text in enumerate(texts) if isinstance(text, str) and text], np.uint32)


def _values(values: list[bytes]) -> Values:
    spots = [spot for spot, value in enumerate(values) if value]
    return b"".join(values), np.array(spots, dtype=np.uint32)


def _said(entry: KnownEntry) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if entry.size >= 0:
        said["z"] = entry.size
    if entry.name:
        said["n"] = entry.name
    if entry.tags:
        said["t"] = entry.tags
    if entry.series:
        said["s"] = entry.series
    if entry.comments:
        said["c"] = entry.comments
    if entry.flags:
        said["f"] = entry.flags
    if entry.extra:
        said["x"] = entry.extra
    return said
