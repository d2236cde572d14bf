"""Sorting more digests than fit in memory: sorted runs on disk, then merged piece by piece."""

import mmap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["Bytes2D", "Keys", "Piece", "RowNumbers", "Sorter", "keys_of", "sort_piece"]

Keys = npt.NDArray[np.uint64]
Bytes2D = npt.NDArray[np.uint8]
RowNumbers = npt.NDArray[np.uint32]

#: A run is written when this many bytes of digests wait.
RUN_BYTES: Final = 24 << 20
#: Rows merged at once, over all runs.
MERGE_ROWS: Final = 1 << 20
KEY: Final = 8


@dataclass(frozen=True, slots=True)
class Piece:
    """Hold digests as their first eight bytes (a big-endian number), the rest, and the row of each."""

    keys: Keys
    tails: Bytes2D
    rows: RowNumbers

    def part(self, start: int, end: int) -> "Piece":
        """Give the rows from start to end."""
        return Piece(self.keys[start:end], self.tails[start:end], self.rows[start:end])


#: A sorted piece from elsewhere, and what each part of it goes through.
Other = tuple[Piece, Callable[[Piece], Piece]]


def keys_of(digests: Bytes2D) -> Keys:
    """Give the first eight bytes of each digest as a number that sorts as the bytes do."""
    return np.ascontiguousarray(digests[:, :KEY]).view(">u8").ravel().astype(np.uint64)


def sort_piece(piece: Piece) -> Piece:
    """Sort by digest; equal digests keep their order."""
    order = np.argsort(piece.keys, kind="stable")
    keys = piece.keys[order]
    same = np.zeros(len(keys) + 1, dtype=bool)
    same[1:-1] = keys[1:] == keys[:-1]
    tied = np.flatnonzero(same[1:] | same[:-1])
    if len(tied):
        group = order[tied]
        columns = [piece.tails[group, c] for c in reversed(range(piece.tails.shape[1]))]
        order[tied] = group[np.lexsort([*columns, piece.keys[group]])]
    return Piece(keys, piece.tails[order], piece.rows[order])


class Sorter:
    """Take digests of one algorithm in any order and give them back sorted.

    Args:
        folder: where runs are kept until the sorter is done with.
        algorithm: names the files.
        length: bytes of one digest.
    """

    def __init__(self, folder: Path, algorithm: str, length: int) -> None:
        self._folder, self._algorithm, self._length = folder, algorithm, length
        self._waiting = bytearray()
        self._rows = bytearray()
        self._runs: list[int] = []
        self._maps: list[mmap.mmap] = []
        self.count = 0

    def add(self, joined: bytes, rows: RowNumbers) -> None:
        """Take digests that are joined, and the row of each."""
        self._waiting += joined
        self._rows += rows.tobytes()
        self.count += len(rows)
        if len(self._waiting) >= RUN_BYTES:
            self._spill()

    def pieces(self, other: Other | None = None) -> Iterator[Piece]:
        """Give everything sorted, in pieces of bounded size; ``other`` is merged in, each part of it through its function."""
        if self._waiting:
            self._spill()
        runs = [self._open(n, count) for n, count in enumerate(self._runs)] + ([other[0]] if other else [])
        at = [0] * len(runs)
        while any(at[n] < len(run.keys) for n, run in enumerate(runs)):
            ends = _ends(runs, at, max(1024, MERGE_ROWS // len(runs)))
            parts = [run.part(at[n], ends[n]) for n, run in enumerate(runs)]
            at = ends
            if other:
                parts[-1] = other[1](parts[-1])
            yield parts[0] if len(runs) == 1 else _merged(parts)
            self._let_go()

    def close(self) -> None:
        """Remove the runs."""
        for n in range(len(self._runs)):
            for part in ("keys", "tails", "rows"):
                self._path(n, part).unlink(missing_ok=True)

    def _spill(self) -> None:
        digests = np.frombuffer(self._waiting, dtype=np.uint8).reshape(-1, self._length)
        piece = sort_piece(Piece(keys_of(digests), digests[:, KEY:], np.frombuffer(self._rows, dtype=np.uint32)))
        number = len(self._runs)
        piece.keys.tofile(self._path(number, "keys"))
        piece.tails.tofile(self._path(number, "tails"))
        piece.rows.tofile(self._path(number, "rows"))
        self._runs.append(len(piece.rows))
        self._waiting, self._rows = bytearray(), bytearray()

    def _open(self, number: int, count: int) -> Piece:
        return Piece(
            self._mapped(number, "keys").view(np.uint64),
            self._mapped(number, "tails").reshape(count, self._length - KEY),
            self._mapped(number, "rows").view(np.uint32),
        )

    def _mapped(self, number: int, part: str) -> Bytes2D:
        with self._path(number, part).open("rb") as file:
            self._maps.append(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        return np.frombuffer(self._maps[-1], np.uint8)

    def _let_go(self) -> None:
        """Give the pages of the runs that were read back: on a large set they are more than all else."""
        for mapped in self._maps:
            mapped.madvise(mmap.MADV_DONTNEED)

    def _path(self, number: int, part: str) -> Path:
        return self._folder / f"{self._algorithm}.run{number}.{part}"


def _merged(parts: list[Piece]) -> Piece:
    return sort_piece(
        Piece(
            np.concatenate([p.keys for p in parts]),
            np.concatenate([p.tails for p in parts]),
            np.concatenate([p.rows for p in parts]),
        )
    )


def _ends(runs: list[Piece], at: list[int], step: int) -> list[int]:
    """Give where each run may be cut so that every row before the cuts sorts before every row after them."""
    last = [run.keys[min(at[n] + step, len(run.keys)) - 1] for n, run in enumerate(runs) if at[n] < len(run.keys)]
    cut = min(last)
    return [at[n] + int(np.searchsorted(run.keys[at[n] :], cut, side="right")) for n, run in enumerate(runs)]
