"""Turns at writing: one thread after the other, and one commit for all that wait at the same time.

A commit waits for the disk, longer than a decision takes to be written. Whoever gets the turn does the work of all who wait,
each as a part of the transaction that leaves no trace when it is refused, and each under the name of its own person.
"""

import threading
from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Generic, TypeVar, cast

from everyframe.store.database import Database

__all__ = ["Turns"]

T = TypeVar("T")
MOST = 32


@dataclass(slots=True)
class _Turn(Generic[T]):
    work: Callable[[], T]
    context: Context = field(default_factory=copy_context)
    done: bool = False
    answer: T | None = None
    error: Exception | None = None

    def run(self) -> None:
        """Do the work; what goes wrong is kept for the thread whose work it is."""
        self.error = None
        with self:
            self.answer = self.context.run(self.work)

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if isinstance(value, Exception):
            self.error = value
        return isinstance(value, Exception)


class Turns:
    """Share commits among threads.

    Args:
        database: what is written to.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Turn[Any]] = []
        self._lock = threading.Lock()
        self._writing = threading.Lock()

    def take(self, work: Callable[[], T]) -> T:
        """Do a piece of writing work; returns when it is committed, and raises what it raised."""
        mine = _Turn(work)
        with self._lock:
            self._waiting.append(mine)
        with self._writing:
            if not mine.done:
                self._write(mine)
        if mine.error is not None:
            raise mine.error
        return cast("T", mine.answer)

    def _write(self, mine: _Turn[Any]) -> None:
        """Write for all who wait. When the commit itself fails, each of the others tries again in a turn of its own."""
        with self._lock:
            batch = [turn for turn in self._waiting if turn is not mine][: MOST - 1]
            self._waiting = [turn for turn in self._waiting if turn is not mine and turn not in batch]
        try:
            self._commit([mine, *batch])
        except BaseException:
            with self._lock:
                self._waiting += batch
            raise

    def _commit(self, batch: list[_Turn[Any]]) -> None:
        with self._database.write_together():
            for turn in batch:
                turn.run()
        for turn in batch:
            turn.done = True
