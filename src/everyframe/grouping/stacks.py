"""Stacks: near-duplicates folded around representatives with a stated radius, never by chaining."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from everyframe.grouping._fold import NEVER, Units, fold_units
from everyframe.grouping.copies import Pictures, best_first
from everyframe.grouping.decided import Arrangement, Pair, Pairs
from everyframe.known._kernel import Ints, Words
from everyframe.known.nearest import MATCH_RADIUS
from everyframe.known.nearest_tables import as_words, distinct, reach_of, tables_of

__all__ = ["Stacks", "fold"]

#: Room for hits of a batch beyond one for each hash.
_SPARE: Final = 1 << 12


@dataclass(frozen=True, slots=True)
class Stacks:
    """Hold the stack of each of N pictures.

    Args:
        representative: (N,) int64, the picture that stands for it; itself where it stands for a stack or alone.
        distance: (N,) int16, bits between the two hashes; 0 for representatives.
        by_hand: (N,) bool, whether a person's decision put it there; only then may the distance exceed the radius.
        contradictions: pairs kept together that could not be, as other decisions keep apart what they would join.
    """

    representative: Ints
    distance: NDArray[np.int16]
    by_hand: NDArray[np.bool_]
    contradictions: tuple[Pair, ...] = ()


def fold(
    pictures: Pictures, radius: int = MATCH_RADIUS, *, keep_together: Pairs = (), keep_apart: Pairs = ()
) -> Stacks:
    """Fold pictures within ``radius`` bits (0-31) around the best copy of each.

    The same pictures give the same stacks in whatever order they come. Plain pictures stand alone. Decisions outweigh all
    else: ``keep_together`` makes one stack of the stacks of both, ``keep_apart`` wins over it. Memory: 288 bytes for each
    distinct hash, and some 200 for each picture; never a list of pairs.

    Args:
        pictures: to fold.
        radius: of a stack.
        keep_together: pairs of places in ``pictures``.
        keep_apart: pairs of places in ``pictures``.
    """
    order = best_first(pictures)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    owner = np.arange(len(order))
    stackable = np.flatnonzero(pictures.stackable)
    words = as_words(pictures.hashes)
    if len(stackable):
        owner[stackable] = stackable[_owners(words[stackable], pictures.origin[stackable], rank[stackable], radius)]
    arrangement = Arrangement(owner, rank, keep_together, keep_apart)
    arrangement.apply()
    by_hand = np.zeros(len(order), dtype=bool)
    by_hand[list(arrangement.moved)] = True
    apart = np.bitwise_count(words ^ words[owner]).sum(axis=1, dtype=np.int16)
    return Stacks(owner, apart, by_hand, tuple(arrangement.contradictions))


def _owners(words: Words, origin: Ints, rank: Ints, radius: int) -> Ints:
    """Give the representative (N,) of each hash (N, 4)."""
    order, starts = distinct(words)
    number = np.empty(len(words), dtype=np.int64)
    number[order] = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    unit_of, best, units = _units(number, origin, rank)
    hashes = np.ascontiguousarray(words[order[starts[:-1]]])
    owner, distance = np.zeros(len(best), np.int64), np.full(len(best), NEVER, np.int64)
    room = np.empty((len(hashes) + _SPARE, 3), np.int64)
    fold_units(tables_of(hashes), radius, reach_of(radius), units, (owner, distance, room))
    return best[owner[unit_of]]


def _units(number: Ints, origin: Ints, rank: Ints) -> tuple[Ints, Ints, Units]:
    """Join pictures of the same hash and origin.

    Returns the unit of each picture (N,), the best picture of each unit (V,), and the units.
    """
    order = np.lexsort((rank, origin, number))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (np.diff(number[order]) != 0) | (np.diff(origin[order]) != 0)
    unit_of = np.empty(len(order), dtype=np.int64)
    unit_of[order] = np.cumsum(new) - 1
    best = order[new]
    begins = np.append(np.flatnonzero(np.diff(number[best], prepend=-1)), len(best)).astype(np.int64)
    return unit_of, best, Units(number[best], origin[best], begins, np.argsort(rank[best]).astype(np.int64))
