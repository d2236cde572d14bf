"""Reading a Warning's file again from the screen: the wish is stored, and a process of its own reads it when it may.

This server decodes nothing. The same command that a person would give at the terminal is started, takes the intake seat, and
ends. While another run has that seat, the wish waits for its end; an intake does it itself.
"""

import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from everyframe.review.again import ask
from everyframe.store import retries
from everyframe.store.case import Case
from everyframe.store.seat import holder
from everyframe.web.bodies import field_op, field_text, one_number, query_ids, read_body

if TYPE_CHECKING:
    from everyframe.web.desk import Desk

__all__ = ["PURPOSE", "ROUTES", "Reader"]

PURPOSE = "reading again"
EVERY_SECONDS = 2.0


@dataclass(slots=True)
class Reader:
    """Start the process that reads again, one at a time.

    Args:
        case: whose wishes wait.
    """

    case: Case
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None
    _process: "subprocess.Popen[bytes] | None" = None
    _again: bool = False
    _closed: threading.Event = field(default_factory=threading.Event)

    def start(self) -> str:
        """Have what waits read: gives ``now``, or ``later`` while another run has the intake seat."""
        when = "later" if self._others() else "now"
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                self._again = True
                return when
            self._thread = threading.Thread(target=self._work, name="reading again", daemon=True)
            self._thread.start()
            return when

    def close(self) -> None:
        """Ask the process to end; it finishes what is in its hands, and the rest waits."""
        self._closed.set()
        process, thread = self._process, self._thread
        if process is not None and process.poll() is None:
            process.terminate()
        if thread is not None:
            thread.join(timeout=5)

    def _work(self) -> None:
        while not self._closed.is_set():
            self._again = False
            while self._others() and not self._closed.wait(EVERY_SECONDS):
                pass
            if self._waiting() and not self._closed.is_set():
                self._run()
            with self._lock:
                if not self._again:
                    self._thread = None
                    return

    def _others(self) -> bool:
        held = holder(self.case.directory, "intake")
        return held is not None and held.get("purpose") != PURPOSE

    def _waiting(self) -> bool:
        with self.case.database.read() as connection:
            return bool(retries.pending(connection))

    def _run(self) -> None:
        command = [sys.executable, "-m", "everyframe", "warnings", str(self.case.directory), "--retry", "--json"]
        nowhere = subprocess.DEVNULL
        self._process = subprocess.Popen(command, stdin=nowhere, stdout=nowhere, stderr=nowhere)  # noqa: S603 - our own program
        self._process.wait()


async def retry(request: Request) -> Response:
    """Store the wish to read a Warning's file again, and say when it will be done."""
    desk: Desk = request.app.state.desk
    reader: Reader = request.app.state.reader
    body = await read_body(request)
    op, warning, manner = field_op(body), one_number(body, "warning"), field_text(body, "manner")
    said = await desk.change(lambda: ask(desk.case, warning, manner, op=op, actor=desk.actor))
    return JSONResponse(said | {"when": await desk.run(reader.start)})


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
