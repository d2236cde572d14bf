"""The account: how many files are in each state, held against what the exhibits were listed to hold."""

from dataclasses import asdict, dataclass
from typing import Any

from everyframe.model.states import State

__all__ = ["Account", "KnownTally", "Tally", "Unread"]


@dataclass(frozen=True, slots=True)
class Tally:
    """Hold MediaFiles, distinct Media among them, and bytes as listed."""

    files: int = 0
    media: int = 0
    bytes: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.files + other.files, self.media + other.media, self.bytes + other.bytes)


@dataclass(frozen=True, slots=True)
class Unread:
    """Hold a stretch of a disk image that nobody could read as files: offset and size in bytes, and why."""

    exhibit: str
    offset: int
    size: int
    reason: str


@dataclass(frozen=True, slots=True)
class KnownTally:
    """Hold how many files, and distinct Media among them, one known set accounts for."""

    set: str
    version: str
    kind: str
    files: int
    media: int


@dataclass(frozen=True, slots=True)
class Account:
    """Hold the account of one exhibit, or of the whole case when ``reference`` is empty.

    Args:
        reference: the exhibit.
        listed: files that the committed listings name.
        listed_bytes: their bytes.
        states: a tally for every state, zero included.
        stateless: files that fit no state; there are none unless a fact is missing.
        media: distinct Media over all states.
        complete: False while a source is not listed to its end.
        exhibits: the account of each exhibit, for that of a case.
        unread: stretches of disk images that could not be read as files; no listed file stands for them.
        known: what is ``known``, by the set that accounts for it.
    """

    reference: str
    listed: int
    listed_bytes: int
    states: dict[State, Tally]
    stateless: int
    media: int
    complete: bool = True
    exhibits: tuple["Account", ...] = ()
    unread: tuple[Unread, ...] = ()
    known: tuple[KnownTally, ...] = ()

    @property
    def files(self) -> int:
        """Give the sum over states."""
        return sum(t.files for t in self.states.values())

    @property
    def balanced(self) -> bool:
        """Tell whether every listed file is in exactly one state, here and in each exhibit."""
        own = self.stateless == 0 and self.files == self.listed
        size = sum(t.bytes for t in self.states.values()) == self.listed_bytes
        return own and size and all(e.balanced for e in self.exhibits)

    @property
    def unread_bytes(self) -> int:
        """Give the bytes of disk images that could not be read as files."""
        return sum(u.size for u in self.unread)

    @property
    def accounted(self) -> int:
        """Give the files that need no more looks: neither pending nor remaining."""
        return self.files - self.states[State.PENDING].files - self.states[State.REMAINING].files

    def as_json(self) -> dict[str, Any]:
        """Give the account as scripts read it."""
        states = {s.value: {"files": t.files, "media": t.media, "bytes": t.bytes} for s, t in self.states.items()}
        own: dict[str, Any] = {"reference": self.reference} if self.reference else {}
        own |= {"listed": self.listed, "listed_bytes": self.listed_bytes, "complete": self.complete}
        own |= {"balanced": self.balanced, "media": self.media, "states": states}
        own |= {"unread_bytes": self.unread_bytes, "unread": [asdict(u) for u in self.unread]}
        own |= {"known": [asdict(k) for k in self.known]}
        return own if self.reference else own | {"exhibits": [e.as_json() for e in self.exhibits]}
