"""The order while people decide: kept in memory, made anew in a thread of its own, never while a request waits for it."""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace

from everyframe.errors import OrderError
from everyframe.store.case import Case
from everyframe.store.orders import Order
from everyframe.store.progress import read_progress
from everyframe.triage.drawing_words import REASON_WORDS, Words
from everyframe.triage.opening import label, open_queue, relevant_codes
from everyframe.triage.queue import Queue, Standing

__all__ = ["LiveOrder"]

POLL_SECONDS = 0.3
#: An order made anew because intake added pictures stands for so long.
REST_SECONDS = 60.0
FIRST_SECONDS = 120.0


class LiveOrder:
    """Keep the queue of a served case up to date once somebody has asked for it.

    Args:
        case: that is served.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._queue: Queue | None = None
        self._plain: Standing | None = None
        self._problem = ""
        self._seq = -1
        self._newest = -1
        self._read_at = 0.0
        self.took: list[float] = []

    def queue(self) -> Queue:
        """Give the queue; the first time it is made, which takes seconds for a million pictures.

        Raises:
            OrderError: the agency's weights or models are wrong.
        """
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._ready.clear()
                self._thread = threading.Thread(target=self._keep, name="order", daemon=True)
                self._thread.start()
        self._ready.wait(FIRST_SECONDS)
        if self._queue is None:
            raise OrderError(self._problem or "the order is still being made; ask again")
        return self._queue

    def arranged(self, order: Order, name: str) -> Order:
        """Put a list of ids into the order ``next`` or ``ranked``."""
        queue = self.queue()
        standing = queue.standing if name == "next" else self._plain or queue.standing
        at = queue.arrange(order.ids, standing)
        return replace(order, ids=order.ids[at], states=order.states[at])

    def reasons(self, ids: Sequence[int], words: Words = REASON_WORDS) -> dict[int, str]:
        """Say why some Media have their places."""
        queue = self.queue()
        rows = queue.facts.rows(sorted(ids))
        return {int(queue.facts.ids[row]): queue.reason(int(row), words) for row in rows.tolist()}

    def close(self) -> None:
        """End the thread."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _keep(self) -> None:
        try:
            while not self._ended.is_set():
                self._look()
                self._ready.set()
                self._ended.wait(POLL_SECONDS)
        except OrderError as error:
            self._queue, self._problem = None, str(error)
        finally:
            self._ready.set()

    def _look(self) -> None:
        """Make the order anew if anything changed."""
        with self._case.database.read() as connection:
            stamp = read_progress(connection).stamp.split("-")
        newest, seq = int(stamp[2]), int(stamp[4])
        grown = newest != self._newest and time.monotonic() - self._read_at > REST_SECONDS
        if self._queue is None or grown:
            opened = open_queue(self._case)
            self._newest, self._read_at = newest, time.monotonic()
            self._learn(opened)
            self._queue = opened
        elif seq != self._seq:
            self._learn(self._queue)
        self._seq = seq

    def _learn(self, queue: Queue) -> None:
        began = time.monotonic()
        codes = relevant_codes(queue.weights, self._case.scheme.id)
        with self._case.database.read() as connection:
            labels = label(connection, queue.facts, self._case.scheme.id, codes)
        queue.update(labels)
        self._plain = queue.order(labels, learning=False)
        self.took.append(time.monotonic() - began)
        del self.took[:-100]
