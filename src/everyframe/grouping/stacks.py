"""Stacks: near-duplicates folded around representatives with a stated radius, never by chaining."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from everyframe.analysis.perceptual import HASH_BYTES
from everyframe.grouping._fold import NEVER, Units, fold_units
from everyframe.grouping.copies import Pictures, best_first
from everyframe.grouping.decided import Arrangement, Pair, Pairs
from everyframe.known._kernel import Ints, Words
from everyframe.known.nearest import MATCH_RADIUS
from everyframe.known.nearest_tables import as_words, distinct, reach_of, tables_of

__all__ = ["Stacks", "fits", "fold", "measured"]

#: Room for hits of a batch beyond one for each hash.
_SPARE: Final = 1 << 12
#: Members of which the orientation is told at a time.
_PART: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Stacks:
    """Hold the stack of each of N pictures.

    Args:
        representative: (N,) int64, the picture that stands for it; itself where it stands for a stack or alone.
        distance: (N,) int16, bits between the two hashes, in the orientation that comes closest; 0 for representatives.
        turn: (N,) int64, the orientation to which the representative is brought to lie like the picture, as EXIF numbers them.
        by_hand: (N,) bool, whether a person's decision put it there; only then may the distance exceed the radius.
        contradictions: pairs kept together that could not be, as other decisions keep apart what they would join.
    """

    representative: Ints
    distance: NDArray[np.int16]
    turn: Ints
    by_hand: NDArray[np.bool_]
    contradictions: tuple[Pair, ...] = ()


def fold(
    pictures: Pictures,
    radius: int = MATCH_RADIUS,
    *,
    keep_together: Pairs = (),
    keep_apart: Pairs = (),
    owner: Ints | None = None,
) -> Stacks:
    """Fold pictures within ``radius`` bits (0-31) around the best copy of each.

    The same pictures give the same stacks in whatever order they come. Plain pictures stand alone. Decisions outweigh all
    else: ``keep_together`` makes one stack of the stacks of both, ``keep_apart`` wins over it. Memory: 288 bytes for each
    distinct hash, and some 1,000 for each picture in eight orientations; never a list of pairs.

    Args:
        pictures: to fold.
        radius: of a stack.
        keep_together: pairs of places in ``pictures``.
        keep_apart: pairs of places in ``pictures``.
        owner: what ``measured`` gave for the same pictures and radius, when that is known already.
    """
    owner = measured(pictures, radius) if owner is None else owner.copy()
    together, apart = list(keep_together), list(keep_apart)
    by_hand = np.zeros(len(owner), dtype=bool)
    contradictions: tuple[Pair, ...] = ()
    if together or apart:
        arrangement = Arrangement(owner, _ranks(pictures), together, apart)
        arrangement.apply()
        by_hand[list(arrangement.moved)] = True
        contradictions = tuple(arrangement.contradictions)
    distance, turn = _apart(_words(pictures), owner)
    return Stacks(owner, distance, turn, by_hand, contradictions)


def measured(pictures: Pictures, radius: int = MATCH_RADIUS) -> Ints:
    """Give the representative (N,) of each picture as the hashes alone have it, whatever people decided."""
    owner = np.arange(len(pictures))
    stackable = np.flatnonzero(pictures.stackable)
    if len(stackable):
        words, rank = _words(pictures), _ranks(pictures)
        owner[stackable] = stackable[_owners(words[stackable], pictures.origin[stackable], rank[stackable], radius)]
    return owner


def fits(pictures: Pictures, radius: int, owner: Ints) -> bool:
    """Tell whether representatives are such as ``measured`` may give: all but which of several is taken."""
    if len(owner) != len(pictures) or not ((owner >= 0) & (owner < len(owner))).all():
        return False
    member, origin = owner != np.arange(len(owner)), pictures.origin
    may = pictures.stackable & pictures.stackable[owner] & ((origin < 0) | (origin == origin[owner]))
    distance, _ = _apart(_words(pictures), owner)
    return bool((owner[owner] == owner).all() and may[member].all() and (distance <= radius).all())


def _ranks(pictures: Pictures) -> Ints:
    """Give the place (N,) of each picture in the order of the best copy."""
    order = best_first(pictures)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank


def _words(pictures: Pictures) -> Words:
    return as_words(pictures.hashes.reshape(-1, HASH_BYTES)).reshape(-1, pictures.hashes.shape[1], 4)


def _apart(words: Words, owner: Ints) -> tuple[NDArray[np.int16], Ints]:
    """Give the bits (N,) between each picture and its representative, and the orientation (N,) in which they are so few."""
    distance, turn = np.zeros(len(owner), np.int16), np.ones(len(owner), np.int64)
    members = np.flatnonzero(owner != np.arange(len(owner)))
    for part in np.array_split(members, len(members) // _PART + 1):
        apart = np.bitwise_count(words[owner[part]] ^ words[part, :1]).sum(axis=2, dtype=np.int16)
        distance[part], turn[part] = apart.min(axis=1), apart.argmin(axis=1) + 1
    return distance, turn


def _owners(words: Words, origin: Ints, rank: Ints, radius: int) -> Ints:
    """Give the representative (N,) of pictures with hashes (N, T, 4) in T orientations."""
    own = np.ascontiguousarray(words[:, 0])
    order, starts = distinct(own)
    number = np.empty(len(words), dtype=np.int64)
    number[order] = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    unit_of, best, begins = _units(number, origin, rank)
    units = Units(number[best], np.ascontiguousarray(words[best]), origin[best], begins, np.argsort(rank[best]))
    hashes = np.ascontiguousarray(own[order[starts[:-1]]])
    owner, distance = np.zeros(len(best), np.int64), np.full(len(best), NEVER, np.int64)
    room = np.empty((len(hashes) + _SPARE, 3), np.int64)
    fold_units(tables_of(hashes), radius, reach_of(radius), units, (owner, distance, room))
    return best[owner[unit_of]]


def _units(number: Ints, origin: Ints, rank: Ints) -> tuple[Ints, Ints, Ints]:
    """Join pictures of the same hash and origin.

    Returns the unit of each picture (N,), the best picture of each unit (V,), and where the units of each hash begin.
    """
    order = np.lexsort((rank, origin, number))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (np.diff(number[order]) != 0) | (np.diff(origin[order]) != 0)
    unit_of = np.empty(len(order), dtype=np.int64)
    unit_of[order] = np.cumsum(new) - 1
    best = order[new]
    begins = np.append(np.flatnonzero(np.diff(number[best], prepend=-1)), len(best)).astype(np.int64)
    return unit_of, best, begins
