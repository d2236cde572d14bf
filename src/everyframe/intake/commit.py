"""Committing results: a few at a time, previews safe on disk before the rows that name them, an audit record with each."""

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from sqlalchemy import Connection

from everyframe.audit.chain import found_digest
from everyframe.model.result import Examined, Expanded, Failed, Outcome
from everyframe.store import audit_log, pack_rows
from everyframe.store.case import Case
from everyframe.store.packs import PackWriter, Place
from everyframe.store.results import Results

__all__ = ["Committer"]

NICE = 5


class Committer:
    """Gather outcomes and commit them, a batch in one transaction, in a thread of its own.

    Workers are answered while a batch is stored. One batch is stored at a time, and every method is called from one
    thread, which also runs the callbacks.

    Args:
        case: whose ``intake`` seat is held.
        actor: for the audit.
    """

    def __init__(self, case: Case, actor: str) -> None:
        self._case = case
        self._actor = actor
        with case.database.read() as connection:
            self._packs = PackWriter(case.directory / "previews", pack_rows.committed(connection))
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="commit", initializer=_stand_back)
        self._storing: Future[None] | None = None
        self._outcomes: list[tuple[Outcome, str]] = []
        self._after: list[Callable[[], None]] = []
        self._after_storing: list[Callable[[], None]] = []
        self._since = 0.0

    @property
    def idle(self) -> bool:
        """Tell whether no batch is being stored."""
        return self._storing is None

    @property
    def empty(self) -> bool:
        """Tell whether everything that was added is committed."""
        return self.idle and not self._outcomes

    def add(self, outcome: Outcome, task: str) -> None:
        """Take one outcome in."""
        if not self._outcomes:
            self._since = time.monotonic()
        self._outcomes.append((outcome, task))

    def when_stored(self, call: Callable[[], None]) -> None:
        """Call back once what has been added so far is committed."""
        self._after.append(call)

    def advance(self, count: int, seconds: float, *, wait: bool = False) -> bool:
        """Begin to store once there are so many outcomes or the oldest has waited so long; tell whether a batch was stored.

        Raises whatever storing raised.
        """
        stored = False
        if self._storing is not None and (wait or self._storing.done()):
            self._storing.result()
            self._storing, stored = None, True
            after, self._after_storing = self._after_storing, []
            for call in after:
                call()
        waited = time.monotonic() - self._since
        if self._outcomes and self._storing is None and (len(self._outcomes) >= count or waited >= seconds):
            outcomes, self._outcomes = self._outcomes, []
            self._after_storing, self._after = self._after, []
            self._storing = self._thread.submit(self._commit, outcomes)
        return stored

    def close(self) -> None:
        """Wait for the batch that is being stored, and close the packs."""
        self._thread.shutdown(wait=True)
        self._packs.close()

    def _commit(self, outcomes: list[tuple[Outcome, str]]) -> None:
        """Commit, in parts when somebody waits to decide. Commit point: each transaction, with its rows and audit record."""
        places, lengths = self._previews(outcomes), self._packs.sync()
        while outcomes:
            with self._case.database.write() as connection:
                stored = self._store(connection, outcomes, places)
                pack_rows.commit(connection, lengths | self._packs.sync())
                audit_log.append(connection, self._actor, "intake.batch", _body(outcomes[:stored]))
            outcomes, lengths = outcomes[stored:], {}

    def _previews(self, outcomes: list[tuple[Outcome, str]]) -> dict[bytes, Place]:
        """Put the previews into the packs before the case is held for writing: payload → place."""
        whole = [o.analysis for o, _ in outcomes if isinstance(o, Examined) and o.analysis]
        analyses = [*whole, *(e.analysis for a in whole for e in a.embedded)]
        return {r.data: self._packs.add(r.data) for a in analyses for r in a.renditions}

    def _store(self, connection: Connection, outcomes: list[tuple[Outcome, str]], places: dict[bytes, Place]) -> int:
        """Store outcomes until somebody waits for the case; gives how many were."""
        results = Results(connection, lambda data: places.get(data) or self._packs.add(data))
        for number, (outcome, task) in enumerate(outcomes, 1):
            match outcome:
                case Examined():
                    results.examined(outcome)
                case Expanded():
                    results.expanded(outcome)
                case Failed():
                    results.failed(outcome, task)
            if self._case.database.wanted():
                return number
        return len(outcomes)


def _stand_back() -> None:
    """Let the threads of those who look and decide go first; on Linux each thread has a priority of its own."""
    me = threading.get_native_id()
    os.setpriority(os.PRIO_PROCESS, me, max(NICE, os.getpriority(os.PRIO_PROCESS, me)))


def _body(outcomes: list[tuple[Outcome, str]]) -> dict[str, object]:
    """Give the audit body of a batch: which files, and a digest over what was found of them."""
    found = [[o.file_id, task, _content(o, task)] for o, task in outcomes]
    return {"files": [[o.file_id, task] for o, task in outcomes], "found": found_digest(found)}


def _content(outcome: Outcome, task: str) -> str:
    """Give what the audit vouches for: the content's SHA-256, or the number of members of an archive."""
    if task == "expand":
        return str(len(outcome.entries) if isinstance(outcome, Expanded) else 0)
    digests = None if isinstance(outcome, Expanded) else outcome.digests
    return digests.sha256.hex() if digests else ""
