"""What a set says beside digests, one record per row: a category column, a quality column, and a side file for the rest."""

import json
import os
from array import array
from collections import Counter
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from everyframe.errors import UsageError
from everyframe.known.block import NO_QUALITY, Block
from everyframe.known.entry import KnownEntry
from everyframe.known.vics_block import entry_of_media

__all__ = ["NO_QUALITY", "RowReader", "RowWriter", "Said"]

#: Codes that a 16-bit column can tell apart.
MAX_CODES: Final = 65_536
FLUSH_ROWS: Final = 1 << 16
FIELDS: Final = {"z": "size", "n": "name", "t": "tags", "s": "series", "c": "comments"}
FLAGS: Final = "f"
EXTRA: Final = "x"
#: A record with none but these keys is of an entry; any other is the rest of a Media, under the names of VICS.
SHORT: Final = {*FIELDS, FLAGS, EXTRA}
Said = dict[str, Any]


class RowWriter:
    """Write the record of each row, in order.

    Args:
        folder: where the set is being built.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._data = (folder / "data.bin").open("wb")
        self._columns = [(folder / name).open("wb") for name in ("data.off", "category.u16", "quality.u8")]
        self._codes: dict[str, int] = {}
        self._counts: list[int] = []
        self._offset = 0
        self._waiting = bytearray()
        self._start()
        self.rows = 0

    def add(self, block: Block) -> None:
        """Write the records of the next rows."""
        ends = (block.ends + (self._offset + len(self._waiting))).astype(np.uint64)
        self._waiting += block.records
        self._ends += ends.tobytes()
        for code, count in Counter(block.categories).items():
            if code not in self._codes:
                self._new_code(code)
            self._counts[self._codes[code]] += count
        self._categories += array("H", map(self._codes.__getitem__, block.categories)).tobytes()
        self._quality += block.quality
        self.rows += block.rows
        if len(self._quality) >= FLUSH_ROWS:
            self._flush()

    def copy(self, rows: "RowReader", gone: npt.NDArray[np.uint32]) -> None:
        """Write the records of another set after these, but for those of some rows (sorted)."""
        self._flush()
        for code in rows.codes:
            if code not in self._codes:
                self._new_code(code)
        numbers = np.array([self._codes[code] for code in rows.codes], dtype=np.uint16)
        for at in range(0, len(rows.quality), FLUSH_ROWS):
            end = min(at + FLUSH_ROWS, len(rows.quality))
            kept = np.ones(end - at, dtype=bool)
            kept[gone[np.searchsorted(gone, at) : np.searchsorted(gone, end)] - at] = False
            codes = numbers[rows.categories[at:end][kept]]
            for number, count in enumerate(np.bincount(codes, minlength=len(self._codes)).tolist()):
                self._counts[number] += count
            records, lengths = rows.records(at, end, kept)
            self._waiting += records
            self._ends += (np.cumsum(lengths) + self._offset).astype(np.uint64).tobytes()
            self._categories += codes.tobytes()
            self._quality += rows.quality[at:end][kept].tobytes()
            self.rows += len(codes)
            self._flush()

    def close(self) -> dict[str, int]:
        """Put everything on the disk and give how many rows have each category."""
        self._flush()
        for file in (self._data, *self._columns):
            file.flush()
            os.fsync(file.fileno())
        self.abandon()
        (self._folder / "codes.json").write_text(json.dumps(list(self._codes), ensure_ascii=False), encoding="utf-8")
        return dict(zip(self._codes, self._counts, strict=True))

    def abandon(self) -> None:
        """Close the files."""
        for file in (self._data, *self._columns):
            file.close()

    def _new_code(self, category: str) -> None:
        if len(self._codes) >= MAX_CODES:
            raise UsageError(f"more than {MAX_CODES:,} categories: this column holds something else; see --map")
        self._counts.append(0)
        self._codes[category] = len(self._codes)

    def _start(self) -> None:
        self._ends, self._categories, self._quality = bytearray(), bytearray(), bytearray()

    def _flush(self) -> None:
        self._data.write(self._waiting)
        self._offset += len(self._waiting)
        self._waiting = bytearray()
        for file, column in zip(self._columns, (self._ends, self._categories, self._quality), strict=True):
            file.write(column)
        self._start()


class RowReader:
    """Read the records of a set that was imported."""

    def __init__(self, folder: Path, rows: int) -> None:
        self._folder, self._rows = folder, rows
        try:
            codes = json.loads((folder / "codes.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UsageError(f"{folder}: the categories cannot be read ({error}); import the set again") from error
        self.codes = [str(code) for code in codes]
        self.categories: npt.NDArray[np.uint16] = self._column("category.u16", np.uint16)
        self.quality: npt.NDArray[np.uint8] = self._column("quality.u8", np.uint8)
        self._ends: npt.NDArray[np.uint64] = self._column("data.off", np.uint64)

    def category(self, row: int) -> str:
        """Give the category code of a row."""
        return self.codes[int(self.categories[row])]

    def entry(self, row: int, digests: dict[str, bytes]) -> KnownEntry:
        """Put a row together again."""
        quality = int(self.quality[row])
        said = self.said(row)
        if not said.keys() <= SHORT:
            return entry_of_media(said, self.category(row), digests)
        texts = {name: said[key] for key, name in FIELDS.items() if key in said}
        return KnownEntry(
            **digests,  # type: ignore[arg-type]  # names of the digest fields
            **texts,
            quality=-1 if quality == NO_QUALITY else quality,
            category=self.category(row),
            flags=said.get(FLAGS, {}),
            extra=said.get(EXTRA, {}),
        )

    def said(self, row: int) -> Said:
        """Give the side record of a row."""
        start, end = int(self._ends[row - 1]) if row else 0, int(self._ends[row])
        if start == end:
            return {}
        with (self._folder / "data.bin").open("rb") as file:
            file.seek(start)
            found: Said = json.loads(file.read(end - start))
        return found

    def records(self, at: int, end: int, kept: npt.NDArray[np.bool_]) -> tuple[bytes, npt.NDArray[np.int64]]:
        """Give the side records of some rows of a range, joined, and the bytes of each."""
        ends = self._ends[at:end].astype(np.int64)
        first = int(self._ends[at - 1]) if at else 0
        lengths = np.diff(ends, prepend=first)
        with (self._folder / "data.bin").open("rb") as file:
            file.seek(first)
            data = np.frombuffer(file.read(int(ends[-1]) - first), np.uint8)
        return data[np.repeat(kept, lengths)].tobytes(), lengths[kept]

    def _column(self, name: str, kind: type[np.generic]) -> npt.NDArray[Any]:
        path = self._folder / name
        size = np.dtype(kind).itemsize * self._rows
        if not path.is_file() or path.stat().st_size != size:
            raise UsageError(f"{path}: does not hold {self._rows:,} rows; import the set again")
        return np.asarray(np.memmap(path, dtype=kind, mode="r")) if size else np.zeros(0, kind)
