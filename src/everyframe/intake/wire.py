"""What parent and worker say to each other.

The parent does not trust a worker that has touched evidence: what it says is read by an unpickler that builds nothing
but the plain values and dataclasses named here.
"""

import io
import os
import pickle
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from everyframe.errors import WorkerError
from everyframe.model import disk, entry, features, result, states, warning
from everyframe.model.disk import Layout
from everyframe.model.entry import Entry
from everyframe.model.features import Digests
from everyframe.model.result import Outcome
from everyframe.model.warning import Problem

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

__all__ = [
    "Batch",
    "Beat",
    "Begin",
    "Digested",
    "Done",
    "End",
    "Fault",
    "Inbox",
    "Item",
    "Laid",
    "Listed",
    "Ready",
    "Result",
    "Seen",
    "Step",
    "Verdict",
    "receive",
    "send",
]


@dataclass(frozen=True, slots=True)
class Step:
    """Hold one step from a source to a content: the MediaFile, its name in its container, how to find it, its size."""

    file_id: int
    member: bytes
    locator: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Item:
    """Hold one job: ``content`` or ``expand``, where its bytes are, and the stages to run."""

    file_id: int
    task: str
    root: bytes
    steps: tuple[Step, ...]
    stages: frozenset[str]


@dataclass(frozen=True, slots=True)
class Batch:
    """Hand items to a worker, to be done in this order; an empty one asks it to end."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Answer ``Seen``: the stages still to be run on this content; none when it was analysed before."""

    stages: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ready:
    """Say that the worker has passed its self-test: the versions it decodes with, and limits that could not be put on."""

    versions: tuple[tuple[str, str], ...]
    missing_limits: str


@dataclass(frozen=True, slots=True)
class Begin:
    """Say which item is about to be touched; of the next in a batch, the result of the one before says it."""

    file_id: int


@dataclass(frozen=True, slots=True)
class Beat:
    """Say that a long read goes on."""

    file_id: int
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """Say what a content's digests are, and ask which stages to run."""

    file_id: int
    digests: Digests


@dataclass(frozen=True, slots=True)
class Result:
    """Report one item, and say which one is about to be touched next, if any."""

    outcome: Outcome
    begins: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """Say that the batch is done, and how much memory the worker holds (bytes): now, and at its peak."""

    resident: int
    peak: int


@dataclass(frozen=True, slots=True)
class Laid:
    """Say what an image holds; None when the file is no image."""

    layout: Layout | None


@dataclass(frozen=True, slots=True)
class Listed:
    """Give some entries of a volume, in their order."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """Say that an image cannot be read, and the code of the Warning."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Digested:
    """Give the digests of the whole disk inside an image: name and hexadecimal digits."""

    digests: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class End:
    """Say that a volume is through, and what was wrong with it."""

    problems: tuple[Problem, ...]


_READ: Final = 1 << 20
#: How ``multiprocessing`` writes the length of a message; longer ones than this are announced in another way.
_LENGTH: Final = struct.Struct("!i")
_LONGEST: Final = 1 << 30
_OURS = (Item, Step, Batch, Verdict, Ready, Begin, Beat, Seen, Result, Done, Laid, Listed, Fault, Digested, End)
_ALLOWED: dict[tuple[str, str], Any] = {("builtins", "frozenset"): frozenset} | {
    (value.__module__, value.__qualname__): value
    for module in (disk, entry, features, result, states, warning)
    for value in vars(module).values()
    if isinstance(value, type) and value.__module__.startswith("everyframe.model")
}
_ALLOWED |= {(c.__module__, c.__qualname__): c for c in _OURS}


class _Reader(pickle.Unpickler):  # noqa: S301 - find_class admits nothing but the classes above
    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - the base class says so
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} is not part of what workers say")
        return _ALLOWED[module, name]


def send(connection: "Connection[Any, Any]", message: object) -> None:
    """Send one message."""
    connection.send_bytes(pickle.dumps(message, protocol=5))


def receive(connection: "Connection[Any, Any]") -> Any:  # noqa: ANN401 - one of the messages
    """Receive one message, and wait for it.

    Raises:
        EOFError: the other side has ended.
        WorkerError: what came is no message; whoever sent it is not to be trusted further.
    """
    return _loaded(connection.recv_bytes())


class Inbox:
    """Take in what a worker sends as it comes, so that nobody waits for the rest of a message that comes in part or never.

    Args:
        connection: to the worker; nothing else reads from it.
    """

    def __init__(self, connection: "Connection[Any, Any]") -> None:
        self._descriptor = connection.fileno()
        self._held = bytearray()

    def read(self) -> Iterator[Any]:
        """Read once what is there, and give the messages that are whole now.

        Raises:
            EOFError: the other side has ended.
            WorkerError: what came is no message; whoever sent it is not to be trusted further.
        """
        part = os.read(self._descriptor, _READ)
        if not part:
            raise EOFError
        self._held += part
        while len(self._held) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._held)
            if not 0 <= length <= _LONGEST:
                raise WorkerError(f"a worker announced a message of {length} bytes")
            end = _LENGTH.size + length
            if len(self._held) < end:
                return
            data = bytes(memoryview(self._held)[_LENGTH.size : end])
            del self._held[:end]
            yield _loaded(data)


def _loaded(data: bytes) -> Any:  # noqa: ANN401 - one of the messages
    try:
        return _Reader(io.BytesIO(data)).load()
    except (pickle.UnpicklingError, AttributeError, TypeError, ValueError, IndexError, KeyError, ImportError) as error:
        raise WorkerError(f"a worker sent what is no message: {error}") from error
