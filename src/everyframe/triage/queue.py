"""The queue: every group that still needs a look, in the order of what is to be gained; nothing is ever left out.

A group is a picture with all that is folded under it; it has the score of its best member and stays whole. Every so many
places go to a group drawn at random, so that the order also meets what it does not expect. What is known or was looked at
comes last.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from everyframe.store.order_facts import Codes, Facts
from everyframe.triage.drawing_words import REASON_WORDS, Words
from everyframe.triage.learner import Learner
from everyframe.triage.ranking import Labels, Ranking
from everyframe.triage.weights import Weights

__all__ = ["Queue", "Standing", "Traits", "best_first"]

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
#: Relevant pictures at which the plain ranking has half its say beside what was learned.
_HALF_SAY: Final = 10.0
_PLAIN_SPAN: Final = 2.0
#: Random places beyond these are not laid out: the order is made anew long before anybody gets there.
_MOST_RANDOM: Final = 5_000
_STANDS_OUT: Final = 1.0


@dataclass(frozen=True, slots=True)
class Traits:
    """Hold trait vectors (any, D) int8, and for each row (N,) where its own is, -1 for none."""

    vectors: npt.NDArray[np.int8]
    at: Ids


@dataclass(frozen=True, slots=True)
class Standing:
    """Hold one state of the queue: rows of what still needs a look, best first, and which places were drawn at random."""

    order: Ids
    drawn: npt.NDArray[np.bool_]
    learned: bool
    relevant: int
    pictures: Floats  # (N,) the traits' part of the score, in deviations


class Queue:
    """Order the groups of a case.

    Args:
        facts: of every row.
        traits: of every row.
        weights: points, whether to learn, the share of random places.
        seed: of all that is random; the same seed and labels give the same order.
        extra: points (N,) by name, as an agency's models give them.
    """

    def __init__(
        self, facts: Facts, traits: Traits, weights: Weights, *, seed: int, extra: dict[str, Floats] | None = None
    ) -> None:
        self.facts, self.weights = facts, weights
        self.ranking = Ranking(facts, weights, extra or {})
        self._keys = np.random.Generator(np.random.PCG64(seed)).random(len(facts), np.float32)
        self._learner = Learner(traits.vectors, traits.at, self._columns(), seed)
        self._by_group = np.argsort(facts.group, kind="stable")
        self._single = bool((facts.group == np.arange(len(facts))).all())
        self._known = np.zeros(len(facts), bool) if facts.known is None else facts.known
        nothing = np.zeros(0, np.int64)
        self.standing = Standing(nothing, np.zeros(0, bool), False, 0, np.zeros(len(facts), np.float32))  # noqa: FBT003 - nothing learned

    def _columns(self) -> list[Codes]:
        facts = self.facts
        columns = [link.codes for link in self.ranking.links]
        columns += [facts.mime.codes, facts.software.codes]
        return columns + [np.where(true, 0, -1).astype(np.int32) for true in self.ranking.signals.values()]

    def update(self, labels: Labels, *, learning: bool = True) -> Standing:
        """Order what is left by what is known now, and keep it."""
        self.standing = self.order(labels, learning=learning)
        return self.standing

    def order(self, labels: Labels, *, learning: bool = True) -> Standing:
        """Order what is left by what is known now."""
        rows, heads, starts = self._left(labels.seen)
        self.ranking.learn(labels)
        scores = self.ranking.score(rows)
        pictures = np.zeros(len(self.facts), np.float32)
        learned = learning and self.weights.learning and self._learner.teach(labels)
        if learned:
            found = self._learner.score(rows)
            span = max(float(np.ptp(scores)), 1.0) if scores.size else 1.0
            say = _PLAIN_SPAN * _HALF_SAY / (_HALF_SAY + len(labels.relevant))
            scores = found.whole + scores * np.float32(say / span)
            pictures[rows] = found.pictures / max(float(found.pictures.std()), 1e-6) if rows.size else 0
        if not self._single and rows.size:
            scores = np.maximum.reduceat(scores, starts)
        order = heads[best_first(scores)]
        order, drawn = self._explore(order)
        return Standing(order, drawn, learned, len(labels.relevant), pictures)

    def _left(self, seen: npt.NDArray[np.bool_]) -> tuple[Ids, Ids, Ids]:
        """Give the rows of groups whose head needs a look, the heads, and where the rows of each begin."""
        group = self.facts.group
        open_head = ~seen & ~self._known
        if self._single:
            rows = np.flatnonzero(open_head)
            return rows, rows, rows
        rows = self._by_group[open_head[group[self._by_group]]]
        starts = np.flatnonzero(np.diff(group[rows], prepend=-1))
        return rows, group[rows][starts], starts

    def _explore(self, order: Ids) -> tuple[Ids, npt.NDArray[np.bool_]]:
        share = self.weights.exploration
        number = min(int(len(order) * share), _MOST_RANDOM)
        drawn = np.zeros(len(order), bool)
        if not number:
            return order, drawn
        chosen = np.argpartition(self._keys[order], number * 2 - 1)[: number * 2]
        chosen = chosen[np.argsort(self._keys[order[chosen]])]
        chosen = _later(chosen, round(1 / share))[:number]
        slots = np.arange(1, len(chosen) + 1) * round(1 / share) - 1
        drawn[slots] = True
        rest = np.ones(len(order), bool)
        rest[chosen] = False
        laid = np.empty_like(order)
        laid[drawn], laid[~drawn] = order[chosen], order[rest]
        return laid, drawn

    def share(self, reviewer: int, of: int) -> Ids:
        """Give the places of one of several reviewers (0 and up): every ``of``-th, so that all work from the front."""
        return self.standing.order[reviewer::of]

    def places(self, standing: Standing) -> npt.NDArray[np.int32]:
        """Give the place (N,) of the group of each row; what needs no look has the places behind, what is known the last."""
        places = np.full(len(self.facts), len(standing.order), np.int32)
        places[standing.order] = np.arange(len(standing.order), dtype=np.int32)
        places = places[self.facts.group]
        places[self._known] += 1
        return places

    def arrange(self, ids: npt.ArrayLike, standing: Standing) -> Ids:
        """Give the order (as positions in ``ids``) that puts Media into the queue's order, groups whole, heads first.

        What came after the facts were read comes last.
        """
        wanted = np.asarray(ids, np.int64)
        if not len(self.facts):
            return np.arange(len(wanted))
        rows = np.minimum(np.searchsorted(self.facts.ids, wanted), len(self.facts) - 1)
        here = self.facts.ids[rows] == wanted
        place = np.where(here, self.places(standing)[rows], np.iinfo(np.int32).max)
        if self._single:
            return np.argsort(place, kind="stable")
        group = np.where(here, self.facts.group[rows], 0)
        return np.lexsort((wanted, group != rows, group, place))

    def reason(self, row: int, words: Words = REASON_WORDS) -> str:
        """Say in one line why a row has its place, in the words of a language."""
        said = self.ranking.reasons(row, words)
        if self.standing.learned and self.standing.pictures[row] > _STANDS_OUT:
            said.append(words["learned"])
        at = np.flatnonzero(self.standing.order == self.facts.group[row])
        if at.size and self.standing.drawn[at[0]]:
            said.insert(0, words["random"])
        return " · ".join(said) or words["none"]


def _later(chosen: Ids, period: int) -> Ids:
    """Keep those of the places drawn at random that the ranking would show later than the random place that they would get.

    What is up sooner by rank stays where it is: a draw never puts anything off.
    """
    kept: list[int] = []
    for place in chosen.tolist():
        if place >= (len(kept) + 1) * period:
            kept.append(place)
    return np.array(kept, np.int64)


def best_first(scores: Floats) -> Ids:
    """Give the places of scores (m,) with the highest first, equal ones as they come; five times as fast as ``argsort``."""
    bits = (scores + np.float32(0)).view(np.uint32)  # no zero below zero
    falling = np.where(bits >> 31, bits, ~bits & np.uint32(0x7FFFFFFF))
    keys = falling.astype(np.uint64) << np.uint64(32) | np.arange(len(scores), dtype=np.uint64)
    keys.sort()
    return (keys & np.uint64(0xFFFFFFFF)).astype(np.int64)
