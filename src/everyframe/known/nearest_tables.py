"""The sixteen tables of a nearest look-up: which chunks may differ, how hashes are ordered, how tables are filled."""

import sys
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from everyframe.known._kernel import CHUNKS, VALUES, Index, Ints, Words, chunk_counts, fill

__all__ = ["MOST_RADIUS", "as_words", "distinct", "reach_of", "table_offsets", "table_parts", "tables_of"]

#: The largest radius for which one flip in each of sixteen chunks is enough.
MOST_RADIUS: Final = 2 * CHUNKS - 1
#: Entries of one table, of 16 bytes each, that are put in order in memory at a time.
PART: Final = 8_000_000


def as_words(hashes: NDArray[Any]) -> Words:
    """Give hashes (N, 32) uint8 as (N, 4) little-endian words, without a copy where they are contiguous."""
    if hashes.ndim != 2 or hashes.shape[1] != 32 or hashes.dtype != np.uint8:  # noqa: PLR2004 - 256 bits
        raise ValueError(f"hashes must be (N, 32) uint8, not {hashes.shape} {hashes.dtype}")
    if sys.byteorder != "little":
        raise ValueError("nearest look-up needs a little-endian machine")
    return np.ascontiguousarray(hashes).view(np.uint64)


def reach_of(radius: int) -> Ints:
    """Give the flips (16,) that each chunk must be allowed for ``radius`` bits: 1, 0, or -1 for "do not look".

    ``radius + 1`` is dealt out over the chunks; a hash that a table with ``n`` flips misses differs in at least ``n + 1``
    bits of that chunk, so that one which every table misses differs in at least ``radius + 1`` bits.
    """
    if not 0 <= radius <= MOST_RADIUS:
        raise ValueError(f"the radius must be 0 to {MOST_RADIUS}, not {radius}")
    each, more = divmod(radius + 1, CHUNKS)
    return each - 1 + (np.arange(CHUNKS, dtype=np.int64) < more)


def distinct(words: Words) -> tuple[Ints, Ints]:
    """Put hashes (N, 4) in order, equal ones together.

    Returns the order (N,), equal hashes in the order of their rows, and where in it each distinct hash begins (U + 1,).
    """
    order = np.argsort(words[:, 0])
    first = words[:, 0][order]
    same = np.zeros(len(order) + 1, dtype=bool)
    np.equal(first[1:], first[:-1], out=same[1:-1])
    tied = np.flatnonzero(same[1:] | same[:-1])
    del first
    rows = order[tied]
    parts = words[rows]
    order[tied] = rows[np.lexsort((rows, parts[:, 3], parts[:, 2], parts[:, 1], parts[:, 0]))]
    twins = np.flatnonzero(same[:-1])
    equal = (words[order[twins]] == words[order[twins - 1]]).all(axis=1)
    begins = np.ones(len(order), dtype=bool)
    begins[twins[equal]] = False
    return order, np.append(np.flatnonzero(begins), len(order)).astype(np.int64)


def table_offsets(hashes: Words) -> NDArray[np.uint32]:
    """Give where each value of each chunk begins in its table: (16, 65537)."""
    offsets = np.zeros((CHUNKS, VALUES + 1), dtype=np.uint32)
    for table in range(CHUNKS):
        counts = np.zeros(VALUES, dtype=np.int64)
        chunk_counts(hashes, table, counts)
        offsets[table, 1:] = np.cumsum(counts)
    return offsets


def table_parts(hashes: Words, table: int, offsets: NDArray[np.uint32], most: int = PART) -> Iterator[Words]:
    """Give the entries of one table in order, at most ``most`` at a time; more only where one value alone has more.

    Each part reads all hashes once, so that memory does not grow with their number.
    """
    begins = offsets[table].astype(np.int64)
    low = 0
    while low < VALUES:
        high = max(low + 1, int(np.searchsorted(begins, begins[low] + most, side="right")) - 1)
        part = np.empty((int(begins[high] - begins[low]), 2), dtype=np.uint64)
        if len(part):
            fill(hashes, table, (low, high), begins[:VALUES] - begins[low], part)
            yield part
        low = high


def tables_of(hashes: Words) -> Index:
    """Give the tables of distinct hashes (U, 4) in memory: 288 bytes a hash and 4 MiB."""
    offsets = table_offsets(hashes)
    entries = np.empty((CHUNKS, len(hashes), 2), dtype=np.uint64)
    for table in range(CHUNKS):
        at = 0
        for part in table_parts(hashes, table, offsets):
            entries[table, at : at + len(part)] = part
            at += len(part)
    return hashes, offsets, entries
