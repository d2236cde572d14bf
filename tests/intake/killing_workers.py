"""Workers that die on certain contents, for tests of what the parent then does. Imported by the worker processes."""

import os
import signal
import struct
import time
from typing import TYPE_CHECKING, Any

from everyframe import analysis
from everyframe.intake import worker

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

BOMB = b"this content kills whoever analyses it"
ONCE = b"this content kills one worker only"
SLEEPER = b"this content never ends"
STUTTER = b"of this content half a message comes"


def install(connection: "Connection[Any, Any]") -> None:
    """Make analysis die on the contents above; one that kills once leaves a mark, in a file opened before the limits."""
    real = analysis.analyse
    path = os.environ.get("EVERYFRAME_TEST_MARK")
    mark = os.open(path, os.O_RDWR | os.O_CREAT) if path else -1

    def analyse(blob: Any, *arguments: Any, **named: Any) -> Any:
        data = blob.data()
        if BOMB in data:
            os.kill(os.getpid(), signal.SIGSEGV)
        if STUTTER in data:
            os.write(connection.fileno(), struct.pack("!i", 5000) + b"half a message")
        if SLEEPER in data or STUTTER in data:
            time.sleep(600)
        if ONCE in data and os.pread(mark, 1, 0) == b"":
            os.pwrite(mark, b"x", 0)
            os.kill(os.getpid(), signal.SIGKILL)
        return real(blob, *arguments, **named)

    setattr(worker, "analyse", analyse)  # noqa: B010 - it is not the worker's own to export


def dying_worker(connection: "Connection[Any, Any]", limits: worker.WorkerLimits) -> None:
    """Be a worker that can be killed by content."""
    install(connection)
    worker.worker_main(connection, limits)


def stillborn_worker(connection: "Connection[Any, Any]", _limits: worker.WorkerLimits) -> None:
    """Be a worker that ends before it is ready."""
    connection.close()
    os._exit(3)


def lying_worker(connection: "Connection[Any, Any]", limits: worker.WorkerLimits) -> None:
    """Be a worker that was taken over: it sends what would run code in its parent."""
    import pickle

    class Attack:
        def __reduce__(self) -> Any:
            return (os.system, ("touch taken-over",))

    from everyframe.intake.wire import Batch, Ready, receive, send

    del limits
    send(connection, Ready((), ""))
    while isinstance(receive(connection), Batch):
        connection.send_bytes(pickle.dumps(Attack()))


def asking_worker(connection: "Connection[Any, Any]", limits: worker.WorkerLimits) -> None:
    """Be a worker that was taken over: it asks the same without end, and never listens."""
    from everyframe.intake.wire import Ready, Seen, receive, send
    from everyframe.model.features import Digests

    del limits
    send(connection, Ready((), ""))
    item = receive(connection).items[0]
    while True:
        send(connection, Seen(item.file_id, Digests(b"m" * 16, b"s" * 20, b"S" * 32, 3)))
