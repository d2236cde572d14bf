"""The connection to a case's database: readers that never block, and one immediate transaction at a time for writing."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool, QueuePool

from everyframe.store.checkpoints import Checkpoints
from everyframe.store.migrations import MIGRATIONS, applied, migrate
from everyframe.store.writing_turn import WritingTurn

__all__ = ["Database"]

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-65536",
    "PRAGMA mmap_size=1073741824",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA wal_autocheckpoint=0",  # see Checkpoints
)
WAIT_SECONDS = 60.0


class Database:
    """Hold the engines of one case database.

    Reading transactions see one consistent state and never wait for a writer. Writing transactions begin with the write
    lock taken (``BEGIN IMMEDIATE``), so that what they read is still true when they commit.

    Args:
        url: an SQLAlchemy URL.
        turns: a directory for the locks that writers queue at; without one, the database's own lock is all there is.
    """

    def __init__(self, url: str, turns: Path | None = None) -> None:
        self.url = url
        self._turns = WritingTurn(turns) if turns else None
        self._turn: Callable[[], AbstractContextManager[None]] = self._turns.take if self._turns else nullcontext
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
        self._checkpoints = Checkpoints(_beside(url, options) if sqlite else None, self._turn)

    @classmethod
    def at(cls, path: Path) -> "Database":
        """Open the SQLite database at a path, with a directory ``locks`` beside it."""
        return cls(f"sqlite:///{path}", path.parent / "locks")

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
        if shared:
            with shared.begin_nested():
                yield shared
            return
        with self._writing() as connection:
            yield connection

    @contextmanager
    def write_together(self) -> Iterator[None]:
        """Let the writing transactions of this thread be parts of one: each leaves no trace by itself, all commit at once."""
        with self._writing() as connection:
            self._shared.connection = connection
            try:
                yield
            finally:
                self._shared.connection = None

    def wanted(self) -> bool:
        """Tell whether anybody waits to write."""
        return self._turns is not None and self._turns.wanted()

    def close(self) -> None:
        """Close every connection."""
        self._checkpoints.close()
        self._readers.dispose()
        self._writer.dispose()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._turn(), self._writer.begin() as connection:
            yield connection
        self._checkpoints.committed()

    def _begin(self) -> Connection:
        connection = self._writer.connect()
        connection.begin()
        return connection


def _beside(url: str, options: dict[str, Any]) -> Engine:
    """Open connections that are never inside a transaction."""
    engine = create_engine(url, poolclass=NullPool, **options)
    _own_transactions(engine, "")
    return engine


def _own_transactions(engine: Engine, begin: str) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own class
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        if begin:
            connection.exec_driver_sql(begin)
