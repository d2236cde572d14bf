"""SQLite databases made elsewhere: opened read-only, trusted in nothing, checked before they are read."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

from everyframe.errors import UsageError
from everyframe.known.lint import Lint
from everyframe.known.source import Source

__all__ = ["MAGIC", "check", "columns", "opened", "tables"]

MAGIC: Final = b"SQLite format 3\0"
#: Larger databases are not checked on import: that reads all of them once more.
CHECKED_BYTES: Final = 4 << 30


@contextmanager
def opened(source: Source) -> Iterator[sqlite3.Connection]:
    """Open a database; what is wrong with it is one clear error.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        with closing(_connect(source.path)) as connection:
            yield connection
    except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
        raise UsageError(f"{source.path}: the database cannot be read: {error}") from error


def tables(source: Source) -> set[str]:
    """Give the names of tables and views in small letters; none when this is no readable database."""
    if not source.head.startswith(MAGIC):
        return set()
    try:
        with closing(_connect(source.path)) as connection:
            return {str(r[0]).lower() for r in connection.execute("SELECT name FROM sqlite_master")}
    except (sqlite3.Error, UnicodeDecodeError):
        return set()


def columns(connection: sqlite3.Connection, table: str) -> list[str]:
    """Give the columns of a table or view."""
    return [str(r[0]) for r in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))]


def check(connection: sqlite3.Connection, source: Source, lint: Lint) -> None:
    """Run the database's own check and count what it reports."""
    if source.size > CHECKED_BYTES:
        lint.add("unchecked-database", source.path.name, f"{source.size:,} bytes")
        return
    for (said,) in connection.execute("PRAGMA quick_check(20)"):
        if said != "ok":
            lint.add("damaged-database", source.path.name, said)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1", uri=True)
    connection.text_factory = _text
    for setting in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON", "cache_size = -16384"):
        connection.execute(f"PRAGMA {setting}")
    return connection


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", errors="replace")
