"""Listing disk images: in a process of its own with limits, so that a file system made to crash its reader becomes a Warning.

Each volume has a process. When it dies or hangs, a second one goes over the volume again and hands over each entry as it is
found, so that the listing ends at the same place every time; then a Warning says that there may have been more.
"""

import hashlib
import multiprocessing
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

from everyframe.ending import die_with_parent
from everyframe.errors import EvidenceError, WorkerError
from everyframe.evidence.disk.keys import read_keys
from everyframe.intake import pool, sandbox
from everyframe.intake.wire import Beat, Digested, End, Fault, Inbox, Laid, Listed, send
from everyframe.model.disk import Layout
from everyframe.model.entry import Entry
from everyframe.model.warning import Problem, WarningCode

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

__all__ = ["digest_image", "inspect_image", "list_volume", "lister_main"]

MEMORY_BYTES = 2 << 30
CPU_SECONDS = 120
PATIENCE_SECONDS = 60.0
BEAT_SECONDS = 1.0
PART = 250
Main = Callable[["Connection[Any, Any]", bytes, str, "str | None", int, int], None]


class _Speaker:
    """Say at most once a second that something goes on."""

    def __init__(self, connection: "Connection[Any, Any]") -> None:
        self.connection = connection
        self._beaten = 0.0
        self.bytes = 0

    def beat(self) -> None:
        if time.monotonic() - self._beaten >= BEAT_SECONDS:
            self._beaten = time.monotonic()
            sandbox.arm_cpu(CPU_SECONDS)
            send(self.connection, Beat(0, self.bytes))


def lister_main(
    connection: "Connection[Any, Any]", path: bytes, task: str, key: str | None, skip: int, part: int
) -> None:
    """Serve one task on one image: ``layout``, ``list`` a volume, or ``digest``; runs in a process of its own.

    Args:
        connection: to the parent.
        path: of the first file of the image.
        task: what to do; ``carve`` lists, and then looks for lost files.
        key: of the volume to list.
        skip: entries that the parent has already.
        part: entries handed over at once.
    """
    die_with_parent()
    sandbox.reset_signals()
    os.environ["TZ"] = "UTC"  # FAT's local times pass through the C library's zone
    time.tzset()
    _be_quiet()
    from everyframe.evidence.disk.image import ImageReader, recognise_image

    speaker = _Speaker(connection)
    if task == "carve":
        _warm_up(connection)
    sandbox.confine(MEMORY_BYTES)
    speaker.beat()
    try:
        if task == "layout":
            send(connection, Laid(recognise_image(path)))
            return
        with closing(ImageReader(path, speaker.beat)) as reader:
            if task == "digest":
                send(connection, Digested(_digests(reader.chunks(), speaker)))
                return
            _hand_over(connection, reader.volume_entries(key or "", carving=task == "carve"), skip, part)
            send(connection, End(tuple(reader.volume_problems(key or ""))))
    except EvidenceError as error:
        send(connection, Fault(error.code, str(error)))
    except OSError as error:
        send(connection, Fault("image-broken", f"reading failed: {error.strerror or error}"))


def _warm_up(connection: "Connection[Any, Any]") -> None:
    """Compile what carving needs; the parent is told meanwhile that something goes on."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(BEAT_SECONDS):
            send(connection, Beat(0))

    beating = threading.Thread(target=beat)
    beating.start()
    try:
        from everyframe.evidence.disk.warming import warm_up

        warm_up()
    finally:
        done.set()
        beating.join()


def _be_quiet() -> None:
    if not os.environ.get("EVERYFRAME_TRACEBACK"):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(nowhere, stream)
        os.close(nowhere)


def _hand_over(connection: "Connection[Any, Any]", entries: Iterator[Entry], skip: int, part: int) -> None:
    held: list[Entry] = []
    for number, entry in enumerate(entries):
        if number < skip:
            continue
        held.append(entry)
        if len(held) >= part:
            send(connection, Listed(tuple(held)))
            held.clear()
    if held:
        send(connection, Listed(tuple(held)))


def _digests(chunks: Iterator[bytes], speaker: _Speaker) -> tuple[tuple[str, str], ...]:
    found = [hashlib.md5(usedforsecurity=False), hashlib.sha1(usedforsecurity=False), hashlib.sha256()]
    for chunk in chunks:
        for one in found:
            one.update(chunk)
        speaker.bytes += len(chunk)
        speaker.beat()
    return tuple((one.name, one.hexdigest()) for one in found)


class _Died(Exception):  # noqa: N818 - reads as the fact it states
    """Report how a lister ended before it was through."""


def _talk(path: bytes, task: str, key: str | None, skip: int, part: int, main: Main) -> Iterator[Any]:
    """Run one lister and give what it says.

    Raises:
        _Died: it ended, hung or talked nonsense before its task was done.
    """
    ours, theirs = multiprocessing.Pipe()
    process = pool.process(main, theirs, path, task, key, skip, part)
    process.start()
    theirs.close()
    inbox, heard = Inbox(ours), time.monotonic()
    try:
        while True:
            if not wait([ours], max(0.0, heard + PATIENCE_SECONDS - time.monotonic())):
                raise _Died(f"no sign of progress for {PATIENCE_SECONDS:.0f} s")
            try:
                messages = list(inbox.read())
            except (EOFError, OSError, WorkerError) as error:
                process.join(1.0)
                raise _Died(_how(process.exitcode)) from error
            for message in messages:
                yield message
                heard = time.monotonic()
                if isinstance(message, Laid | End | Fault | Digested):
                    return
    finally:
        process.kill()
        process.join()
        ours.close()


def _how(code: int | None) -> str:
    return f"ended by signal {-code}" if code is not None and code < 0 else f"ended with code {code}"


def inspect_image(path: bytes, main: Main = lister_main) -> Layout | None:
    """Tell what an image holds; None when a file is none.

    Raises:
        EvidenceError: it is an image and cannot be opened.
        UsageError: the file of keys is none.
    """
    read_keys()  # what is wrong with it is told here; whoever opens the image reads it again
    try:
        for message in _talk(path, "layout", None, 0, PART, main):
            match message:
                case Laid(layout):
                    return layout
                case Fault(code, reason):
                    raise EvidenceError(reason, code)
                case _:
                    continue
    except _Died as error:
        raise EvidenceError(f"the process that looked into it {error}", "image-broken") from error
    return None


def digest_image(path: bytes, tell: Callable[[int], None] = lambda _: None) -> dict[str, str]:
    """Digest the whole disk inside an image; ``tell`` is given the bytes read so far.

    Raises:
        EvidenceError: part of it cannot be read.
    """
    try:
        for message in _talk(path, "digest", None, 0, PART, lister_main):
            match message:
                case Beat(bytes=done):
                    tell(done)
                case Digested(digests):
                    return dict(digests)
                case Fault(code, reason):
                    raise EvidenceError(reason, code)
                case _:
                    continue
    except _Died as error:
        raise EvidenceError(f"the process that read it {error}", "image-broken") from error
    return {}


def list_volume(
    path: bytes,
    key: str,
    problems: list[Problem],
    pause: Callable[[], bool],
    main: Main = lister_main,
    *,
    carving: bool = False,
) -> Iterator[Entry]:
    """List one volume of an image; what was wrong is added to ``problems``.

    ``pause`` is called while nothing comes; when it says True the listing ends there.
    """
    had = 0
    for part in (PART, 1):
        try:
            for message in _talk(path, "carve" if carving else "list", key, had, part, main):
                match message:
                    case Listed(entries):
                        had += len(entries)
                        yield from entries
                    case Fault(_, reason):
                        problems.append(_damaged(key, reason, had))
                    case End(found):
                        problems.extend(found)
                    case _ if pause():
                        return
        except _Died as error:
            how = str(error)
        else:
            return
    problems.append(_damaged(key, f"two processes that listed it {how}", had))


def _damaged(key: str, reason: str, had: int) -> Problem:
    words = f"{key or 'the disk'}: {reason}; {had:,} entries were listed before that, and there may have been more"
    return Problem(WarningCode.VOLUME_DAMAGED, words, "listing")
