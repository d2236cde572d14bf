"""Checkpoints: what was committed to the log is copied into the database beside the work, never while somebody waits for it.

SQLite would do it at the end of whichever commit makes the log long, so that now and then one decision took the time of
a thousand. The log is safe on disk either way; a checkpoint only keeps it short.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

__all__ = ["Checkpoints"]

REST_SECONDS = 2.0
PASSIVE = "PRAGMA wal_checkpoint(PASSIVE)"
LONG_PAGES = 8192  # 32 MiB; a log longer than that is ended, so that it begins anew


class Checkpoints:
    """Copy the log into the database, in a thread of its own that begins with the first commit.

    Args:
        engine: opens connections of which none is inside a transaction; None where the database sees to it itself.
        turn: holds writers back.
    """

    def __init__(self, engine: Engine | None, turn: Callable[[], AbstractContextManager[None]]) -> None:
        self._engine = engine
        self._turn = turn
        self._lock = threading.Lock()
        self._committed, self._ended = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def committed(self) -> None:
        """Say that there is something new in the log."""
        self._committed.set()
        if self._thread is None and self._engine is not None:
            self._begin(self._engine)

    def close(self) -> None:
        """End the thread."""
        with self._lock:
            self._ended.set()
        self._committed.set()
        if self._thread is not None:
            self._thread.join()

    def _begin(self, engine: Engine) -> None:
        with self._lock:
            if self._thread is None and not self._ended.is_set():
                self._thread = threading.Thread(target=self._run, args=(engine,), name="checkpoints", daemon=True)
                self._thread.start()

    def _run(self, engine: Engine) -> None:
        while not self._ended.wait(REST_SECONDS):
            self._committed.wait()
            if not self._ended.is_set():
                self._committed.clear()
                self._copy(engine)

    def _copy(self, engine: Engine) -> None:
        """Copy what is there; writers go on. Of a long log what came meanwhile is copied in a turn, so that the log can end."""
        try:
            with engine.connect() as connection:
                _, pages, _ = connection.exec_driver_sql(PASSIVE).one()
                if pages > LONG_PAGES:
                    with self._turn():
                        connection.exec_driver_sql(PASSIVE)
        except OperationalError:
            self._committed.set()  # the disk is full, for instance: whoever writes next is told; here it is tried again
