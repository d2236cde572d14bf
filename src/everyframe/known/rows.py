"""What a set says beside digests, one record per row: a category column, a quality column, and a side file for the rest."""

import json
import os
from array import array
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from everyframe.errors import UsageError
from everyframe.known.entry import KnownEntry

__all__ = ["NO_QUALITY", "RowReader", "RowWriter", "Said"]

#: Codes that a 16-bit column can tell apart.
MAX_CODES: Final = 65_536
FLUSH_ROWS: Final = 1 << 16
NO_QUALITY: Final = 255
PERCENT: Final = 100
FIELDS: Final = {"z": "size", "n": "name", "t": "tags", "s": "series", "c": "comments"}
Said = dict[str, Any]


class RowWriter:
    """Write the record of each row, in order.

    Args:
        folder: where the set is being built.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._encode = msgspec.json.Encoder().encode
        self._data = (folder / "data.bin").open("wb")
        self._columns = [(folder / name).open("wb") for name in ("data.off", "category.u16", "quality.u8")]
        self._codes: dict[str, int] = {}
        self._counts: list[int] = []
        self._offset = 0
        self._waiting = bytearray()
        self._start()
        self.rows = 0

    def add(self, entries: Sequence[KnownEntry]) -> None:
        """Write the records of the next rows."""
        waiting, encode, ends, offset = self._waiting, self._encode, self._ends, self._offset
        for entry in entries:
            said = _said(entry)
            if said:
                waiting += encode(said)
            ends.append(offset + len(waiting))
        codes = [entry.category for entry in entries]
        for code, count in Counter(codes).items():
            if code not in self._codes:
                self._new_code(code)
            self._counts[self._codes[code]] += count
        self._categories.extend(map(self._codes.__getitem__, codes))
        self._quality.extend([e.quality if 0 <= e.quality <= PERCENT else NO_QUALITY for e in entries])
        self.rows += len(entries)
        if len(ends) >= FLUSH_ROWS:
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
        self._ends, self._categories, self._quality = array("Q"), array("H"), array("B")

    def _flush(self) -> None:
        self._data.write(self._waiting)
        self._offset += len(self._waiting)
        self._waiting = bytearray()
        for file, column in zip(self._columns, (self._ends, self._categories, self._quality), strict=True):
            file.write(column.tobytes())
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
        texts = {name: said[key] for key, name in FIELDS.items() if key in said}
        return KnownEntry(
            **digests,  # type: ignore[arg-type]  # names of the digest fields
            **texts,
            quality=-1 if quality == NO_QUALITY else quality,
            category=self.category(row),
            flags=said.get("f", {}),
            extra=said.get("x", {}),
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

    def _column(self, name: str, kind: type[np.generic]) -> npt.NDArray[Any]:
        path = self._folder / name
        size = np.dtype(kind).itemsize * self._rows
        if not path.is_file() or path.stat().st_size != size:
            raise UsageError(f"{path}: does not hold {self._rows:,} rows; import the set again")
        return np.asarray(np.memmap(path, dtype=kind, mode="r")) if size else np.zeros(0, kind)


def _said(entry: KnownEntry) -> Said:
    said: Said = {}
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
