"""Whose turn it is to write: a fair queue of processes and threads before SQLite's write lock.

SQLite lets a writer that finds the lock taken sleep and ask again, up to a tenth of a second later, and whoever happens to ask
first gets it. Here who waits is woken at once, and whoever wants a second turn queues behind those who wait for their first.
The system lets go of the locks when a process ends, however it ends.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["WritingTurn"]


class WritingTurn:
    """Take turns at writing to one database.

    Args:
        directory: holds the two lock files; all who write to one database name the same.
    """

    def __init__(self, directory: Path) -> None:
        self._next, self._writing = directory / "next.lock", directory / "writing.lock"
        self._mine = threading.local()

    @contextmanager
    def take(self) -> Iterator[None]:
        """Wait for a turn, and hold it while the block runs.

        Raises:
            RuntimeError: this thread has it already, and would wait for itself.
        """
        if getattr(self._mine, "held", False):
            raise RuntimeError("this thread is writing already")
        place = _lock(self._next)
        try:
            turn = _lock(self._writing)
        finally:
            os.close(place)
        self._mine.held = True
        try:
            yield
        finally:
            self._mine.held = False
            os.close(turn)

    def wanted(self) -> bool:
        """Tell whether anybody waits for a turn."""
        descriptor = _open(self._next)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _lock(path: Path) -> int:
    """Wait for a lock; it is let go of when the descriptor is closed."""
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
