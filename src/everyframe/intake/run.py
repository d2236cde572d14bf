"""One run of intake: from the committed plan through the workers to committed results, stoppable at any moment."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from everyframe.analysis import STAGES
from everyframe.errors import ExhibitError, UsageError
from everyframe.intake.commit import Committer
from everyframe.intake.lister import FolderLister, Lister
from everyframe.intake.plan import is_there
from everyframe.intake.pool import Died, Pool, WorkerMain
from everyframe.intake.progress import Progress, Snapshot
from everyframe.intake.verifying import verify_image
from everyframe.intake.wire import Item, Step
from everyframe.intake.worker import WorkerLimits, worker_main
from everyframe.model.features import Digests
from everyframe.model.result import Examined, Expanded, Failed, Outcome
from everyframe.model.states import EntryKind, MediaKind
from everyframe.model.warning import Problem, WarningCode
from everyframe.store import audit_log, jobs, media_rows, sources, warnings
from everyframe.store import statements as sql
from everyframe.store.case import Case
from everyframe.store.digest import result_digest
from everyframe.store.jobs import Job
from everyframe.store.sources import Source

__all__ = ["Intake", "IntakeRequest", "IntakeResult"]

BATCH = 12
QUEUED = 4  # batches a worker
FLUSH_RESULTS = 24
FLUSH_SECONDS = 0.25
TELL_SECONDS = 0.5
POLL_SECONDS = 0.05
REST_SECONDS = 0.2
DEATHS = 2


def default_workers() -> int:
    """Give the number of CPUs this process may use."""
    return len(os.sched_getaffinity(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeRequest:
    """Hold what is asked of a run.

    Args:
        sources: folders or files that were seized.
        exhibit: the reference they belong to.
        actor: who asks.
        workers: processes; the CPUs at hand when 0.
        stages: names of the stages to run; all when empty.
        limits: of each worker.
        worker: what a worker process runs.
        another: the sources are none that was taken in before, though they may look so.
        carving: look for lost files in disk images, by their structure.
        verify: digest the whole disk inside each image, and hold it against the hashes stored in the image.
        lister: where the listing comes from; the sources themselves when there is none.
    """

    sources: tuple[Path, ...]
    exhibit: str
    actor: str
    workers: int = 0
    stages: tuple[str, ...] = ()
    limits: WorkerLimits = field(default_factory=WorkerLimits)
    worker: WorkerMain = worker_main
    another: bool = False
    verify: bool = False
    carving: bool = True
    lister: Lister | None = None


@dataclass(frozen=True, slots=True)
class IntakeResult:
    """Hold how a run ended: ``done`` False when it was asked to stop; ``fresh`` False when there was nothing to do."""

    done: bool
    fresh: bool
    snapshot: Snapshot
    peak_worker: int


class Intake:
    """Take the sources of one exhibit in, from wherever an earlier run stopped.

    Args:
        case: whose ``intake`` seat the caller holds.
        request: what to do.
        tell: given a Snapshot about twice a second.
        stop: asked often; once it says True the work in hand is finished and stored, and the run ends.
        paused: asked often; while it says True the work in hand is finished and stored, and nothing else is begun.
    """

    def __init__(
        self,
        case: Case,
        request: IntakeRequest,
        *,
        tell: Callable[[Snapshot], None] = lambda _: None,
        stop: Callable[[], bool] = lambda: False,
        paused: Callable[[], bool] = lambda: False,
    ) -> None:
        names = [s.name for s in STAGES]
        if not request.exhibit.strip():
            raise UsageError("an exhibit needs a reference, as in --exhibit JS/1")
        unknown = [s for s in request.stages if s not in names]
        if unknown:
            raise UsageError(f"there is no stage {unknown[0]!r}; the stages are {', '.join(names)}")
        self._case = case
        self._request = request
        self._stages = frozenset(request.stages or names)
        self._lister = request.lister or FolderLister(
            request.sources, request.exhibit, another=request.another, carving=request.carving
        )
        self._tell_caller = tell
        self._stop = stop
        self._paused = paused
        self._progress = Progress(request.exhibit)
        self._told = 0.0
        self._committer = Committer(case, request.actor)
        self._sources: dict[int, Source] = {}
        self._chains: dict[int, tuple[Step, ...]] = {}
        self._items: dict[int, Item] = {}
        self._sizes: dict[int, int] = {}
        self._analysing: dict[bytes, int] = {}  # SHA-256 of contents in hand, and the file they are analysed for
        self._held: dict[bytes, list[Examined]] = {}
        self._dry = False  # nothing is planned that is not queued

    def run(self) -> IntakeResult:
        """Plan, then work until nothing is left or the caller wants to stop."""
        self._prepare()
        with self._case.database.read() as connection:
            fresh = jobs.left(connection, list(self._sources)).files > 0
        peak = 0
        if fresh:
            pool = self._pool()
            try:
                self._work(pool)
                pool.close()
            except BaseException:
                pool.kill()
                self._committer.close()
                raise
            peak = pool.peak_resident
        done = self._finish(fresh=fresh)
        self._committer.close()
        self._progress.phase = "done" if done else "stopped"
        snapshot = self._progress.snapshot("done" if done else "stopped")
        self._tell_caller(snapshot)
        return IntakeResult(done, fresh, snapshot, peak)

    def _prepare(self) -> None:
        asked = self._request
        found = self._lister.plan(self._case, asked.actor)
        self._sources = {s.id: s for s in found}
        with self._case.database.write() as connection:
            jobs.reset_started(connection)
            jobs.plan_missing(connection, sorted(self._stages), list(self._sources))
            body = {
                "exhibit": self._request.exhibit,
                "sources": [s.display for s in found],
                "stages": sorted(self._stages),
            }
            audit_log.append(connection, self._request.actor, "intake.start", body)
        for source in found:
            if source.state == "listing":
                self._lister.commit(self._case, source, self._request.actor, self._progress, self._pause)
            if asked.verify:
                verify_image(self._case, source, asked.actor, self._tell_verifying)
        with self._case.database.read() as connection:
            left = jobs.left(connection, list(self._sources))
            self._progress.warnings = warnings.count(connection)
        self._progress.bytes = self._progress.bytes_done = 0
        self._progress.expect(left.files, left.bytes)
        self._progress.phase = "intake"
        self._tell(now=True)

    def _pool(self) -> Pool:
        return Pool(
            self._request.workers or default_workers(), self._request.limits, self._decide, self._request.worker
        )

    def _work(self, pool: Pool) -> None:
        stopping = versions_told = False
        while True:
            stopping = stopping or self._stop()
            pool.resting = not stopping and self._paused()
            self._progress.phase = "paused" if pool.resting else "intake"
            if not stopping:
                self._refill(pool)
            elif pool.waiting:
                pool.drop_waiting()
            for news in pool.poll(POLL_SECONDS if pool.busy or pool.resting else 0.0):
                self._hear(pool, news)
                self._store()
            if pool.versions and not versions_told:
                self._record_versions(pool)
                versions_told = True
            self._store(busy=pool.busy)
            self._progress.replaced = pool.replaced
            self._tell()
            if not pool.busy and self._committer.empty and (stopping or self._dry):
                return

    def _store(self, *, busy: bool = True) -> None:
        if self._committer.advance(FLUSH_RESULTS, FLUSH_SECONDS if busy else 0.0, wait=not busy):
            self._dry = False  # what was stored may have planned further jobs

    def _refill(self, pool: Pool) -> None:
        """Keep batches queued for each worker; their jobs are stored as started before anybody gets them."""
        want = QUEUED * (self._request.workers or default_workers())
        if pool.waiting > want // 2 or self._dry or not self._committer.idle:
            return
        with self._case.database.read() as connection:
            fresh = jobs.planned(connection, want * BATCH, list(self._sources))
            items = [self._item(connection, job) for job in fresh]
        if fresh:
            with self._case.database.write() as connection:
                jobs.mark_started(connection, fresh)
        self._dry = not fresh
        again = [i for i, job in zip(items, fresh, strict=True) if job.interrupted]
        new = [i for i, job in zip(items, fresh, strict=True) if not job.interrupted]
        for item in again:
            pool.add((item,))
        last = len(fresh) < want * BATCH
        for start, end in _cut(len(new), want if last else 1):
            pool.add(tuple(new[start:end]))

    def _item(self, connection: Connection, job: Job) -> Item:
        own = Step(job.file_id, job.member, job.locator, job.listed_size)
        item = Item(
            job.file_id, job.task, self._sources[job.source_id].path, (*self._above(connection, job), own), self._stages
        )
        self._items[job.file_id], self._sizes[job.file_id] = item, job.size
        return item

    def _above(self, connection: Connection, job: Job) -> tuple[Step, ...]:
        if job.parent_id is None:
            return ()
        if job.parent_id not in self._chains:
            if len(self._chains) > 1000:  # noqa: PLR2004 - enough for every container that is open now
                self._chains.clear()
            steps = (Step(c.file_id, c.member, c.locator, c.size) for c in jobs.chain(connection, job.parent_id))
            self._chains[job.parent_id] = tuple(steps)
        return self._chains[job.parent_id]

    def _decide(self, item: Item, digests: Digests) -> frozenset[str]:
        """Say which stages a content still needs: none when it is known, or in another worker's hands."""
        if self._lister.problem(self._case, item.file_id, digests):
            return frozenset()
        if self._analysing.get(digests.sha256, item.file_id) != item.file_id:
            return frozenset()
        with self._case.database.read() as connection:
            row = connection.execute(sql.MEDIA, {"digest": digests.sha256}).one_or_none()
        if row is not None and row.quarantined:
            return frozenset()
        wanted = item.stages - (media_rows.stages(row.stages) if row is not None else set())
        if wanted:
            self._analysing[digests.sha256] = item.file_id
        return wanted

    def _hear(self, pool: Pool, news: Outcome | Died) -> None:
        if isinstance(news, Examined) and (problem := self._lister.problem(self._case, news.file_id, news.digests)):
            news = Failed(news.file_id, problem)
        if isinstance(news, Died):
            self._died(pool, news)
        elif isinstance(news, Failed) and not is_there(self._sources_of(news.file_id)):
            raise ExhibitError(
                f"{self._sources_of(news.file_id).display} is gone; connect it again, and the same command goes on"
            )
        elif isinstance(news, Examined) and self._waits(news):
            self._held.setdefault(news.digests.sha256, []).append(news)
        else:
            self._accept(news)

    def _sources_of(self, file_id: int) -> Source:
        root = self._items[file_id].root
        return next(s for s in self._sources.values() if s.path == root)

    def _waits(self, news: Examined) -> bool:
        """Tell whether this occurrence must wait until another worker has analysed the same bytes."""
        owner = self._analysing.get(news.digests.sha256)
        return (
            news.analysis is None
            and news.kind in (MediaKind.IMAGE, MediaKind.VIDEO)
            and owner not in (None, news.file_id)
        )

    def _accept(self, outcome: Outcome) -> None:
        item = self._items.pop(outcome.file_id)
        size = self._sizes.pop(outcome.file_id, 0)
        self._committer.add(outcome, item.task)
        self._count(outcome, size)
        if isinstance(outcome, Examined) and self._analysing.get(outcome.digests.sha256) == outcome.file_id:
            self._committer.when_stored(lambda: self._release(outcome.digests.sha256))

    def _release(self, sha256: bytes) -> None:
        """Let occurrences go that waited for this content."""
        self._analysing.pop(sha256, None)
        for held in self._held.pop(sha256, []):
            self._accept(held)

    def _died(self, pool: Pool, death: Died) -> None:
        """Try an item once more on its own; after a second death store it as quarantined."""
        item, digests = death.item, death.digests
        if digests and self._lister.problem(self._case, item.file_id, digests):
            digests = None
        sha256 = digests.sha256 if digests else b""
        owned = self._analysing.get(sha256) == item.file_id
        with self._case.database.write() as connection:
            deaths = jobs.record_death(connection, item.file_id, item.task)
        if deaths < DEATHS:
            pool.add((item,), first=True)  # copies of it go on waiting for this one
            return
        problem = Problem(WarningCode.QUARANTINED, f"two workers died on it; the last one: {death.reason}", item.task)
        self._accept(Failed(item.file_id, problem, digests, quarantined=True))
        if owned:
            self._committer.when_stored(lambda: self._release(sha256))

    def _count(self, outcome: Outcome, size: int) -> None:
        progress = self._progress
        match outcome:
            case Expanded(entries=entries, problems=problems):
                progress.stages["expanded"] += 1
                progress.stages["listed"] += len(entries)
                pending = [e for e in entries if e.kind is EntryKind.FILE and e.problem is None]
                progress.expect(len(pending), sum(e.size or 0 for e in pending))
                progress.warnings += len(problems)
            case Failed():
                progress.stages["failed"] += 1
                progress.warnings += 1
            case Examined(kind=kind, analysis=analysis, problems=problems):
                progress.stages["read"] += 1
                progress.stages[kind.value if analysis else "duplicate"] += 1
                progress.warnings += len(problems) + (len(analysis.problems) if analysis else 0)
                if kind is MediaKind.ARCHIVE:
                    progress.expect(1, size)
        progress.done(size)

    def _record_versions(self, pool: Pool) -> None:
        with self._case.database.write() as connection:
            body: dict[str, Any] = {"versions": pool.versions, "missing_limits": pool.missing_limits}
            audit_log.append(connection, self._request.actor, "intake.workers", body)

    def _finish(self, *, fresh: bool) -> bool:
        with self._case.database.write() as connection:
            jobs.put_back(connection)
            done = not jobs.left(connection, list(self._sources)).files
            done = done and all(sources.find(connection, s).state != "listing" for s in self._sources)
        changed: list[tuple[Source, Problem]] = []
        if done and fresh:
            self._progress.phase = "checking"
            self._tell(now=True)
            found = [(s, self._lister.unchanged(self._case, s)) for s in self._sources.values()]
            changed = [(s, p) for s, p in found if p]
        with self._case.database.write() as connection:
            for source, problem in changed:
                warnings.add_to_exhibit(connection, source.exhibit_id, [problem])
            if done:
                for source in self._sources.values():
                    sources.finish(connection, source.id)
        with self._case.database.read() as connection:
            digest = result_digest(connection)
        with self._case.database.write() as connection:
            body = {
                "exhibit": self._request.exhibit,
                "files": self._progress.files_done,
                "done": done,
                "digest": digest,
            }
            audit_log.append(connection, self._request.actor, "intake.end", body)
        self._progress.warnings += len(changed)
        return done

    def _tell_verifying(self, done: int, size: int) -> None:
        self._progress.phase, self._progress.bytes, self._progress.bytes_done = "verifying", size, done
        self._tell()

    def _pause(self) -> bool:
        """Tell how far it is, hold on while the caller wants that, and tell whether the caller wants to stop."""
        phase = self._progress.phase
        while self._paused() and not self._stop():
            self._progress.phase = "paused"
            self._tell()
            time.sleep(REST_SECONDS)
        self._progress.phase = phase
        self._tell()
        return self._stop()

    def _tell(self, *, now: bool = False) -> None:
        if now or time.monotonic() - self._told >= TELL_SECONDS:
            self._told = time.monotonic()
            self._tell_caller(self._progress.snapshot())


def _cut(count: int, least: int) -> Iterator[tuple[int, int]]:
    """Cut so many items into full batches, or into ``least`` and more that grow smaller, so that all workers end together."""
    start = 0
    while start < count:
        end = start + min(BATCH, max(1, (count - start) // least))
        yield start, end
        start = end
