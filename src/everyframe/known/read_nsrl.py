"""NSRL RDS 3: SQLite, full (table ``FILE``) and minimal (``DISTINCT_HASH``)."""

from collections.abc import Iterator
from types import NoneType
from typing import Any, ClassVar, Final

import msgspec
import numpy as np

from everyframe.errors import UsageError
from everyframe.known import foreign_database
from everyframe.known.block import NO_QUALITY, Block, blocks_of, hex_values
from everyframe.known.entry import KnownEntry
from everyframe.known.lint import Lint
from everyframe.known.source import Source
from everyframe.known.values import digest, number

__all__ = ["DIGESTS", "NsrlReader", "nsrl_entry"]

#: In the order of what they say: the full set names files and packages, the minimal one only digests.
TABLES: Final = ("FILE", "METADATA", "DISTINCT_HASH")
DIGESTS: Final = ("md5", "sha1", "sha256")
#: Rows read at once.
STEP: Final = 2_048
ENCODE: Final = msgspec.json.Encoder().encode_lines
Rows = list[tuple[Any, ...]]


class NsrlReader:
    """Read an RDS 3 database; a file in several packages is several rows, as NIST lists it."""

    NAME: ClassVar = "nsrl"
    DESCRIPTION: ClassVar = "NSRL RDS 3 (SQLite), full or minimal"
    KIND: ClassVar = "known-software"

    def recognises(self, source: Source) -> bool:
        """Look for the tables of an RDS."""
        found = foreign_database.tables(source)
        return bool(found & {"file", "distinct_hash"}) and bool(found & {"pkg", "version", "mfg", "distinct_hash"})

    def entries(self, source: Source, lint: Lint) -> Iterator[KnownEntry]:
        """Give every row of the fullest table."""
        for names, first, rows in _rows(source, lint):
            yield from _entries(names, first, rows, lint)

    def blocks(self, source: Source, lint: Lint) -> Iterator[Block]:
        """Give the same rows as blocks; rows of which every column is sound take the short way."""
        for names, first, rows in _rows(source, lint):
            block = _sound_block(names, rows)
            if block:
                yield block
            else:
                yield from blocks_of(_entries(names, first, rows, lint))


def _rows(source: Source, lint: Lint) -> Iterator[tuple[list[str], int, Rows]]:
    """Give the rows of the fullest table, many at once: the names of the columns, the number of the first row, the rows."""
    with foreign_database.opened(source) as connection:
        foreign_database.check(connection, source, lint)
        for table in TABLES:
            names = [c.lower() for c in foreign_database.columns(connection, table)]
            if set(names) & set(DIGESTS):
                break
        else:
            raise UsageError(f"{source.path}: no table of digests; an RDS 3 has one of {', '.join(TABLES)}")
        names = [n for n in names if '"' not in n]
        listed = ", ".join(f'"{n}"' for n in names)
        cursor, first = connection.execute(f"SELECT {listed} FROM {table}"), 1  # noqa: S608 - names above
        while rows := cursor.fetchmany(STEP):
            source.step(min(first * 200, source.size - 1), source.size)
            yield names, first, rows
            first += len(rows)
    source.step(source.size, source.size)


def _entries(names: list[str], first: int, rows: Rows, lint: Lint) -> Iterator[KnownEntry]:
    for number_, row in enumerate(rows, first):
        entry = nsrl_entry(dict(zip(names, row, strict=False)), lint, f"row {number_}")
        if entry:
            yield entry


def _sound_block(names: list[str], rows: Rows) -> Block | None:
    """Turn rows into a block; None when a digest, size or name is not as it should be, or another column has no value."""
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    texts = {a: columns.pop(a) for a in DIGESTS if a in columns}
    if len(columns) + len(texts) < len(names) or not all(set(map(type, c)) <= {str, NoneType} for c in texts.values()):
        return None
    digests = {a: values for a, column in texts.items() if (values := hex_values(column, a))}
    said = _said(columns, len(rows))
    if said is None or len(digests) < len(texts) or not any(len(s) == len(rows) for _, s in digests.values()):
        return None
    records = ENCODE(said)
    return Block(
        rows=len(rows),
        values={a: values for a, values in digests.items() if values[0]},
        categories=[""] * len(rows),
        quality=bytes([NO_QUALITY]) * len(rows),
        records=records,
        ends=np.flatnonzero(np.frombuffer(records, np.uint8) == ord("\n")) + 1,
    )


def _said(columns: dict[str, tuple[Any, ...]], count: int) -> list[dict[str, Any]] | None:
    """Give the side record of each row, in the form of ``rows``; uses the dictionary up."""
    said: list[dict[str, Any]] = [{} for _ in range(count)]
    if "file_size" in columns:
        sizes = columns.pop("file_size")
        if set(map(type, sizes)) != {int} or min(sizes) < 0:
            return None
        said = [{"z": size} for size in sizes]
    if "file_name" in columns:
        names = columns.pop("file_name")
        if set(map(type, names)) != {str}:
            return None
        said = [{**one, "n": name} if name else one for one, name in zip(said, names, strict=True)]
    if not all(set(map(type, column)) <= {str, int, float} for column in columns.values()):
        return None
    if columns:
        more = zip(*columns.values(), strict=True)
        said = [{**one, "x": dict(zip(columns, rest, strict=True))} for one, rest in zip(said, more, strict=True)]
    return said


def nsrl_entry(row: dict[str, object], lint: Lint, where: str) -> KnownEntry | None:
    """Read one row, its columns named in small letters; uses the dictionary up. A row without any digest is counted."""
    digests = {a: digest(row.pop(a, None), a, lint, where) for a in DIGESTS}
    if not any(digests.values()):
        lint.add("no-digest", where)
        return None
    name = row.pop("file_name", None)
    return KnownEntry(
        **digests,  # type: ignore[arg-type]  # digest fields by name
        name=name if isinstance(name, str) else "",
        size=number(row.pop("file_size", None), lint, where),
        extra={k: v if isinstance(v, (str, int, float)) else str(v) for k, v in row.items() if v is not None},
    )
