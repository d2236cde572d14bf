"""Nearest look-up: every known hash within 31 bits of a query, exactly, from one immutable file.

The file is made once, written whole or not at all, and mapped into memory, so that several processes share one copy of
it. Why nothing within the radius can be missed is proved in ``docs/matching.md``.
"""

import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from everyframe.atomic import atomic_file
from everyframe.errors import NearestIndexError
from everyframe.known._kernel import CHUNKS, VALUES, Index, Ints, Words, search
from everyframe.known.nearest_tables import MOST_RADIUS, as_words, distinct, reach_of, table_offsets, table_parts
from everyframe.model.features import LEAST_QUALITY

__all__ = ["MATCH_RADIUS", "Hits", "NearestIndex", "NearestIndexError", "matchable"]

#: PDQ's own threshold for "the same picture", of 256 bits.
MATCH_RADIUS: Final = MOST_RADIUS

_MAGIC: Final = b"EFNEAR\r\n"
_VERSION: Final = 1
_HEADER: Final = struct.Struct("<8sIIQQ32s")
#: Where the first section begins: a page, so that sections can be mapped.
_START: Final = 4096
_BLOCK: Final = 4096
_ROOM: Final = 1 << 16
_MOST_ROWS: Final = (1 << 32) - 1


class Hits(NamedTuple):
    """Hold what a search found, in the order of query, row.

    Args:
        query: (H,) int64, the place of the query.
        row: (H,) int64, the row of the known hash, as counted when the index was built.
        distance: (H,) int64, bits.
    """

    query: Ints
    row: Ints
    distance: Ints


def matchable(quality: NDArray[Any]) -> NDArray[np.bool_]:
    """Say which hashes may be matched without a person; plainer ones are kept, and shown as too plain to match."""
    return np.asarray(quality) >= LEAST_QUALITY


@dataclass(frozen=True, slots=True)
class NearestIndex:
    """Hold an opened index.

    Args:
        path: of the file.
        rows: hashes that it was built from, equal ones counted each.
        digest: SHA-256 of everything after the header, as recorded there.
        index: the mapped tables of the distinct hashes.
        starts: (U + 1,) where the rows of each distinct hash begin.
        members: (rows,) the rows, hash by hash.
    """

    path: Path
    rows: int
    digest: bytes
    index: Index
    starts: NDArray[np.uint32]
    members: NDArray[np.uint32]

    @classmethod
    def build(cls, hashes: NDArray[np.uint8], path: Path) -> Self:
        """Write the index of hashes (N, 32), which may be mapped from a file, and open it.

        Needs 64 bytes a row and 128 MiB beside the hashes, and on disk at most 292 bytes a row. The file appears under
        its name when it is whole, and replaces an older one in one step.
        """
        words = as_words(hashes)
        if len(words) > _MOST_ROWS:
            raise ValueError(f"an index holds at most {_MOST_ROWS} rows")
        with atomic_file(path) as file:
            _write(file, words)
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Map an index; checks the header and the size, not every byte (``verify`` does)."""
        rows, entries, digest = _read_header(path)
        hashes, starts, members, offsets, tables = (
            _mapped(path, at, dtype, shape) for at, dtype, shape in _sections(rows, entries)[:-1]
        )
        return cls(path, rows, digest, (hashes, offsets, tables), starts, members)

    def __len__(self) -> int:
        return self.rows

    def verify(self) -> None:
        """Read the whole file, and raise ``NearestIndexError`` when it is not what was written."""
        found = hashlib.sha256()
        with self.path.open("rb") as file:
            file.seek(_START)
            while block := file.read(1 << 20):
                found.update(block)
        if found.digest() != self.digest:
            raise NearestIndexError(f"{self.path} has changed since it was built; build it again")

    def search(self, queries: NDArray[np.uint8], radius: int = MATCH_RADIUS) -> Hits:
        """Give every row within ``radius`` (0-31) bits of each query (Q, 32), each once; nothing is left out.

        Does not look at qualities: ``matchable`` says which queries to ask.
        """
        words, reach = as_words(queries), reach_of(radius)
        found = [self._block(words[at : at + _BLOCK], radius, reach, at) for at in range(0, len(words), _BLOCK)]
        return self._with_rows(np.concatenate(found) if found else np.empty((0, 3), np.int64))

    def _block(self, words: Words, radius: int, reach: Ints, at: int) -> Ints:
        out = np.empty((_ROOM, 3), dtype=np.int64)
        count = search(words, radius, reach, self.index, out)
        if count > len(out):
            out = np.empty((count, 3), dtype=np.int64)
            search(words, radius, reach, self.index, out)
        found = out[:count]
        found[:, 0] += at
        return found

    def _with_rows(self, found: Ints) -> Hits:
        """Replace each distinct hash by the rows that have it, and put all in order."""
        begins = self.starts[found[:, 1]].astype(np.int64)
        counts = self.starts[found[:, 1] + 1].astype(np.int64) - begins
        ends = np.cumsum(counts)
        within = np.arange(int(counts.sum())) - np.repeat(ends - counts, counts)
        rows = self.members[np.repeat(begins, counts) + within].astype(np.int64)
        query, distance = np.repeat(found[:, 0], counts), np.repeat(found[:, 2], counts)
        order = np.lexsort((rows, query))
        return Hits(query[order], rows[order], distance[order])


def _sections(rows: int, entries: int) -> list[tuple[int, type[np.generic], tuple[int, ...]]]:
    """Give place, type and shape of each section; the last is the end of the file."""
    shapes: list[tuple[type[np.generic], tuple[int, ...]]] = [
        (np.uint64, (entries, 4)),
        (np.uint32, (entries + 1,)),
        (np.uint32, (rows,)),
        (np.uint32, (CHUNKS, VALUES + 1)),
        (np.uint64, (CHUNKS, entries, 2)),
    ]
    at, sections = _START, []
    for dtype, shape in shapes:
        sections.append((at, dtype, shape))
        at += _padded(int(np.prod(shape)) * np.dtype(dtype).itemsize)
    return [*sections, (at, np.uint8, (0,))]


def _padded(size: int) -> int:
    return -(-size // _START) * _START


def _mapped(path: Path, at: int, dtype: type[np.generic], shape: tuple[int, ...]) -> NDArray[Any]:
    if not np.prod(shape):
        return np.zeros(shape, dtype)
    return np.asarray(np.memmap(path, dtype, "r", at, shape))


def _write(file: IO[bytes], words: Words) -> None:
    order, starts = distinct(words)
    hashes = words[order[starts[:-1]]]
    body = _Body(file)
    body.section(hashes)
    body.section(starts.astype(np.uint32))
    body.section(order.astype(np.uint32))
    del order, starts
    offsets = table_offsets(hashes)
    body.section(offsets)
    for table in range(CHUNKS):
        for part in table_parts(hashes, table, offsets):
            body.put(part)
    body.pad()
    file.seek(0)
    file.write(_HEADER.pack(_MAGIC, _VERSION, CHUNKS, len(words), len(hashes), body.digest.digest()))


class _Body:
    """Write sections, each to a whole number of pages, and digest them."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest, self.size = file, hashlib.sha256(), 0
        file.write(bytes(_START))

    def put(self, array: NDArray[Any]) -> None:
        data = np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
        self.digest.update(data)
        self.file.write(data)
        self.size += len(data)

    def pad(self) -> None:
        self.put(np.zeros(_padded(self.size) - self.size, np.uint8))

    def section(self, array: NDArray[Any]) -> None:
        self.put(array)
        self.pad()


def _read_header(path: Path) -> tuple[int, int, bytes]:
    """Give rows, distinct hashes and digest."""
    try:
        with path.open("rb") as file:
            magic, version, chunks, rows, entries, digest = _HEADER.unpack(file.read(_HEADER.size))
        size = path.stat().st_size
    except (OSError, struct.error) as error:
        raise NearestIndexError(f"{path} is not an index that can be read: {error}") from error
    if magic != _MAGIC:
        raise NearestIndexError(f"{path} is not an index of hashes")
    if (version, chunks) != (_VERSION, CHUNKS):
        raise NearestIndexError(f"{path} was made by another version of Everyframe; build it again")
    if size != _sections(rows, entries)[-1][0]:
        raise NearestIndexError(f"{path} is cut short or has grown; build it again")
    return rows, entries, digest
