"""The worker: a process of its own that reads, digests and analyses items, and reports each one."""

import os
import resource
import time
from collections import deque
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from everyframe.analysis import Blob, Identified, Limits, Tools, analyse, digest, identify, name_disagrees
from everyframe.analysis.memory import keep_freed_memory
from everyframe.ending import die_with_parent
from everyframe.errors import EvidenceError
from everyframe.evidence.archive import ArchiveLimits
from everyframe.evidence.disk.containers import container_name
from everyframe.intake import sandbox
from everyframe.intake.opener import Opener
from everyframe.intake.wire import Batch, Beat, Begin, Done, Item, Ready, Result, Seen, Verdict, receive, send
from everyframe.model.features import Analysis, Digests
from everyframe.model.result import Examined, Expanded, Failed
from everyframe.model.states import MediaKind
from everyframe.model.warning import Problem, WarningCode
from everyframe.validate.selftest import self_test, versions

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

__all__ = ["WorkerLimits", "worker_main"]

BEAT_SECONDS = 1.0
NICE = 10  # whoever looks and decides meanwhile comes first
VIEWED = (MediaKind.IMAGE, MediaKind.VIDEO)


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """Hold what one worker may use.

    Args:
        memory_bytes: address space beyond what its libraries need.
        cpu_seconds: CPU time without a sign of progress.
        wall_seconds: time without a sign of progress; the parent ends the worker then.
        items: it is replaced after so many.
        growth_bytes: or once it holds so much more memory than at its start.
        depth: how many archives deep archives are opened.
        analysis: limits of the stages.
        archives: limits against bombs.
    """

    memory_bytes: int = 2 << 30
    cpu_seconds: int = 60
    wall_seconds: float = 60.0
    items: int = 2000
    growth_bytes: int = 512 << 20
    depth: int = 5
    analysis: Limits = field(default_factory=Limits)
    archives: ArchiveLimits = field(default_factory=ArchiveLimits)


def worker_main(connection: "Connection[Any, Any]", limits: WorkerLimits) -> None:
    """Serve batches until an empty one comes or the parent is gone."""
    die_with_parent()
    sandbox.reset_signals()
    os.nice(NICE)
    os.environ["TZ"] = "UTC"  # local times in archives pass through the C library's zone
    time.tzset()
    _be_quiet()
    keep_freed_memory()
    self_test()  # before the limits: libmagic is looked for with the help of other programs when it is first used
    missing = sandbox.confine(limits.memory_bytes)
    with Tools() as tools:
        worker = _Worker(connection, limits, tools)
        send(connection, Ready(tuple(versions().items()), missing))
        while batch := worker.next_batch():
            worker.run(batch)


def _be_quiet() -> None:
    """Keep what libraries print about bad files off the terminal; what matters of it is in the Warnings."""
    if not os.environ.get("EVERYFRAME_TRACEBACK"):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(nowhere, stream)
        os.close(nowhere)


class _Worker:
    def __init__(self, connection: "Connection[Any, Any]", limits: WorkerLimits, tools: Tools) -> None:
        self._connection = connection
        self._limits = limits
        self._tools = tools
        self._opener = Opener(limits.archives, self.beat)
        self.ahead: deque[Batch] = deque()
        self._file_id = 0
        self._beaten = 0.0

    def next_batch(self) -> Batch | None:
        """Give the next batch, or None when an empty one asks this worker to end or the parent is gone."""
        try:
            batch: Batch = self.ahead.popleft() if self.ahead else receive(self._connection)
        except (EOFError, ConnectionError):
            return None
        return batch if batch.items else None

    def run(self, batch: Batch) -> None:
        send(self._connection, Begin(batch.items[0].file_id))
        following = (*(i.file_id for i in batch.items[1:]), None)
        for item, begins in zip(batch.items, following, strict=True):
            self._file_id = item.file_id
            self._armed()
            send(self._connection, Result(self._outcome(item), begins))
        send(self._connection, Done(_resident(), _peak_resident()))

    def beat(self) -> None:
        """Tell the parent that a long read goes on, at most once a second."""
        if time.monotonic() - self._beaten >= BEAT_SECONDS:
            self._armed()
            send(self._connection, Beat(self._file_id))

    def _armed(self) -> None:
        self._beaten = time.monotonic()
        sandbox.arm_cpu(self._limits.cpu_seconds)

    def _outcome(self, item: Item) -> Examined | Expanded | Failed:
        try:
            return self._expand(item) if item.task == "expand" else self._examine(item)
        except EvidenceError as error:
            return Failed(item.file_id, _problem(error))
        except OSError as error:
            reason = f"reading failed: {error.strerror or error}"
            return Failed(item.file_id, Problem(WarningCode.UNREADABLE_FILE, reason, "read"))

    def _expand(self, item: Item) -> Expanded:
        if len(item.steps) > self._limits.depth:
            reason = f"an archive {len(item.steps)} deep; the limit is {self._limits.depth}"
            return Expanded(item.file_id, (), (Problem(WarningCode.ARCHIVE_DEPTH, reason, "expand"),))
        try:
            with self._opener.archive(item) as reader:
                entries = tuple(reader.entries())
                problems = tuple(replace(p, stage=p.stage or "expand") for p in reader.problems)
                return Expanded(item.file_id, entries, problems)
        except EvidenceError as error:
            return Expanded(item.file_id, (), (_problem(error),))

    def _examine(self, item: Item) -> Examined:
        step = item.steps[-1]
        with self._opener.content(item) as stream:
            size = stream.seek(0, 2)
            stream.seek(0)
            name = step.member.rsplit(b"/", 1)[-1]
            with Blob(stream, size, name, self.beat, memory_bytes=self._limits.analysis.memory_bytes) as blob:
                digests = digest(blob)
                found = identify(blob)
                analysis = self._analyse(item, blob, found, digests)
            inside = _image_inside(blob, found)
        problems = _occurrence_problems(step.size, digests, name, found) + inside
        disagrees = name_disagrees(name, found.mime, found.kind)
        kind, mime = (analysis.kind, analysis.mime) if analysis else (found.kind, found.mime)
        return Examined(item.file_id, digests, kind, mime, disagrees, analysis, problems)

    def _analyse(self, item: Item, blob: Blob, found: Identified, digests: Digests) -> Analysis | None:
        """Run the stages that this content still needs; none when it was analysed before."""
        stages = self._stages(item, digests) if found.kind in VIEWED else item.stages
        if not stages:
            return None
        done = analyse(blob, found, stages=stages, limits=self._limits.analysis, tools=self._tools)
        return replace(done, stages=tuple(sorted(stages))) if found.kind in VIEWED else done

    def _stages(self, item: Item, digests: Digests) -> frozenset[str]:
        """Ask the parent what is still to be done with this content."""
        send(self._connection, Seen(item.file_id, digests))
        while not isinstance(message := receive(self._connection), Verdict):
            self.ahead.append(message)
        return message.stages


def _occurrence_problems(listed: int | None, digests: Digests, name: bytes, found: Identified) -> tuple[Problem, ...]:
    problems = []
    if listed is not None and listed != digests.size:
        reason = f"listed with {listed} bytes, but {digests.size} could be read"
        problems.append(Problem(WarningCode.SIZE_DIFFERS, reason, "read"))
    if found.mime == "application/octet-stream" and digests.size and name_disagrees(name, found.mime, found.kind):
        reason = "named as a picture or film, but the content is of no known type: overwritten, encrypted or damaged?"
        problems.append(Problem(WarningCode.NAME_DISAGREES, reason, "identify"))
    return tuple(problems)


def _image_inside(blob: Blob, found: Identified) -> tuple[Problem, ...]:
    """Tell of a disk image among the files of an exhibit; only one that is named as a source is opened."""
    if found.kind is not MediaKind.OTHER:
        return ()
    name = container_name(blob.head(4096), blob.tail(512))
    if not name:
        return ()
    reason = f"a disk image ({name}), which was not opened: take it in as a source of its own"
    return (Problem(WarningCode.IMAGE_INSIDE, reason, "identify"),)


def _problem(error: EvidenceError) -> Problem:
    return Problem(WarningCode(error.code), str(error), "read")


def _resident() -> int:
    fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
    return int(fields[1]) * resource.getpagesize()


def _peak_resident() -> int:
    """Give the most memory this process has held; what the system counts for it may be what its parent held before."""
    for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return _resident()
