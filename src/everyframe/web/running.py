"""Long work beside the requests: an ``everyframe`` command in a process of its own, one at a time, watched and stoppable.

What the screen begins is the very command that a person types, with their name: it takes the same seats, puts the same
records into the audit, and prints the same result, which is kept with the run. Progress is what the command says of itself.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from everyframe.errors import EXIT_STOPPED, UsageError
from everyframe.store import runs
from everyframe.web.desk import Desk

__all__ = ["Running", "Runs"]

LINES_KEPT = 20
LONGEST_LINE = 4000
LARGEST_RESULT = 4 << 20
CLOSE_SECONDS = 8.0
KILL_SECONDS = 2.0


@dataclass(slots=True)
class Running:
    """Hold a run that is going on.

    Args:
        kind: what is done.
        actor: who asked.
        id: its number, once it is stored.
        process: once it began.
        moment: what it said last of its progress.
        asked_to_stop: how often.
    """

    kind: str
    actor: str
    id: int = 0
    process: "subprocess.Popen[str] | None" = None
    moment: dict[str, Any] = field(default_factory=dict)
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=LINES_KEPT))
    asked_to_stop: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def as_json(self) -> dict[str, Any]:
        """Give it as the screen reads it."""
        own = {"id": self.id, "kind": self.kind, "actor": self.actor}
        return own | {"moment": self.moment, "stopping": self.asked_to_stop > 0}


class Runs:
    """Run commands for one served case.

    Args:
        desk: of the case; how runs end is stored in turns at its desk.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = threading.Lock()
        self._current: Running | None = None
        with desk.case.database.read() as connection:
            left = runs.running(connection)
        if left:
            desk.take(self._forsake)

    @property
    def current(self) -> Running | None:
        """Give the run that is going on, or None."""
        return self._current

    def start(self, kind: str, arguments: Sequence[str], asked: dict[str, Any], *, actor: str) -> Running:
        """Begin a run; returns when its process was started.

        Args:
            kind: what is done.
            arguments: of ``everyframe``.
            asked: what is kept of them.
            actor: who asks, as it stands in the records of what the command does.

        Raises:
            UsageError: another one is going on, or the process cannot be started.
        """
        mine = Running(kind, actor)
        with self._lock:
            if self._current is not None:
                raise UsageError(f"{self._current.kind} is running, begun by {self._current.actor}; one runs at a time")
            self._current = mine
        try:
            mine.id = self._desk.take(lambda: self._begin(mine, asked))
            self._spawn(mine, arguments)
        except BaseException:
            self._current = None
            mine.ended.set()
            raise
        return mine

    def stop(self) -> bool:
        """Ask the run to store what it has in hand and end; asked again, end it at once. False when nothing runs."""
        mine = self._current
        if mine is None:
            return False
        with self._lock:
            mine.asked_to_stop += 1
            _signal(mine)
        return True

    def close(self) -> None:
        """End what runs, because the server ends: what it stored stands, and the same command goes on."""
        mine = self._current
        if mine is None:
            return
        self.stop()
        if not mine.ended.wait(CLOSE_SECONDS):
            self.stop()
            mine.ended.wait(KILL_SECONDS)

    def _begin(self, mine: Running, asked: dict[str, Any]) -> int:
        with self._desk.case.database.write() as connection:
            return runs.begin(connection, mine.kind, mine.actor, asked)

    def _forsake(self) -> None:
        with self._desk.case.database.write() as connection:
            runs.forsake(connection)

    def _spawn(self, mine: Running, arguments: Sequence[str]) -> None:
        command = [sys.executable, "-P", "-m", "everyframe", *arguments]
        printed = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed by the thread that watches
        try:
            process = subprocess.Popen(  # noqa: S603 - our own program, its arguments checked
                command,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                env=os.environ | {"EVERYFRAME_ACTOR": mine.actor},
                start_new_session=True,  # so that Ctrl-C at the server's terminal is passed on once, by us
            )
        except OSError as error:
            said = str(error)
            printed.close()
            self._desk.take(lambda: self._store(mine, "failed", {}, said))
            raise UsageError(f"{mine.kind} cannot be started: {error.strerror}") from error
        with self._lock:
            mine.process = process
            _signal(mine)  # what was asked before there was a process
        threading.Thread(target=self._watch, args=(mine, process, printed), name=f"run-{mine.id}").start()

    def _watch(self, mine: Running, process: "subprocess.Popen[str]", printed: IO[str]) -> None:
        with printed:
            for line in process.stderr or ():
                self._hear(mine, line.strip()[:LONGEST_LINE])
            code = process.wait()
            if process.stderr:
                process.stderr.close()
            result = _result(printed)
        try:
            self._desk.take(lambda: self._store(mine, _state(code, result, mine), result, "\n".join(mine.lines)))
        finally:
            self._current = None
            mine.ended.set()

    def _store(self, mine: Running, state: str, result: dict[str, Any], said: str) -> None:
        with self._desk.case.database.write() as connection:
            runs.end(connection, mine.id, state, result, said)

    @staticmethod
    def _hear(mine: Running, line: str) -> None:
        """Take a line in: a moment of progress as JSON, or words."""
        try:
            moment = json.loads(line)
        except ValueError:
            moment = None
        if isinstance(moment, dict):
            mine.moment = moment
        elif line:
            mine.lines.append(line)


def _signal(mine: Running) -> None:
    """Pass on to the process what was asked of the run."""
    if mine.process is None or not mine.asked_to_stop:
        return
    with contextlib.suppress(ProcessLookupError):
        (mine.process.terminate if mine.asked_to_stop == 1 else mine.process.kill)()


def _result(printed: IO[str]) -> dict[str, Any]:
    """Give the JSON that a command printed as its last line; nothing when it printed none."""
    printed.seek(0)
    text = printed.read(LARGEST_RESULT)
    lines = text.strip().splitlines()
    try:
        found = json.loads(lines[-1]) if lines else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {"result": found}


def _state(code: int, result: dict[str, Any], mine: Running) -> str:
    by_signal = {-signal.SIGTERM, -signal.SIGKILL, 128 + signal.SIGTERM}
    if code in (EXIT_STOPPED, 128 + signal.SIGINT) or (mine.asked_to_stop and code in by_signal):
        return "stopped"
    if not result:
        return "failed"
    return "done" if code == 0 else "warnings"
