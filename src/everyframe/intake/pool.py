"""A pool of isolated workers: hands out batches, watches over each worker, and isolates what kills them.

Workers are forked from a server that has loaded the libraries and has seen no evidence, so that one that died is replaced
in a moment. A worker says which item it is about to touch before it touches it. When it dies, that item is tried once more on its own;
the rest of its batch goes back in two halves. A second death on the same item is for the caller to quarantine.
"""

import multiprocessing
import multiprocessing.forkserver
import os
import selectors
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any

from everyframe.errors import WorkerError
from everyframe.intake.wire import Batch, Beat, Begin, Done, Inbox, Item, Ready, Result, Seen, Verdict, send
from everyframe.intake.worker import WorkerLimits, worker_main
from everyframe.model.features import Digests
from everyframe.model.result import Examined, Expanded, Failed, Outcome

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

__all__ = ["Died", "Pool", "WorkerMain", "prepare", "process"]

START_SECONDS = 120.0
START_FAILURES = 3
AHEAD = 2
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
LOADED = (
    "everyframe.intake.worker",
    "everyframe.analysis._pdq",
    "everyframe.analysis._traits",
    "everyframe.analysis._turned",
    "everyframe.analysis._places",
)
_prepared = threading.Event()
WorkerMain = Callable[["Connection[Any, Any]", WorkerLimits], None]
Decide = Callable[[Item, Digests], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Died:
    """Report that a worker died on an item: how, and the content's digests when it got that far."""

    item: Item
    reason: str
    digests: Digests | None


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    connection: "Connection[Any, Any]"
    inbox: Inbox
    heard: float
    ready: bool = False
    tired: bool = False
    begun: Item | None = None
    digests: Digests | None = None
    waiting: dict[int, Item] = field(default_factory=dict)
    done: int = 0
    first_resident: int = 0
    late: bool = False
    asked: set[int] = field(default_factory=set)


def prepare() -> None:
    """Start the server that workers are forked from, if it does not run yet; loading goes on beside the caller's work."""
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    multiprocessing.get_context("forkserver").set_forkserver_preload(list(LOADED))
    multiprocessing.forkserver.ensure_running()
    _prepared.set()


def process(main: Callable[..., None], *arguments: object) -> BaseProcess:
    """Give a process of its own for a function, which ends with this one; not started yet.

    It is forked from the server where that runs already, which takes a moment; otherwise it is started from nothing.
    """
    context: Any = multiprocessing.get_context("forkserver" if _prepared.is_set() else "spawn")
    found: BaseProcess = context.Process(target=_begin, args=(main, dict(os.environ), *arguments), daemon=True)
    return found


def _begin(main: Callable[..., None], environment: dict[str, str], *arguments: object) -> None:
    """Run a function with the environment as it is now; the server was started with that of an earlier moment."""
    os.environ.clear()
    os.environ.update(environment)
    main(*arguments)


class Pool:
    """Run items on a number of worker processes.

    Args:
        workers: how many.
        limits: of each.
        decide: asked for the stages to run once a content's digests are known.
        main: what a worker process runs.
    """

    def __init__(self, workers: int, limits: WorkerLimits, decide: Decide, main: WorkerMain = worker_main) -> None:
        self._limits = limits
        self._main = main
        self._decide = decide
        self._batches: deque[tuple[Item, ...]] = deque()
        self._failures = 0
        prepare()
        self._channels = selectors.DefaultSelector()
        self._workers = [self._start() for _ in range(workers)]
        self.versions: dict[str, str] = {}
        self.missing_limits = ""
        self.peak_resident = 0
        self.replaced = 0
        self.resting = False  # while it is so, workers finish what they have and get nothing new

    @property
    def waiting(self) -> int:
        """Count the batches that no worker has begun."""
        return len(self._batches)

    @property
    def busy(self) -> bool:
        """Tell whether any item is queued or being worked on."""
        return bool(self._batches) or any(w.waiting for w in self._workers)

    def add(self, items: tuple[Item, ...], *, first: bool = False) -> None:
        """Queue a batch."""
        if items:
            (self._batches.appendleft if first else self._batches.append)(items)

    def drop_waiting(self) -> None:
        """Forget the batches that no worker has begun."""
        self._batches.clear()

    def poll(self, seconds: float) -> Iterator[Outcome | Died]:
        """Hand out work, wait up to ``seconds`` for news, and give what came."""
        for worker in self._workers:
            self._feed(worker)
        for key, _ in self._channels.select(seconds):
            yield from self._hear(key.data)
        for worker in list(self._workers):
            if time.monotonic() - worker.heard > self._patience(worker):
                worker.late = True
                yield from self._bury(worker)

    def close(self) -> None:
        """Ask every worker to end, and end those that do not."""
        for worker in self._workers:
            _ask_to_end(worker)
        for worker in self._workers:
            self._end(worker, grace=2.0)
        self._channels.close()

    def kill(self) -> None:
        """End every worker now."""
        for worker in self._workers:
            self._end(worker, grace=0.0)
        self._channels.close()

    def _start(self) -> _Worker:
        ours, theirs = multiprocessing.Pipe()
        started = process(self._main, theirs, self._limits)
        started.start()
        theirs.close()
        worker = _Worker(started, ours, Inbox(ours), time.monotonic())
        self._channels.register(ours, selectors.EVENT_READ, worker)
        return worker

    def _end(self, worker: _Worker, *, grace: float) -> None:
        """End a worker that may have ended already: wait so many seconds for it, then kill it."""
        worker.process.join(grace or 0.05)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
        if not worker.connection.closed:
            self._channels.unregister(worker.connection)
            worker.connection.close()

    def _patience(self, worker: _Worker) -> float:
        if not worker.ready:
            return START_SECONDS
        return self._limits.wall_seconds if worker.waiting else float("inf")

    def _feed(self, worker: _Worker) -> None:
        """Keep a worker in work: the next batch is sent while it is on the last items of the one before."""
        if self.resting or not worker.ready or worker.tired or len(worker.waiting) > AHEAD or not self._batches:
            return
        items = self._batches.popleft()
        if not worker.waiting:
            worker.heard = time.monotonic()
        worker.waiting |= {i.file_id: i for i in items}
        try:
            send(worker.connection, Batch(items))
        except OSError:
            worker.heard = float("-inf")  # it is dead: poll buries it

    def _hear(self, worker: _Worker) -> Iterator[Outcome | Died]:
        try:
            for message in worker.inbox.read():
                worker.heard = time.monotonic()
                yield from self._understand(worker, message)
        except (EOFError, OSError, WorkerError):
            yield from self._bury(worker)

    def _understand(self, worker: _Worker, message: object) -> list[Outcome]:
        """Take one message in; what makes no sense raises WorkerError, and its sender is ended."""
        match message:
            case Ready(tuple(versions), str(missing)):
                worker.ready = True
                self.versions, self.missing_limits = dict(versions), missing
            case Begin(file_id):
                worker.begun, worker.digests = worker.waiting.get(file_id), None
            case Seen(int(file_id), Digests() as digests) if file_id in worker.waiting.keys() - worker.asked:
                worker.digests = digests
                worker.asked.add(file_id)  # who asks without end and never listens would be waited for
                send(worker.connection, Verdict(self._decide(worker.waiting[file_id], digests)))
            case Result(Examined() | Expanded() | Failed() as outcome, begins) if outcome.file_id in worker.waiting:
                del worker.waiting[outcome.file_id]
                worker.asked.discard(outcome.file_id)
                worker.done += 1
                self._failures = 0
                worker.begun, worker.digests = worker.waiting.get(begins or 0), None
                return [outcome]
            case Done(resident, peak):
                self._recycle(worker, resident, peak)
            case Beat():
                pass
            case _:
                raise WorkerError(f"a worker said {message!r:.200}, which it has no business to say")
        return []

    def _recycle(self, worker: _Worker, resident: int, peak: int) -> None:
        self.peak_resident = max(self.peak_resident, peak)
        worker.first_resident = worker.first_resident or resident
        grown = resident - worker.first_resident > self._limits.growth_bytes
        worker.tired = worker.tired or grown or worker.done >= self._limits.items
        if worker.tired and not worker.waiting:
            _ask_to_end(worker)
            self._replace(worker, grace=2.0)

    def _replace(self, worker: _Worker, *, grace: float) -> None:
        self._end(worker, grace=grace)
        self.replaced += 1
        self._workers[self._workers.index(worker)] = self._start()

    def _bury(self, worker: _Worker) -> Iterator[Died]:
        """Take a dead or stuck worker out, put its items back, and report the one it died on."""
        self._end(worker, grace=0.0)
        self._failures += 0 if worker.done or worker.begun else 1
        if self._failures >= START_FAILURES:
            when = "without a result" if worker.ready else "before they are ready"
            raise WorkerError(f"workers end {when} ({_how(worker)}); run: everyframe validate")
        rest = [i for i in worker.waiting.values() if i is not worker.begun]
        half = (len(rest) + 1) // 2
        for part in (rest[half:], rest[:half]):
            self.add(tuple(part), first=True)
        self._replace(worker, grace=0.0)
        if worker.begun is not None and worker.begun.file_id in worker.waiting:
            yield Died(worker.begun, _how(worker), worker.digests)


def _how(worker: _Worker) -> str:
    if worker.late:
        return "no sign of progress within the time limit"
    code = worker.process.exitcode
    if code is not None and code < 0:
        return f"ended by signal {-code}"
    return f"ended with code {code}"


def _ask_to_end(worker: _Worker) -> None:
    try:
        send(worker.connection, Batch(()))
    except OSError:
        return
