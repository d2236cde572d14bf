"""The compiled loop that folds near-duplicates under representatives."""

from typing import Final, NamedTuple

import numpy as np

from everyframe.known._kernel import Index, Ints, Words, compiled, search

__all__ = ["NEVER", "Units", "fold_units"]

#: A distance that nothing reaches.
NEVER = 1000
#: Units looked up together: enough to hide the wait for memory, few enough that most are not claimed meanwhile.
_BATCH: Final = 64


class Units(NamedTuple):
    """Hold pictures with the same hash and origin as one unit; sorted by hash, then origin.

    Args:
        hash: (V,) number of the distinct hash.
        turned: (V, T, 4) its hash in T orientations, the first as it is.
        origin: (V,) which exposure it is, or -1.
        begins: (U + 1,) where the units of each hash begin.
        ranked: (V,) units, the best copy first; those with an origin before those without.
    """

    hash: Ints
    turned: Words
    origin: Ints
    begins: Ints
    ranked: Ints


@compiled
def fold_units(index: Index, radius: int, reach: Ints, units: Units, place: tuple[Ints, Ints, Ints]) -> None:
    """Give each unit its representative, in order of rank.

    A unit that no better one has claimed becomes a representative, and claims all within the radius that it may. One that
    is claimed twice goes to the nearer, or when both are as near, to the better. So every member lies within the radius of
    its representative, no two representatives that may be stacked lie within it of each other, and nothing chains.

    Args:
        index: of the distinct hashes (U).
        radius: bits.
        reach: (16,) as ``reach_of`` gives for the radius.
        units: to fold.
        place: representative (V,) and distance (V,), filled in; and room (U or more, 3) to work in. Distances must be ``NEVER``
            at first; a representative's own is -1 at the end.
    """
    distance, room = place[1], place[2]
    ways = units.turned.shape[1]
    batch = np.empty(_BATCH, np.int64)
    queries = np.empty((_BATCH * ways, 4), np.uint64)
    at = 0
    while at < units.ranked.shape[0]:
        count, after = 0, at
        while after < units.ranked.shape[0] and count < _BATCH:
            unit = units.ranked[after]
            after += 1
            if distance[unit] == NEVER:
                batch[count], queries[count * ways : (count + 1) * ways] = unit, units.turned[unit]
                count += 1
        found = search(queries[: count * ways], radius, reach, index, room)
        if found <= room.shape[0]:
            _settle_all(batch[:count], room[:found], units, place)
        else:
            for each in range(count):
                if distance[batch[each]] == NEVER:
                    _begin(batch[each], place)
                    for query in range(each * ways, (each + 1) * ways):
                        found = search(queries[query : query + 1], radius, reach, index, room)
                        _claim_all(batch[each], room[:found], units, place)
        at = after


@compiled
def _settle_all(batch: Ints, hits: Ints, units: Units, place: tuple[Ints, Ints, Ints]) -> None:
    """Settle the units of a batch in their order, but for those that one before them has claimed meanwhile."""
    ways = units.turned.shape[1]
    ends = np.zeros(batch.shape[0] + 1, np.int64)
    for hit in range(hits.shape[0]):
        ends[hits[hit, 0] // ways + 1] += 1
    ends = np.cumsum(ends)
    ordered = hits[np.argsort(hits[:, 0])]
    for each in range(batch.shape[0]):
        if place[1][batch[each]] == NEVER:
            _begin(batch[each], place)
            _claim_all(batch[each], ordered[ends[each] : ends[each + 1]], units, place)


@compiled
def _begin(unit: int, place: tuple[Ints, Ints, Ints]) -> None:
    """Make a unit a representative."""
    place[0][unit], place[1][unit] = unit, -1


@compiled
def _claim_all(unit: int, hits: Ints, units: Units, place: tuple[Ints, Ints, Ints]) -> None:
    """Let a representative claim what it may of the hashes found near it, in any orientation."""
    owner, distance, _ = place
    for hit in range(hits.shape[0]):
        begin, end = units.begins[hits[hit, 1]], units.begins[hits[hit, 1] + 1]
        if units.origin[begin] < 0:
            _claim(unit, begin, hits[hit, 2], owner, distance)
        if units.origin[unit] >= 0:
            same = begin + np.searchsorted(units.origin[begin:end], units.origin[unit])
            if same < end and units.origin[same] == units.origin[unit]:
                _claim(unit, same, hits[hit, 2], owner, distance)


@compiled
def _claim(unit: int, other: int, apart: int, owner: Ints, distance: Ints) -> None:
    if apart < distance[other]:
        owner[other], distance[other] = unit, apart
