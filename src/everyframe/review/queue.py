"""The queue: which group of pictures comes next, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from everyframe.review.query.writer import quote
from everyframe.store.groups import Group

__all__ = ["Queued", "next_group", "queue"]


@dataclass(frozen=True, slots=True)
class Queued:
    """Hold one group of the queue: its query, why it stands where it does (``untouched``, ``begun`` or ``seen``)."""

    group: Group
    query: str
    reason: str


def queue(groups: Sequence[Group]) -> list[Queued]:
    """Put groups into the order they are to be looked at: what was begun, then the largest unseen, then the newest.

    A group of which everything was looked at comes last, and is not left out.
    """
    order = sorted(groups, key=lambda g: (not g.unseen, not _begun(g), -g.unseen, _later(g.newest), g.exhibit, g.path))
    return [Queued(g, _query(g), "seen" if not g.unseen else "begun" if _begun(g) else "untouched") for g in order]


def next_group(queued: Sequence[Queued], query: str, step: int) -> Queued | None:
    """Give the next group (or with ``step`` -1 the previous) that has something unseen, from the one with a query on."""
    open_ones = [q for q in queued if q.group.unseen or q.query == query]
    at = next((n for n, q in enumerate(open_ones) if q.query == query), -1)
    to = at + step if at >= 0 else (0 if step > 0 else len(open_ones) - 1)
    return open_ones[to] if 0 <= to < len(open_ones) and open_ones[to].query != query else None


def _begun(group: Group) -> bool:
    return 0 < group.unseen < group.media


def _later(newest: str) -> tuple[int, ...]:
    return tuple(-ord(letter) for letter in newest)


def _query(group: Group) -> str:
    return f"within:{quote(f'{group.exhibit}//{group.path}')}"
