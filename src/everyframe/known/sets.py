"""The known sets of the agency, open for exact look-up: every hit of every set, each with what that set says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from everyframe.errors import UsageError
from everyframe.known.entry import ALGORITHMS, EXACT, KnownEntry
from everyframe.known.info import SetInfo, read_info
from everyframe.known.rows import RowReader
from everyframe.known.sorting import Bytes2D, RowNumbers
from everyframe.known.table import Index, Table
from everyframe.known.trivial import trivial_mask

__all__ = ["Hit", "Hits", "KnownSet", "KnownSets", "sets_folder"]


@dataclass(frozen=True, slots=True)
class Hit:
    """Hold one entry of one set that a digest was found in; ``query`` is the number of the digest asked for."""

    query: int
    set_id: str
    name: str
    version: str
    kind: str
    scheme: str
    category: str
    algorithm: str
    row: int


@dataclass(frozen=True, slots=True)
class SetHits:
    """Hold the hits in one set as columns: which digests, and which row of the set for each."""

    known: "KnownSet"
    algorithm: str
    queries: Index
    rows: RowNumbers

    def __iter__(self) -> Iterator[Hit]:
        """Give each hit with what its set says."""
        info = self.known.info
        for query, row in zip(self.queries.tolist(), self.rows.tolist(), strict=True):
            category = self.known.rows.category(row)
            yield Hit(query, info.id, info.name, info.version, info.kind, info.scheme, category, self.algorithm, row)


@dataclass(frozen=True, slots=True)
class Hits:
    """Hold all hits, set by set, never merged."""

    sets: tuple[SetHits, ...]

    def __len__(self) -> int:
        return sum(len(s.queries) for s in self.sets)

    def __iter__(self) -> Iterator[Hit]:
        """Give every hit, set by set."""
        for found in self.sets:
            yield from found


class KnownSet:
    """Read one imported set.

    Raises:
        UsageError: a file of the set is missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.info: SetInfo = read_info(folder)
        self.tables = {a: Table(folder / f"{a}.table") for a in self.info.algorithms}
        self.rows = RowReader(folder, self.info.rows)

    def entry(self, row: int, algorithms: Sequence[str] = tuple(ALGORITHMS)) -> KnownEntry:
        """Put one row together again; finding its digests reads the whole of each table, so not for many rows."""
        found = {}
        for algorithm in algorithms:
            table = self.tables.get(algorithm)
            spots = np.flatnonzero(table.row_numbers == row) if table else np.zeros(0, np.int64)
            if table and spots.size:
                found[algorithm] = table.digests(int(spots[0]), int(spots[0]) + 1).tobytes()
        return self.rows.entry(row, found)

    def entries(self) -> Iterator[KnownEntry]:
        """Give every row as it was imported, in the order of the file."""
        spots = {a: _inverse(t, self.info.rows) for a, t in self.tables.items()}
        for row in range(self.info.rows):
            digests = {
                a: self.tables[a].digests(int(s[row]), int(s[row]) + 1).tobytes()
                for a, s in spots.items()
                if s[row] >= 0
            }
            yield self.rows.entry(row, digests)

    def verify(self) -> list[str]:
        """Give the algorithms whose table is not as it was written."""
        return [a for a, table in self.tables.items() if not table.verify()]


class KnownSets:
    """Look digests up in every set at once.

    Args:
        sets: the open sets.
    """

    def __init__(self, sets: Sequence[KnownSet]) -> None:
        self.sets = tuple(sets)

    @classmethod
    def open(cls, home: Path, only: Sequence[str] = ()) -> "KnownSets":
        """Open the sets under an agency's directory, or only those with these ids.

        Raises:
            UsageError: an id is unknown, or a set is damaged.
        """
        found = {f.name: f for f in set_folders(home)}
        for ident in only:
            if ident not in found:
                raise UsageError(f"no known set {ident!r}; see: everyframe known list")
        return cls([KnownSet(f) for ident, f in found.items() if not only or ident in only])

    def lookup(self, algorithm: str, digests: Bytes2D | Sequence[bytes]) -> Hits:
        """Find digests in every set. Those of the empty file and of trivial files never hit.

        Raises:
            UsageError: the algorithm is not one that names a content exactly, or a digest has the wrong length.
        """
        asked = _as_array(algorithm, digests)
        never = trivial_mask(algorithm, asked)
        hits = []
        for known in self.sets:
            table = known.tables.get(algorithm)
            if table:
                queries, rows = table.find(asked)
                kept = ~never[queries]
                hits.append(SetHits(known, algorithm, queries[kept], rows[kept]))
        return Hits(tuple(hits))

    def lookup_one(self, algorithm: str, digest: bytes) -> list[Hit]:
        """Find one digest in every set."""
        return list(self.lookup(algorithm, [digest]))


def sets_folder(home: Path) -> Path:
    """Give where the sets of an agency are."""
    return home / "known"


def set_folders(home: Path) -> list[Path]:
    """Give the folder of every set that is in place, by id; what is being built or removed is not."""
    folder = sets_folder(home)
    if not folder.is_dir():
        return []
    return sorted(f for f in folder.iterdir() if f.is_dir() and not f.name.startswith("."))


def _as_array(algorithm: str, digests: Bytes2D | Sequence[bytes]) -> Bytes2D:
    if algorithm not in EXACT:
        raise UsageError(f"no exact look-up by {algorithm!r}; there are {', '.join(EXACT)}")
    length = ALGORITHMS[algorithm]
    if not isinstance(digests, np.ndarray):
        if any(len(d) != length for d in digests):
            raise UsageError(f"a digest of {algorithm} has {length} bytes")
        return np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(-1, length)
    if digests.dtype != np.uint8 or digests.shape != (len(digests), length):
        raise UsageError(f"digests of {algorithm} are an array of {length} bytes a row, not {digests.shape}")
    return digests


def _inverse(table: Table, rows: int) -> Index:
    spots = np.full(rows, -1, dtype=np.int64)
    spots[table.row_numbers] = np.arange(table.rows)
    return spots
