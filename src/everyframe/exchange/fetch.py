"""Reading originals back: a process of its own opens archives and hands plain bytes over, as isolated as a worker of intake."""

import multiprocessing
import os
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from everyframe.ending import die_with_parent
from everyframe.errors import EvidenceError
from everyframe.evidence.archive import ArchiveLimits
from everyframe.intake import sandbox
from everyframe.intake.opener import Opener
from everyframe.intake.wire import Item

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

__all__ = ["Fetcher", "fetch_main"]

CHUNK: Final = 1 << 20
MEMORY: Final = 2 << 30
SECONDS: Final = 120
DATA, END, FAILED, BEAT = b"d", b"e", b"f", b"b"
BEAT_SECONDS: Final = 1.0


def fetch_main(connection: "Connection[Any, Any]") -> None:
    """Serve contents until the parent is gone: each as chunks of bytes, then an end, or words on what went wrong."""
    die_with_parent()
    sandbox.reset_signals()
    os.environ["TZ"] = "UTC"  # local times in archives pass through the C library's zone
    time.tzset()
    sandbox.confine(MEMORY)
    beaten = 0.0

    def beat() -> None:
        nonlocal beaten
        if time.monotonic() - beaten >= BEAT_SECONDS:
            beaten = time.monotonic()
            sandbox.arm_cpu(SECONDS)
            connection.send_bytes(BEAT)

    opener = Opener(ArchiveLimits(), beat)
    while True:
        try:
            item, offset, length = connection.recv()
        except (EOFError, ConnectionError):
            return
        try:
            _send(connection, opener, item, offset, length)
        except (EvidenceError, OSError) as error:
            words = error.strerror or str(error) if isinstance(error, OSError) else str(error)
            connection.send_bytes(FAILED + words.encode("utf-8", "backslashreplace"))


def _send(connection: "Connection[Any, Any]", opener: Opener, item: Item, offset: int, length: int | None) -> None:
    with opener.content(item) as stream:
        stream.seek(offset)
        while length is None or length > 0:
            sandbox.arm_cpu(SECONDS)
            data = stream.read(CHUNK if length is None else min(CHUNK, length))
            if not data:
                break
            connection.send_bytes(DATA + data)
            length = None if length is None else length - len(data)
    connection.send_bytes(END)


class Fetcher:
    """Hold the process that reads; it is started when it is first needed, and again when it died."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._process: SpawnProcess | None = None
        self._connection: Connection[Any, Any] | None = None

    def chunks(self, item: Item, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Give the bytes of an item, or ``length`` of them from ``offset`` on.

        Raises:
            EvidenceError: they cannot be read, or the process died on them.
        """
        connection = self._ready()
        try:
            connection.send((item, offset, length))
            while (message := self._next(connection))[:1] != END:
                if message[:1] == FAILED:
                    raise EvidenceError(message[1:].decode(errors="replace"))
                if message[:1] == DATA:
                    yield message[1:]
        except (EOFError, ConnectionError) as error:
            self.close()
            raise EvidenceError("the process that read it died") from error
        except GeneratorExit:
            self.close()  # what is still under way is not wanted any more
            raise

    def close(self) -> None:
        """End the process."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._process = self._connection = None

    @staticmethod
    def _next(connection: "Connection[Any, Any]") -> bytes:
        if not connection.poll(SECONDS):
            raise EOFError
        return connection.recv_bytes()

    def _ready(self) -> "Connection[Any, Any]":
        if self._connection is None:
            self._connection, theirs = self._context.Pipe()
            self._process = self._context.Process(target=fetch_main, args=(theirs,), daemon=True)
            self._process.start()
            theirs.close()
        return self._connection
