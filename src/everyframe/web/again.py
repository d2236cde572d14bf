"""Reading a Warning's file again from the screen: the wish is stored, and a process of its own reads it when it may.

This server decodes nothing. The same command that a person would give at the terminal is run, takes the intake seat, and
ends. While something else runs or has that seat, the wish waits for its end; an intake does it itself.
"""

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from everyframe.errors import UsageError
from everyframe.review.again import ask
from everyframe.store import retries
from everyframe.store.case import Case
from everyframe.store.seat import holder
from everyframe.web.bodies import field_op, field_text, one_number, query_ids, read_body
from everyframe.web.running import Running, Runs

if TYPE_CHECKING:
    from everyframe.web.desk import Desk

__all__ = ["ROUTES", "Reader"]

KIND = "again"
PURPOSE = "reading again"
EVERY_SECONDS = 2.0


@dataclass(slots=True)
class Reader:
    """Begin the run that reads again, as soon as nothing else runs.

    Args:
        case: whose wishes wait.
        runs: of the case.
    """

    case: Case
    runs: Runs
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None
    _asked_by: str = ""
    _closed: threading.Event = field(default_factory=threading.Event)

    @property
    def hindered(self) -> bool:
        """Tell whether something else runs or has the intake seat, so that what is asked for now waits."""
        current, held = self.runs.current, holder(self.case.directory, "intake")
        return (current is not None and current.kind != KIND) or (held is not None and held.get("purpose") != PURPOSE)

    def start(self, actor: str) -> str:
        """Have what waits read in somebody's name: gives ``now``, or ``later`` while something hinders it."""
        when = "later" if self.hindered else "now"
        with self._lock:
            self._asked_by = actor
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=PURPOSE, daemon=True)
                self._thread.start()
        return when

    def close(self) -> None:
        """Begin nothing more; what waits is read when somebody asks again, or by the next intake."""
        self._closed.set()

    def _work(self) -> None:
        """Run as often as somebody asked meanwhile; what a run left because it was stopped is not begun again."""
        while True:
            with self._lock:
                actor, self._asked_by = self._asked_by, ""
                if not actor or self._closed.is_set():
                    self._thread = None
                    return
            mine = self._begun(actor)
            while mine and not mine.ended.wait(EVERY_SECONDS) and not self._closed.is_set():
                pass

    def _begun(self, actor: str) -> Running | None:
        """Begin a run once nothing hinders it; None when nothing waits any more, or it cannot be begun."""
        while self._waiting() and not self._closed.is_set():
            if self.runs.current is None and holder(self.case.directory, "intake") is None:
                arguments = ["warnings", str(self.case.directory.resolve()), "--retry", "--json"]
                try:
                    return self.runs.start(KIND, arguments, {}, actor=actor)
                except UsageError:
                    if self.runs.current is None:
                        return None
            self._closed.wait(EVERY_SECONDS)
        return None

    def _waiting(self) -> bool:
        with self.case.database.read() as connection:
            return bool(retries.pending(connection))


async def retry(request: Request) -> Response:
    """Store the wish to read a Warning's file again, and say when it will be done."""
    desk: Desk = request.app.state.desk
    reader: Reader = request.app.state.reader
    body = await read_body(request)
    op, warning, manner = field_op(body), one_number(body, "warning"), field_text(body, "manner")
    said = await desk.change(lambda: ask(desk.case, warning, manner, op=op, actor=desk.actor))
    actor = desk.actor
    return JSONResponse(said | {"when": await desk.run(lambda: reader.start(actor))})


async def state(request: Request) -> Response:
    """Send what was asked for about some Warnings and what came of it; the newest last."""
    desk: Desk = request.app.state.desk
    ids = query_ids(request)

    def work() -> dict[str, Any]:
        with desk.case.database.read() as connection:
            found = retries.told(connection, ids)
        busy = holder(desk.case.directory, "intake")
        rows = {
            i: [{"outcome": t.outcome, "words": t.words, "manner": t.manner} for t in some] for i, some in found.items()
        }
        return {"retries": rows, "busy": (busy or {}).get("purpose", "")}

    return JSONResponse(await desk.run(work))


ROUTES = (
    Route("/api/warnings/retry", retry, methods=["POST"]),
    Route("/api/warnings/retries", state),
)
