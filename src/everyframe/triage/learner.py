"""The learning order's model: linear, taught by each decision, over general traits and stored facts.

Continuous active learning after Cormack and Grossman (2014) and their AutoTAR (2015): whatever scores highest is shown
next, each answer teaches the model, and pictures nobody has looked at stand in as not relevant until enough are known. The
model is a support vector machine with squared loss, brought up to date by a few passes of dual coordinate descent from where
it stood (Hsieh et al. 2008), both classes weighing the same.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from everyframe.triage._linear import descend, score, spread
from everyframe.triage.ranking import Labels
from everyframe.triage.signals import columns_of

__all__ = ["Learner", "Scores"]

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Codes = npt.NDArray[np.int32]
#: Rows that stand in as not relevant while fewer than this are known (AutoTAR: 100).
PRESUMED: Final = 100
#: Rows taught at once at the most; beyond it, all relevant ones and the newest and a random part of the others.
MOST_TAUGHT: Final = 12_000
_SAMPLE: Final = 4096
#: Rows scored at a time by one thread, and threads.
_CHUNK: Final = 50_000
_THREADS: Final = min(4, len(os.sched_getaffinity(0)))
_FIRST_PASSES, _PASSES = 20, 4
_COST: Final = 1.0
_COLUMN_POWER: Final = 0.25  # squared length that one code adds, beside 1 for all traits together


@dataclass(frozen=True, slots=True)
class Scores:
    """Hold the score of some rows (m,), and the part of it that traits have."""

    whole: Floats
    pictures: Floats


class Learner:
    """Learn from labels, and score.

    Args:
        traits: (any, D) int8.
        at: (N,) where the traits of each row are in it; -1 for none.
        columns: code columns (N,) that the model may use.
        seed: of the sample and the order of passes.
    """

    def __init__(self, traits: npt.NDArray[np.int8], at: Ids, columns: list[Codes], seed: int) -> None:
        bias = np.zeros(len(at), np.int32)
        self._codes, number = columns_of([bias, *columns])
        self._traits, self._at = traits, at
        self._rng = np.random.Generator(np.random.PCG64(seed))
        self._root = np.full(self._codes.shape[1], np.sqrt(_COLUMN_POWER), np.float32)
        self._w, self._u = np.zeros(traits.shape[1], np.float32), np.zeros(number, np.float32)
        self._mean, self._scale = self._measure()
        self._alpha: dict[int, float] = {}
        self._presumed = self._rng.permutation(len(at))[: PRESUMED * 4]
        self.taught = 0

    def _measure(self) -> tuple[Floats, Floats]:
        """Measure the traits on a sample, for zero mean and unit variance."""
        have = np.flatnonzero(self._at >= 0)
        if not have.size:
            return np.zeros(self._traits.shape[1], np.float32), np.ones(self._traits.shape[1], np.float32)
        rows = np.sort(self._rng.choice(have, min(_SAMPLE, have.size), replace=False))
        values = self._traits[self._at[rows]].astype(np.float32)
        scale = 1 / (np.maximum(values.std(axis=0), 1) * np.sqrt(np.float32(values.shape[1])))
        return values.mean(axis=0), np.asarray(scale, np.float32)

    def teach(self, labels: Labels) -> bool:
        """Bring the model up to date; False while nothing relevant is known, as there is nothing to learn yet."""
        if not labels.relevant.size:
            return False
        rows, wanted = self._lesson(labels)
        dense, cost = self._dense(rows), _balanced(wanted)
        alpha = np.array([self._alpha.get(r, 0.0) for r in rows.tolist()], np.float32)
        self._forget(set(rows.tolist()))
        passes = _PASSES if self.taught else _FIRST_PASSES
        order = np.concatenate([self._rng.permutation(len(rows)) for _ in range(passes)])
        self._w[:], self._u[:] = 0, 0
        self._restore(dense, rows, wanted, alpha)
        descend(dense, self._codes[rows], self._root, wanted, cost, alpha, self._w, self._u, order)
        self._alpha = dict(zip(rows.tolist(), alpha.tolist(), strict=True))
        self.taught = len(rows)
        return True

    def _lesson(self, labels: Labels) -> tuple[Ids, Floats]:
        other = labels.other
        if len(other) + len(labels.relevant) > MOST_TAUGHT:
            room = max(MOST_TAUGHT - len(labels.relevant), MOST_TAUGHT // 2)
            newest, older = other[-room // 2 :], other[: -room // 2]
            other = np.concatenate((newest, older[:: max(1, len(older) * 2 // room)]))
        if len(other) < PRESUMED:
            free = self._presumed[~labels.seen[self._presumed]]
            free = free[~np.isin(free, labels.relevant)]
            other = np.concatenate((other, free[: PRESUMED - len(other)]))
        rows = np.concatenate((labels.relevant, other)).astype(np.int64)
        return rows, np.repeat(np.array((1, -1), np.float32), (len(labels.relevant), len(other)))

    def _dense(self, rows: Ids) -> Floats:
        values = np.empty((len(rows), self._traits.shape[1]), np.float32)
        spread(self._traits, self._at[rows], self._mean, self._scale, values)
        return values

    def _forget(self, kept: set[int]) -> None:
        self._alpha = {r: a for r, a in self._alpha.items() if r in kept}

    def _restore(self, dense: Floats, rows: Ids, wanted: Floats, alpha: Floats) -> None:
        """Set the weights to what the multipliers stand for; what left the lesson takes its share with it."""
        step: Any = alpha * wanted
        self._w += step @ dense
        codes = self._codes[rows]
        for column, root in enumerate(self._root):
            here = codes[:, column] >= 0
            np.add.at(self._u, codes[here, column], step[here] * root)

    def score(self, rows: Ids) -> Scores:
        """Score rows."""
        whole, pictures = np.empty(len(rows), np.float32), np.empty(len(rows), np.float32)
        v = self._w * self._scale
        shift = np.float32(-(v @ self._mean))
        u = self._u * np.sqrt(np.float32(_COLUMN_POWER))
        at = self._at[rows]

        def part(some: slice) -> None:
            score(self._traits, at[some], self._codes, rows[some], v, shift, u, pictures[some], whole[some])

        slices = [slice(first, first + _CHUNK) for first in range(0, len(rows), _CHUNK)]
        if len(slices) <= 1:
            part(slice(None))
        else:
            with ThreadPoolExecutor(_THREADS) as pool:
                list(pool.map(part, slices))
        return Scores(whole, pictures)


def _balanced(wanted: Floats) -> Floats:
    """Weigh both classes the same."""
    relevant = max(1.0, float((wanted > 0).sum()))
    other = max(1.0, float((wanted < 0).sum()))
    half = len(wanted) / 2
    return np.where(wanted > 0, _COST * half / relevant, _COST * half / other).astype(np.float32)
