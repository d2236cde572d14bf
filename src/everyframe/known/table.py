"""One immutable sorted file per algorithm of a set: header, prefix table, digests, row numbers; memory-mapped.

Layout, little-endian: 4,096 bytes of header (magic, then JSON padded with spaces) · 2**bits + 1 numbers of 32 bits, the
prefix table, padded to eight bytes · the first eight bytes of every digest as a number of 64 bits, ascending · the other
bytes of every digest · the row of every digest, 32 bits each. The digest in the header is SHA-256 over all that follows it.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt

from everyframe.errors import UsageError
from everyframe.known.sorting import KEY, Bytes2D, Keys, Piece, RowNumbers, keys_of

__all__ = ["Table", "write_table"]

MAGIC: Final = b"EFKNOWN\x01"
HEADER: Final = 4096
VERSION: Final = 1
CHUNK: Final = 1 << 20
Index = npt.NDArray[np.int64]


def write_table(path: Path, *, algorithm: str, name: str, length: int, count: int, pieces: Iterable[Piece]) -> None:
    """Write sorted pieces as one file, and put it on the disk."""
    bits = max(1, min(26, count.bit_length()))
    spots = _spots(count, length, bits)
    counts = np.zeros(2**bits, dtype=np.uint32)
    with path.open("w+b") as file:
        done = 0
        for piece in pieces:
            _put(file, spots["keys"] + done * KEY, piece.keys)
            _put(file, spots["tails"] + done * (length - KEY), piece.tails)
            _put(file, spots["rows"] + done * 4, piece.rows)
            prefix = (piece.keys >> np.uint64(64 - bits)).astype(np.int64)
            starts = np.flatnonzero(np.diff(prefix, prepend=-1))
            counts[prefix[starts]] += np.diff(starts, append=len(prefix)).astype(np.uint32)
            done += len(piece.rows)
        file.truncate(spots["end"])
        _put(file, HEADER, np.concatenate([np.zeros(1, np.uint32), np.cumsum(counts, dtype=np.uint32)]))
        facts = {
            "version": VERSION,
            "algorithm": algorithm,
            "list": name,
            "length": length,
            "rows": count,
            "bits": bits,
        }
        file.seek(0)
        file.write(_header(facts | {"digest": _digest(file)}))
        file.flush()
        os.fsync(file.fileno())


class Table:
    """Find digests in one sorted file.

    Raises:
        UsageError: the file is not one of these, or is cut short.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.facts = _read_header(path)
        self.rows: int = self.facts["rows"]
        self.length: int = self.facts["length"]
        self._bits: int = self.facts["bits"]
        spots = _spots(self.rows, self.length, self._bits)
        if path.stat().st_size != spots["end"]:
            raise UsageError(
                f"{path}: is {path.stat().st_size:,} bytes instead of {spots['end']:,}; import the set again"
            )
        data = np.asarray(np.memmap(path, dtype=np.uint8, mode="r"))
        self._prefix: RowNumbers = data[HEADER : HEADER + 4 * (2**self._bits + 1)].view(np.uint32)
        self._keys: Keys = data[spots["keys"] : spots["tails"]].view(np.uint64)
        self._tails: Bytes2D = data[spots["tails"] : spots["tails"] + self.rows * (self.length - KEY)].reshape(
            self.rows, self.length - KEY
        )
        self.row_numbers: RowNumbers = data[spots["rows"] : spots["end"]].view(np.uint32)

    def digests(self, start: int = 0, end: int | None = None) -> Bytes2D:
        """Give the digests from start to end, in the file's order, as an array of bytes."""
        keys = self._keys[start:end].astype(">u8").view(np.uint8).reshape(-1, KEY)
        return np.hstack([keys, self._tails[start:end]])

    def piece(self) -> Piece:
        """Give all of it, sorted, still mapped from the file."""
        return Piece(self._keys, self._tails, self.row_numbers)

    def find(self, digests: Bytes2D) -> tuple[Index, RowNumbers]:
        """Give every hit: the number of the digest asked for, and the row of the set; in the order asked."""
        asked = keys_of(digests)
        at = self._first(asked)
        inside = np.flatnonzero(at < self.rows)
        there = inside[self._keys[at[inside]] == asked[inside]]
        spans = self._last(at[there], asked[there]) - at[there]
        which = np.repeat(there, spans)
        starts = np.repeat(at[there] - (np.cumsum(spans) - spans), spans)
        spots = starts + np.arange(len(which))
        same = (self._tails[spots] == digests[which, KEY:]).all(axis=1)
        return which[same], self.row_numbers[spots[same]]

    def verify(self) -> bool:
        """Say whether the file is as it was written."""
        with self.path.open("rb") as file:
            return bool(_digest(file) == self.facts["digest"])

    def _first(self, asked: Keys) -> Index:
        prefix = (asked >> np.uint64(64 - self._bits)).astype(np.int64)
        low, high = self._prefix[prefix].astype(np.int64), self._prefix[prefix + 1].astype(np.int64)
        active = np.flatnonzero(low < high)
        while len(active):
            left, right = low[active], high[active]
            middle = (left + right) >> 1
            less = self._keys[middle] < asked[active]
            low[active] = left = np.where(less, middle + 1, left)
            high[active] = right = np.where(less, right, middle)
            active = active[left < right]
        return low

    def _last(self, at: Index, asked: Keys) -> Index:
        end = at + 1
        active = np.flatnonzero(end < self.rows)
        active = active[self._keys[end[active]] == asked[active]]
        if len(active):  # equal beginnings are rare: a search over the whole file each
            end[active] = np.searchsorted(self._keys, asked[active], side="right")
        return end


def _spots(count: int, length: int, bits: int) -> dict[str, int]:
    keys = -(-(HEADER + 4 * (2**bits + 1)) // 8) * 8
    tails = keys + count * KEY
    rows = -(-(tails + count * (length - KEY)) // 8) * 8
    return {"keys": keys, "tails": tails, "rows": rows, "end": rows + 4 * count}


def _put(file: BinaryIO, spot: int, values: npt.NDArray[Any]) -> None:
    file.seek(spot)
    file.write(np.ascontiguousarray(values).data)


def _digest(file: BinaryIO) -> str:
    file.seek(HEADER)
    total = hashlib.sha256()
    while chunk := file.read(CHUNK):
        total.update(chunk)
    file.seek(0)
    return total.hexdigest()


def _header(facts: dict[str, object]) -> bytes:
    text = MAGIC + json.dumps(facts).encode()
    if len(text) > HEADER:
        raise UsageError(f"the name of the set is too long: {len(text):,} bytes of header")
    return text.ljust(HEADER)


def _read_header(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        head = file.read(HEADER)
    try:
        facts = json.loads(head.removeprefix(MAGIC)) if head.startswith(MAGIC) else None
    except ValueError:
        facts = None
    if not isinstance(facts, dict) or facts.get("version") != VERSION:
        raise UsageError(f"{path}: is not a table of a known set of this version; import the set again")
    return facts
