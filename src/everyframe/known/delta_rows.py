"""What an NSRL delta does to the rows of a set: which go, and which come instead or beside them.

The statements take effect in their order, as they would in the database. Rows of the set are found by digest, in its sorted
tables; of the rows that the delta itself brings, only those are held in memory that a later statement may speak of.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from everyframe.errors import UsageError
from everyframe.known.entry import KnownEntry
from everyframe.known.lint import Lint
from everyframe.known.read_nsrl import DIGESTS, nsrl_entry
from everyframe.known.sets import KnownSet
from everyframe.known.source import Source
from everyframe.known.sql_statements import Change, Insert, Other, Statement, Value, statements
from everyframe.known.values import digest

__all__ = ["DeltaRows"]

#: Tables of files, as views or tables of the several publications.
FILE_TABLES: Final = {"file", "metadata", "distinct_hash"}
#: Tables that sets do not keep.
OTHER_TABLES: Final = {"pkg", "mfg", "os", "version"}
#: Columns in NIST's order, for rows that do not name theirs.
COLUMNS: Final = {
    "file": ("sha256", "sha1", "md5", "crc32", "file_name", "file_size", "package_id"),
    "distinct_hash": ("sha256", "sha1", "md5", "crc32"),
}
#: Updates and deletions in one delta; each is held in memory.
MOST_CHANGES: Final = 4_000_000
Key = tuple[str, bytes]


class DeltaRows:
    """Read a delta against a set.

    Args:
        source: the delta.
        base: the set that it changes.
        lint: hears of what does not fit.

    ``gone`` has the rows of the set that are deleted or replaced, in full when ``entries`` has ended.
    """

    def __init__(self, source: Source, base: KnownSet, lint: Lint) -> None:
        self.gone: set[int] = set()
        self._source, self._base, self._lint = source, base, lint
        self._watched: set[Key] = set()
        self._slots: list[KnownEntry | None] = []
        self._by_key: dict[Key, list[int]] = defaultdict(list)

    def entries(self) -> Iterator[KnownEntry]:
        """Give every row that is new.

        Raises:
            UsageError: the file is no delta, ends early, or asks for what cannot be done exactly.
        """
        self._look_ahead()
        for statement in self._statements():
            if isinstance(statement, Insert) and statement.table in FILE_TABLES:
                yield from filter(None, map(self._placed, self._inserted(statement)))
            elif isinstance(statement, Change) and statement.table in FILE_TABLES:
                yield from filter(None, map(self._placed, self._changed(statement)))
            elif isinstance(statement, Other):
                self._lint.add("statement-without-rows", f"line {statement.line}", statement.word)
            else:
                self._lint.add("other-table", f"line {statement.line}", statement.table)
        yield from filter(None, self._slots)

    def _statements(self) -> Iterator[Statement]:
        with self._source.path.open("rb") as file:
            for statement, done in statements(file, self._source.path.name):
                self._source.step(min(done, self._source.size), self._source.size)
                yield statement

    def _look_ahead(self) -> None:
        """Read all of it once before anything is done: is it whole, and which digests do its changes speak of."""
        opened = closed = 0
        changes = 0
        for statement in self._statements():
            if isinstance(statement, Other):
                opened += statement.word == "begin"
                closed += statement.word in {"commit", "end"}
                continue
            if statement.table not in FILE_TABLES | OTHER_TABLES:
                raise self._refused(statement.line, f"the table {statement.table} is none of an RDS")
            if isinstance(statement, Change) and statement.table in FILE_TABLES:
                self._watched.add(self._key(statement))
                changes += 1
        if opened != closed:
            raise UsageError(f"{self._source.path.name}: ends before its COMMIT: it was cut short; nothing was changed")
        if changes > MOST_CHANGES:
            raise self._refused(0, f"{changes:,} updates and deletions, of {MOST_CHANGES:,} that are held at once")

    def _key(self, change: Change) -> Key:
        for algorithm in DIGESTS:
            value = change.where.get(algorithm)
            if value is not None:
                found = digest(value, algorithm, Lint(), "")
                if not found:
                    raise self._refused(change.line, f"{value!r:.60} is no {algorithm}")
                return algorithm, found
        raise self._refused(change.line, "it names its rows by no digest")

    def _refused(self, line: int, why: str) -> UsageError:
        return UsageError(
            f"{self._source.path.name}: line {line}: {why}. Nothing was changed; apply the delta to the database with"
            " sqlite3 and import the result"
        )

    def _inserted(self, statement: Insert) -> Iterator[KnownEntry]:
        columns = statement.columns or COLUMNS.get(statement.table, ())
        for row in statement.rows:
            if len(row) != len(columns):
                raise self._refused(statement.line, f"{len(row)} values for the columns of {statement.table}")
            entry = nsrl_entry(dict(zip(columns, row, strict=True)), self._lint, f"line {statement.line}")
            if entry:
                yield entry

    def _placed(self, entry: KnownEntry) -> KnownEntry | None:
        """Hold an entry that a later statement may speak of; give back any other."""
        keys = _keys(entry)
        if self._watched.isdisjoint(keys):
            return entry
        for key in keys:
            self._by_key[key].append(len(self._slots))
        self._slots.append(entry)
        return None

    def _changed(self, change: Change) -> Iterator[KnownEntry]:
        """Take the rows away that a change is of, and give what comes instead."""
        found = [*self._of_slots(change), *self._of_base(change)]
        if not found:
            self._lint.add("row-not-there", f"line {change.line}", dict(change.where))
        for row in found:
            if change.to is not None:
                entry = nsrl_entry({**row, **change.to}, self._lint, f"line {change.line}")
                if entry:
                    yield entry

    def _of_slots(self, change: Change) -> Iterator[dict[str, Any]]:
        for slot in list(self._by_key.get(self._key(change), ())):
            entry = self._slots[slot]
            if entry is not None and _holds(row := _row(entry), change.where):
                self._slots[slot] = None
                yield row

    def _of_base(self, change: Change) -> Iterator[dict[str, Any]]:
        said = {a: value for a in DIGESTS if (value := change.where.get(a)) is not None}
        rows: set[int] | None = None
        for algorithm, text in said.items():
            value, table = digest(text, algorithm, Lint(), ""), self._base.tables.get(algorithm)
            found = table.find(np.frombuffer(value, np.uint8).reshape(1, -1))[1] if table and value else ()
            rows = set(map(int, found)) if rows is None else rows & set(map(int, found))
        others = [a for a in DIGESTS if a not in said and (change.to is not None or a in change.where)]
        for number in sorted((rows or set()) - self.gone):
            entry = self._base.entry(number, others)
            row = {**_row(entry), **{a: text for a, text in said.items() if isinstance(text, str)}}
            if _holds(row, change.where):
                self.gone.add(number)
                yield row


def _keys(entry: KnownEntry) -> list[Key]:
    return [(a, value) for a in DIGESTS if (value := getattr(entry, a))]


def _row(entry: KnownEntry) -> dict[str, Any]:
    """Give an entry as the row of the database that it was."""
    digests = {a: getattr(entry, a).hex() or None for a in DIGESTS}
    return {
        **entry.extra,
        **digests,
        "file_name": entry.name or None,
        "file_size": entry.size if entry.size >= 0 else None,
    }


def _holds(row: Mapping[str, object], where: Mapping[str, Value]) -> bool:
    return all(_same(column, row.get(column), value) for column, value in where.items())


def _same(column: str, value: object, asked: Value) -> bool:
    """Compare as text: a set does not keep whether a column held a number, or nothing or an empty text."""
    one, other = ("" if x is None else str(x) for x in (value, asked))
    return one.lower() == other.lower() if column in DIGESTS else one == other
