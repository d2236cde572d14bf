"""A run that is watched from elsewhere: it says how far it is, pauses, goes on and stops when somebody asks for it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from everyframe.errors import UsageError
from everyframe.intake.progress import Snapshot
from everyframe.store import audit_log, seat_talk
from everyframe.store.case import Case
from everyframe.store.seat import holder

__all__ = ["Attention", "ask_of_run", "attended"]

REST_SECONDS = 0.2
SAY_SECONDS = 0.5
NOBODY = "nothing is being taken in, matched or folded in this case now"


class Attention:
    """Listen to what is asked of a run, and say how far it is.

    Args:
        directory: of the case, whose ``intake`` seat this process holds.
        stop: tells whether the person at the terminal wants to stop.
    """

    def __init__(self, directory: Path, stop: Callable[[], bool] = lambda: False) -> None:
        self._directory = directory
        self._stop = stop
        self._said = 0.0

    def stopping(self) -> bool:
        """Tell whether anybody wants the run to end."""
        return self._stop() or seat_talk.asked(self._directory).get("do") == "stop"

    def paused(self) -> bool:
        """Tell whether the run is to hold on."""
        return seat_talk.asked(self._directory).get("do") == "pause" and not self._stop()

    def snapshot(self, moment: Snapshot) -> None:
        """Say how far intake is."""
        seat_talk.say(self._directory, moment.as_json())

    def step(self, phase: str, done: int, total: int) -> None:
        """Say how far something else is; holds on while that is asked for.

        Raises:
            KeyboardInterrupt: the run is to end. What was stored stands, and the same command goes on.
        """
        if time.monotonic() - self._said >= SAY_SECONDS or done >= total:
            self._said = time.monotonic()
            self._say(phase, done, total)
        if self.paused():
            self._say("paused", done, total)
            while self.paused():
                time.sleep(REST_SECONDS)
            self._say(phase, done, total)
        if self.stopping():
            raise KeyboardInterrupt

    def _say(self, phase: str, done: int, total: int) -> None:
        moment: dict[str, Any] = {"event": "progress", "phase": phase, "done": done, "total": total}
        seat_talk.say(self._directory, moment)


@contextmanager
def attended(directory: Path, stop: Callable[[], bool] = lambda: False) -> Iterator[Attention]:
    """Attend to a run while a block runs, for the holder of the ``intake`` seat."""
    seat_talk.forget(directory)
    try:
        yield Attention(directory, stop)
    finally:
        seat_talk.forget(directory)


def ask_of_run(case: Case, what: str, *, actor: str) -> None:
    """Ask the run that holds the ``intake`` seat to ``pause``, ``go-on`` or ``stop``; the asking is in the audit.

    Raises:
        UsageError: there is no such thing to ask, or nothing runs.
    """
    if what not in seat_talk.ASKS:
        raise UsageError(f"a run cannot be asked to {what!r}; there is {', '.join(seat_talk.ASKS)}")
    if holder(case.directory, "intake") is None:
        raise UsageError(NOBODY)
    with case.database.write() as connection:
        audit_log.append(connection, actor, "run.ask", {"do": what})
    seat_talk.ask(case.directory, what, actor)
