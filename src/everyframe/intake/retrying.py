"""Reading again what left a Warning: the wishes that wait, each worked on by a worker with the limits of its manner.

A wish that was stored is planned work: it is done by whoever holds the intake seat next, and one that a stopped run left is
done by the next. What comes of it is one transaction: rows, previews, the result, its audit record.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from everyframe.analysis import STAGES, Limits
from everyframe.evidence.archive import ArchiveLimits
from everyframe.intake.lister import StandingLister
from everyframe.intake.plan import is_there
from everyframe.intake.pool import Died, Pool
from everyframe.intake.run import Intake, IntakeRequest
from everyframe.intake.wire import Item, Step
from everyframe.intake.worker import WorkerLimits
from everyframe.model.features import Digests
from everyframe.model.result import Failed, Outcome
from everyframe.model.retry import Manner, Reread
from everyframe.model.states import MediaOutcome
from everyframe.model.warning import Problem, WarningCode
from everyframe.store import audit_log, jobs, pack_rows, retries, sources
from everyframe.store import statements as sql
from everyframe.store.case import Case
from everyframe.store.digest import result_digest
from everyframe.store.packs import PackWriter
from everyframe.store.rereading import content_of, store_again
from everyframe.store.retries import Pending
from everyframe.store.row_digest import TABLES, digest_rows
from everyframe.store.sources import Source

__all__ = ["LIMITS", "Retried", "Retries"]

POLL_SECONDS = 0.05
GONE = "its source is not there now; connect it, and the next run reads it"

_LARGER = WorkerLimits(
    memory_bytes=6 << 30,
    cpu_seconds=600,
    wall_seconds=600.0,
    depth=50,
    analysis=Limits(
        max_pixels=1_000_000_000,
        max_frames=200_000,
        memory_bytes=4 << 30,
        animation_pixels=2_000_000_000,
        tool_seconds=120.0,
        embedded_pictures=256,
        video_packets=50_000,
        video_pixels=10_000_000_000,
    ),
    archives=ArchiveLimits(
        members=10_000_000, ratio=10_000, total_bytes=1 << 43, member_bytes=4 << 30, name_bytes=1 << 20
    ),
)
#: What a worker may use, by the manner of reading again.
LIMITS: dict[Manner, WorkerLimits] = {
    Manner.AGAIN: WorkerLimits(),
    Manner.DECODER: WorkerLimits(analysis=Limits(other_decoder=True)),
    Manner.LIMITS: _LARGER,
}


@dataclass(frozen=True, slots=True)
class Retried:
    """Hold what came of one wish; ``outcome`` is None when it has to wait, and ``words`` say for what."""

    warning_id: int
    path: str
    manner: Manner
    outcome: Reread | None
    words: str

    def as_json(self) -> dict[str, Any]:
        """Give it as scripts read it."""
        outcome = self.outcome or "waits"
        return {
            "warning": self.warning_id,
            "path": self.path,
            "manner": self.manner,
            "outcome": outcome,
            "words": self.words,
        }


@dataclass(frozen=True, slots=True)
class _Work:
    one: Pending
    item: Item
    path: str


@dataclass(slots=True)
class Retries:
    """Work off the wishes to read again.

    Args:
        case: whose ``intake`` seat the caller holds.
        workers: processes at once; the CPUs at hand when 0.
        tell: given how many of how many are done.
        stop: asked often; once it says True the files in hand are finished, and the rest waits.
    """

    case: Case
    workers: int = 0
    tell: Callable[[int, int], None] = lambda _done, _total: None
    stop: Callable[[], bool] = lambda: False
    limits: dict[Manner, WorkerLimits] = field(default_factory=lambda: dict(LIMITS))
    _done: list[Retried] = field(default_factory=list)
    _total: int = 0
    _there: dict[int, Source] = field(default_factory=dict)

    def run(self) -> list[Retried]:
        """Do what waits; gives what came of each wish. Nothing is touched when nothing waits."""
        with self.case.database.read() as connection:
            waiting = retries.pending(connection)
            work = [self._work(connection, one) for one in waiting] if waiting else []
        if not waiting:
            return []
        self._total = len(waiting)
        with self.case.database.write() as connection:
            audit_log.append(
                connection, waiting[0].actor, "intake.retry", {"warnings": [w.warning_id for w in waiting]}
            )
        packs = self._packs()
        try:
            for manner in Manner:
                self._all([w for w in work if w is not None and w.one.manner is manner], manner, packs)
        finally:
            packs.close()
        self._follow(waiting[0].actor)
        return self._done

    def _packs(self) -> PackWriter:
        with self.case.database.read() as connection:
            return PackWriter(self.case.directory / "previews", pack_rows.committed(connection))

    def _work(self, connection: Connection, one: Pending) -> _Work | None:
        """Find a file to read for a wish, in a source that is there now."""
        about = retries.warned(connection, [one.warning_id])[one.warning_id]
        path = ""
        for file_id in retries.targets(connection, about):
            chain = jobs.chain(connection, file_id)
            source, path = retries.place(connection, file_id)
            if is_there(source):
                steps = tuple(Step(c.file_id, c.member, c.locator, c.size) for c in chain)
                stages = frozenset(s.name for s in STAGES)
                self._there[source.id] = source
                return _Work(one, Item(file_id, about.task, source.path, steps, stages), path)
        self._done.append(Retried(one.warning_id, path, one.manner, None, GONE))
        return None

    def _all(self, work: list[_Work], manner: Manner, packs: PackWriter) -> None:
        """Work off what is asked for in one manner; two wishes about one file follow one another."""
        while work and not self.stop():
            now_, later = {}, []
            for w in work:
                if w.item.file_id in now_:
                    later.append(w)
                else:
                    now_[w.item.file_id] = w
            self._at_once(now_, manner, packs)
            work = later

    def _at_once(self, work: dict[int, _Work], manner: Manner, packs: PackWriter) -> None:
        count = min(len(work), self.workers or len(os.sched_getaffinity(0)))
        if manner is Manner.LIMITS:
            count = 1  # six gigabytes each
        pool = Pool(count, self.limits[manner], lambda item, digests: self._stages(item, digests, manner))
        try:
            for w in work.values():
                pool.add((w.item,))
            while pool.busy:
                if self.stop():
                    pool.drop_waiting()
                for news in pool.poll(POLL_SECONDS):
                    outcome = _died(news) if isinstance(news, Died) else news
                    self._store(work[outcome.file_id], outcome, packs)
            pool.close()
        except BaseException:
            pool.kill()
            raise

    def _stages(self, item: Item, digests: Digests, manner: Manner) -> frozenset[str]:
        """Ask for every stage; beside a picture that stands, only for the other decoder's preview."""
        with self.case.database.read() as connection:
            row = connection.execute(sql.MEDIA, {"digest": digests.sha256}).one_or_none()
        beside = row is not None and row.outcome == MediaOutcome.VIEWABLE and manner is Manner.DECODER
        return frozenset({"preview"}) if beside else item.stages

    def _store(self, work: _Work, outcome: Outcome, packs: PackWriter) -> None:
        """Store what came of a wish. Commit point: the transaction with rows, pack lengths, result and audit record."""
        one, file = work.one, (work.item.file_id, work.item.task)
        with self.case.database.write() as connection:
            before = content_of(connection, *file)
            said, words = store_again(connection, packs.add, outcome, one.manner)
            retries.add_result(connection, one, file, said, words)
            pack_rows.commit(connection, packs.sync())
            body = {"op": one.op, "warning": one.warning_id, "file": file[0], "task": file[1], "before": before}
            body |= {
                "after": content_of(connection, *file),
                "rows": digest_rows(connection, TABLES["warning.retried"], one.op),
            }
            audit_log.append(connection, one.actor, "warning.retried", body)
        self._done.append(Retried(one.warning_id, work.path, one.manner, said, words))
        self.tell(len(self._done), self._total)

    def _follow(self, actor: str) -> None:
        """Do what reading again has planned: further members, and copies of what is no longer set aside.

        Only for sources that were taken in to their end; what was stopped half-way goes on with its own command. The run
        leaves the digest of what intake found, which ``verify`` holds the rows against.
        """
        with self.case.database.read() as connection:
            done = [s for s in self._there.values() if s.state == "done"]
            left = [s for s in done if jobs.left(connection, [s.id]).files]
            ran = {s.reference: sources.stages_of(connection, s.reference) for s in left}
        for reference in dict.fromkeys(s.reference for s in left):
            mine = tuple(s for s in left if s.reference == reference)
            request = IntakeRequest(
                sources=(), exhibit=reference, actor=actor, workers=self.workers, stages=ran[reference],
                lister=StandingLister(mine),
            )  # fmt: skip
            Intake(self.case, request, stop=self.stop).run()
        if not left:
            with self.case.database.read() as connection:
                digest = result_digest(connection)
            with self.case.database.write() as connection:
                body = {"exhibit": "", "files": len(self._done), "done": True, "digest": digest}
                audit_log.append(connection, actor, "intake.end", body)


def _died(news: Died) -> Failed:
    return Failed(
        news.item.file_id, Problem(WarningCode.QUARANTINED, f"the worker died on it: {news.reason}", news.item.task)
    )
