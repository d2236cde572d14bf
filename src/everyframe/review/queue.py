"""The queue: which group of pictures comes next, and why."""

import hashlib
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from everyframe.review.query.writer import quote
from everyframe.store.gatherings import burst_groups, stack_groups
from everyframe.store.groups import Group, folder_groups

__all__ = ["GATHERINGS", "Queued", "kind_of", "next_group", "queue"]

#: What belongs together, by the name that stands in the address.
GATHERINGS: Final[dict[str, Callable[[Connection, Sequence[int]], list[Group]]]] = {
    "folder": folder_groups,
    "stack": stack_groups,
    "burst": burst_groups,
}
_OF_QUERY: Final = re.compile(r"(stack|burst):(none|[0-9]+)")


@dataclass(frozen=True, slots=True)
class Queued:
    """Hold one group of the queue: its query, why it stands where it does (``untouched``, ``begun`` or ``seen``)."""

    group: Group
    query: str
    reason: str

    @property
    def lease(self) -> str:
        """Name the group for leases: 32 hexadecimal digits."""
        return hashlib.sha256(self.query.encode()).hexdigest()[:32]


def queue(groups: Sequence[Group]) -> list[Queued]:
    """Put groups into the order they are to be looked at: what was begun, then the largest unseen, then the newest.

    A group of which everything was looked at comes last, and is not left out.
    """
    order = sorted(groups, key=_place)
    return [Queued(g, _query(g), "seen" if not g.unseen else "begun" if _begun(g) else "untouched") for g in order]


def kind_of(query: str) -> str:
    """Tell what kind of group a query names; ``folder`` where it names none of the others."""
    found = _OF_QUERY.fullmatch(query)
    return found[1] if found else "folder"


def next_group(queued: Sequence[Queued], query: str, step: int, taken: Collection[str] = ()) -> Queued | None:
    """Give the next group (or with ``step`` -1 the previous) that has something unseen, from the one with a query on.

    The way goes round: behind the last one comes the first, and from a group of which everything was seen, or from none,
    the first. None when no other group has anything unseen. Groups whose lease is in ``taken`` are passed over: somebody
    else is at them.
    """
    there = [q for q in queued if q.group.unseen and q.lease not in taken]
    here = next((n for n, q in enumerate(there) if q.query == query), None)
    if here is None:
        return there[0 if step > 0 else -1] if there else None
    return there[(here + step) % len(there)] if len(there) > 1 else None


def _begun(group: Group) -> bool:
    if group.kind == "stack" and group.key:
        return False  # what is folded needs no look of its own, so that a stack is looked at or not
    return 0 < group.unseen < group.media


def _place(g: Group) -> tuple[Any, ...]:
    rest = g.kind != "folder" and not g.key  # what is in no stack or burst comes behind those
    return (not g.unseen, rest, not _begun(g), -g.unseen, -g.media, _later(g.newest), g.exhibit, g.path, g.key)


def _later(newest: str) -> tuple[int, ...]:
    return tuple(-ord(letter) for letter in newest)


def _query(group: Group) -> str:
    if group.kind != "folder":
        return f"{group.kind}:{group.key or 'none'}"
    return f"within:{quote(f'{group.exhibit}//{group.path}')}"
