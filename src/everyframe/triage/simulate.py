"""Play a reviewer whose answers are known beforehand, to measure how soon an order finds what it should.

The truth tells the answers and the measure; no signal reads it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from everyframe.store.order_facts import Facts
from everyframe.triage.queue import Queue
from everyframe.triage.ranking import Labels
from everyframe.triage.truth import Truth

__all__ = ["LEVELS", "METHODS", "PAGE", "SHARES", "Outcome", "Played", "measure", "play"]

Ids = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
LEVELS: Final = (0.80, 0.95, 1.0)
SHARES: Final = (0.01, 0.05, 0.10)
#: Looks between two reorderings: about one screen of pictures.
PAGE: Final = 20
METHODS: Final = ("learning", "plain", "file", "folder", "random", "hash_density")
#: Methods that fold groups; the others show every picture that no known set has.
FOLDING: Final = ("learning", "plain")


@dataclass(frozen=True, slots=True)
class Played:
    """Hold the looks of one method: rows in the order they were looked at, and what each found, as a running sum."""

    method: str
    rows: Ids
    found: Ids


@dataclass(frozen=True, slots=True)
class Outcome:
    """Hold what one method needed.

    Args:
        method: its name.
        relevant: how many there are to find.
        media: unique contents of the case, known ones included: what shares of looks refer to.
        looks: that it takes to look at all of it.
        to: recall → looks to reach it; None when it is never reached.
        recall: share of ``media`` → recall after so many looks.
    """

    method: str
    relevant: int
    media: int
    looks: int
    to: dict[float, int | None]
    recall: dict[float, float]

    def as_json(self) -> dict[str, Any]:
        """Give it as scripts read it."""
        shares = {
            f"looks_share_to_{100 * level:.0f}": None if n is None else round(n / max(1, self.media), 5)
            for level, n in self.to.items()
        }
        looks = {f"looks_to_{100 * level:.0f}": n for level, n in self.to.items()}
        own = {
            f"own_share_to_{100 * level:.0f}": None if n is None else round(n / max(1, self.looks), 5)
            for level, n in self.to.items()
        }
        recall = {f"recall_at_{100 * share:g}": round(r, 4) for share, r in self.recall.items()}
        return {"relevant": self.relevant, "looks": self.looks} | shares | looks | own | recall


def play(
    method: str,
    queue: Queue,
    truth: Truth,
    *,
    seed: int,
    page: int = PAGE,
    step: Callable[[int, int], None] = lambda _done, _all: None,
) -> Played:
    """Look at everything in the order of one method.

    Args:
        method: one of ``METHODS``.
        queue: of the case.
        truth: the answers, and what counts as found.
        seed: of the random order.
        page: looks between two reorderings.
        step: told how many looks are done, of how many.
    """
    if method in FOLDING:
        rows = _learned(queue, truth.answers, page, step, learning=method == "learning")
        return Played(method, rows, np.cumsum(_yield(queue.facts, truth, rows)))
    rows = _fixed(method, queue.facts, seed)
    return Played(method, rows, np.cumsum(truth.targets[rows]))


def measure(played: Played, targets: Bools, media: int) -> Outcome:
    """Count what one method needed."""
    total = int(targets.sum())
    to: dict[float, int | None] = {}
    for level in LEVELS:
        wanted = int(np.ceil(level * total - 1e-9))
        at = int(np.searchsorted(played.found, wanted))
        to[level] = at + 1 if at < len(played.found) else None
    recall = {share: _at(played.found, round(share * media)) / max(1, total) for share in SHARES}
    return Outcome(played.method, total, media, len(played.rows), to, recall)


def _at(found: Ids, looks: int) -> int:
    return int(found[min(looks, len(found)) - 1]) if looks and len(found) else 0


def _yield(facts: Facts, truth: Truth, rows: Ids) -> Ids:
    """Count what each look finds.

    A look at the head of a group that is relevant leads to all of the group, and all relevant ones in it are found. A head
    that is not relevant finds nothing: what is wrongly folded under it is lost, and shows as recall that is never reached.
    """
    inside = np.bincount(facts.group[truth.targets], minlength=len(facts))
    return np.where(truth.answers[rows], inside[rows], 0).astype(np.int64)


def _learned(queue: Queue, answers: Bools, page: int, step: Callable[[int, int], None], *, learning: bool) -> Ids:
    facts = queue.facts
    seen = np.zeros(len(facts), bool)
    looked: list[int] = []
    none = np.zeros(0, np.int64)
    total = len(queue.update(Labels(none, none, seen), learning=learning).order)
    for _ in _pages(total, page):
        rows = queue.standing.order[:page]
        looked += rows.tolist()
        seen[rows] = True
        done = np.array(looked, np.int64)
        queue.update(Labels(done[answers[done]], done[~answers[done]], seen), learning=learning)
        step(len(looked), total)
    return np.array(looked, np.int64)


def _pages(total: int, page: int) -> Iterator[int]:
    yield from range(0, total, page)


def _fixed(method: str, facts: Facts, seed: int) -> Ids:
    """Give the rows that no known set has in an order that asks nothing of anybody."""
    known = np.zeros(len(facts), bool) if facts.known is None else facts.known
    rows = np.flatnonzero(~known)
    if method == "file":
        return rows
    if method == "random":
        return np.random.Generator(np.random.PCG64(seed)).permutation(rows)
    names = sorted(range(len(facts.folder.names)), key=lambda c: facts.folder.names[c])
    place = np.empty(max(1, len(names)), np.int64)
    place[names] = np.arange(len(names))
    folder = place[facts.folder.codes]
    if method == "folder":
        return rows[np.argsort(folder[rows], kind="stable")]
    size = np.bincount(folder, minlength=len(names))
    hits = np.bincount(folder[known], minlength=len(names))
    density = hits / np.maximum(size, 1)
    return rows[np.lexsort((folder[rows], -size[folder[rows]], -density[folder[rows]]))]
