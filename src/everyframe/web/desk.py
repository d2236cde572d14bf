"""The desk of one served case: what the requests share, and the threads their database work runs in."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from anyio import CapacityLimiter, to_thread
from sqlalchemy import Connection

from everyframe.errors import DecisionError
from everyframe.store.account import read_account
from everyframe.store.case import Case
from everyframe.store.orders import Order, count, counts
from everyframe.store.progress import read_progress
from everyframe.store.views import View
from everyframe.web.caller import CALLER
from everyframe.web.live_order import LiveOrder
from everyframe.web.turns import Turns

__all__ = ["Desk", "Kept"]

T = TypeVar("T")
Ids = npt.NDArray[np.int32]
LISTS_KEPT = 8
THREADS = 12
REST = 10  # figures that took a second to compute stand for ten, though something changed


class Kept:
    """Keep figures that take long until something they count has changed, and compute them in one thread only.

    Args:
        case: what is counted.
        compute: gives the figures.
    """

    def __init__(self, case: Case, compute: Callable[[Connection], dict[str, Any]]) -> None:
        self._case = case
        self._compute = compute
        self._lock = threading.Lock()
        self._stamp = ""
        self._not_before = 0.0
        self._figures: dict[str, Any] = {}

    def read(self) -> dict[str, Any]:
        """Give the figures as JSON."""
        with self._lock, self._case.database.read() as connection:
            stamp = read_progress(connection).stamp
            if not self._figures or (stamp != self._stamp and time.monotonic() >= self._not_before):
                began = time.monotonic()
                self._figures = self._compute(connection)
                took = time.monotonic() - began
                self._stamp, self._not_before = stamp, began + took * (1 + REST)
            return self._figures


@dataclass(slots=True)
class Desk:
    """Hold a case that is served, and the lists that were sent to the screen.

    Args:
        case: what is served.
        alone: who looks and decides where nobody signs in.
    """

    case: Case
    alone: str
    account: Kept = field(init=False)
    order: LiveOrder = field(init=False)
    _counts: dict[str, Kept] = field(default_factory=dict)
    _lists: OrderedDict[str, Ids] = field(default_factory=OrderedDict)
    _turns: Turns = field(init=False)
    _limiter: CapacityLimiter | None = None

    def __post_init__(self) -> None:
        self.account = Kept(self.case, self._account)
        self._turns = Turns(self.case.database)
        self.order = LiveOrder(self.case)

    def counts(self, exhibit: str) -> dict[str, Any]:
        """Count the Media of every view of an exhibit, or of the case when it is empty.

        Raises:
            UsageError: the case has no such exhibit.
        """
        if exhibit not in self._counts:
            with self.case.database.read() as connection:
                View(exhibit=exhibit).check(connection)
            self._counts[exhibit] = Kept(self.case, lambda c: counts(c, exhibit, self.case.scheme.id, self.codes))
        return self._counts[exhibit].read()

    def _account(self, connection: Connection) -> dict[str, Any]:
        """Give the account, with ``to_look``: the Media of the view of what remains; ``stamp`` says of which moment it is."""
        to_look = count(connection, View("remaining"), self.case.scheme.id)
        return read_account(connection).as_json() | {"to_look": to_look, "stamp": read_progress(connection).stamp}

    @property
    def actor(self) -> str:
        """Name who sends the request that is being answered, as it stands in the records."""
        caller = CALLER.get()
        return caller.name if caller else self.alone

    @property
    def codes(self) -> tuple[str, ...]:
        """Give the category codes of the case's scheme, in its order."""
        return tuple(category.code for category in self.case.scheme.categories)

    async def run(self, work: Callable[[], T]) -> T:
        """Do reading work in a thread."""
        if self._limiter is None:
            self._limiter = CapacityLimiter(THREADS)
        return await to_thread.run_sync(work, limiter=self._limiter)

    def take(self, work: Callable[[], T]) -> T:
        """Do writing work from a thread that answers no request, in a turn like all other."""
        return self._turns.take(work)

    async def change(self, work: Callable[[], T]) -> T:
        """Do writing work in a thread, one after the other; what waits at the same time is stored in one commit."""
        return await self.run(lambda: self._turns.take(work))

    def keep(self, order: Order) -> str:
        """Keep a list of ids that goes to the screen, so that "all of it" later means exactly these; gives its key."""
        key = order.key
        self._lists[key] = order.ids
        self._lists.move_to_end(key)
        while len(self._lists) > LISTS_KEPT:
            self._lists.popitem(last=False)
        return key

    def kept(self, key: str) -> Ids:
        """Give a list that was sent.

        Raises:
            DecisionError: it was sent too long ago.
        """
        if key not in self._lists:
            raise DecisionError("the list that was chosen from is no longer held: reload the view and choose again")
        return self._lists[key]
