"""The connection to a case's database: readers that never block, and one immediate transaction at a time for writing."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool, QueuePool

from everyframe.store.migrations import MIGRATIONS, applied, migrate

__all__ = ["Database"]

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-65536",
    "PRAGMA mmap_size=1073741824",
    "PRAGMA temp_store=MEMORY",
)
WAIT_SECONDS = 60.0


class Database:
    """Hold the engines of one case database.

    Reading transactions see one consistent state and never wait for a writer. Writing transactions begin with the write
    lock taken (``BEGIN IMMEDIATE``), so that what they read is still true when they commit.

    Args:
        url: an SQLAlchemy URL.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._shared = threading.local()
        sqlite = url.startswith("sqlite")
        options: dict[str, Any] = (
            {"connect_args": {"timeout": WAIT_SECONDS, "check_same_thread": False}} if sqlite else {}
        )
        self._readers = create_engine(url, poolclass=QueuePool, pool_size=4, max_overflow=16, **options)
        self._writer = create_engine(url, poolclass=QueuePool if sqlite else NullPool, **options)
        if sqlite:
            _own_transactions(self._readers, "BEGIN")
            _own_transactions(self._writer, "BEGIN IMMEDIATE")

    @classmethod
    def at(cls, path: Path) -> "Database":
        """Open the SQLite database at a path."""
        return cls(f"sqlite:///{path}")

    def migrate(self) -> None:
        """Bring the tables up to this version; a database that is there already is only read."""
        with self.read() as connection:
            have = set(applied(connection))
        if have != {name for name, _ in MIGRATIONS}:
            migrate(self._begin)

    def read(self) -> AbstractContextManager[Connection]:
        """Open a reading transaction."""
        return self._readers.begin()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open the writing transaction; commits when the block ends well, otherwise leaves no trace."""
        shared: Connection | None = getattr(self._shared, "connection", None)
        with shared.begin_nested() if shared else self._writer.begin() as opened:
            yield shared or cast("Connection", opened)

    @contextmanager
    def write_together(self) -> Iterator[None]:
        """Let the writing transactions of this thread be parts of one: each leaves no trace by itself, all commit at once."""
        with self._writer.begin() as connection:
            self._shared.connection = connection
            try:
                yield
            finally:
                self._shared.connection = None

    def close(self) -> None:
        """Close every connection."""
        self._readers.dispose()
        self._writer.dispose()

    def _begin(self) -> Connection:
        connection = self._writer.connect()
        connection.begin()
        return connection


def _own_transactions(engine: Engine, begin: str) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own class
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
