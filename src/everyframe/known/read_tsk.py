"""The Sleuth Kit's ``.kdb`` databases."""

import sqlite3
from collections.abc import Iterator
from typing import ClassVar, Final

from everyframe.known import foreign_database
from everyframe.known.entry import ALGORITHMS, KnownEntry
from everyframe.known.lint import Lint
from everyframe.known.source import Source

__all__ = ["TskReader"]

COLUMNS: Final = (("md5", "md5"), ("sha1", "sha1"), ("sha2_256", "sha256"))
STEP: Final = 65_536


class TskReader:
    """Read a .kdb; the first file name of a hash is its name, all others and the comments are kept as extra."""

    NAME: ClassVar = "tsk"
    DESCRIPTION: ClassVar = "Sleuth Kit database (.kdb)"
    KIND: ClassVar = ""

    def recognises(self, source: Source) -> bool:
        """Look for the tables of a .kdb."""
        return foreign_database.tables(source) >= {"hashes", "db_properties"}

    def entries(self, source: Source, lint: Lint) -> Iterator[KnownEntry]:
        """Give every hash."""
        with foreign_database.opened(source) as connection:
            foreign_database.check(connection, source, lint)
            names = [c for c in foreign_database.columns(connection, "hashes") if c in {"md5", "sha1", "sha2_256"}]
            said = [_Said(connection, "file_names", "name"), _Said(connection, "comments", "comment")]
            listed = ", ".join(["id", *names])
            for done, (ident, *values) in enumerate(connection.execute(f"SELECT {listed} FROM hashes ORDER BY id"), 1):  # noqa: S608 - names above
                if not done % STEP:
                    source.step(min(done * 100, source.size - 1), source.size)
                entry = _entry(dict(zip(names, values, strict=True)), [s.of(ident) for s in said], lint, f"id {ident}")
                if entry:
                    yield entry
        source.step(source.size, source.size)


class _Said:
    """Find the names or comments of a hash; a database without them has none."""

    def __init__(self, connection: sqlite3.Connection, table: str, column: str) -> None:
        there = column in foreign_database.columns(connection, table)
        self._connection = connection
        self._query = f"SELECT {column} FROM {table} WHERE hash_id = ?" if there else ""  # noqa: S608 - names from above

    def of(self, ident: object) -> list[str]:
        return [str(r[0]) for r in self._connection.execute(self._query, (ident,))] if self._query else []


def _entry(row: dict[str, object], said: list[list[str]], lint: Lint, where: str) -> KnownEntry | None:
    digests = {}
    for column, algorithm in COLUMNS:
        value = row.get(column)
        if isinstance(value, bytes) and len(value) == ALGORITHMS[algorithm]:
            digests[algorithm] = value
        elif value is not None:
            lint.add("bad-digest", where, f"{algorithm} {value!r:.60}")
    if not digests:
        lint.add("no-digest", where)
        return None
    names, comments = said
    return KnownEntry(
        **digests,  # type: ignore[arg-type]  # digest fields by name
        name=names[0] if names else "",
        comments=comments[0] if comments else "",
        extra={key: more[1:] for key, more in (("names", names), ("comments", comments)) if len(more) > 1},
    )
