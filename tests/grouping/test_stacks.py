"""Stacks: what must hold of them whatever the pictures are."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from everyframe.analysis.turning import after
from everyframe.grouping.copies import Pictures, best_first, origins
from everyframe.grouping.stacks import Stacks, fold

Pair = tuple[int, int]


def flipped(base: NDArray[np.uint8], rng: np.random.Generator, count: int) -> NDArray[np.uint8]:
    bits = np.unpackbits(base)
    bits[rng.choice(256, count, replace=False)] ^= 1
    return np.packbits(bits)


def some(seed: int, count: int, *, with_origin: bool = True, plain: bool = True) -> Pictures:
    """Give pictures of a few scenes, near and not so near, some of them equal, so that every rule has work to do."""
    rng = np.random.default_rng(seed)
    ways = int(rng.choice((1, 8)))
    scenes = rng.integers(0, 256, (max(1, count // 8), 8, 32), dtype=np.uint8)
    hashes = []
    for _ in range(count):
        scene, lies = scenes[rng.integers(len(scenes))], int(rng.integers(1, ways + 1))
        noise = flipped(np.zeros(32, np.uint8), rng, int(rng.choice((0, 0, 5, 12, 20, 28))))
        hashes.append([scene[after(lies, way) - 1] ^ noise for way in range(1, ways + 1)])
    return Pictures(
        np.array(hashes, np.uint8).reshape(-1, ways, 32),
        rng.choice((0, 49, 50, 100) if plain else (50, 100), count, p=(0.05, 0.05, 0.1, 0.8) if plain else None),
        rng.integers(1, 4, count),
        rng.random(count) < 0.5,
        rng.integers(1, 4, count),
        rng.integers(0, 256, (count, 32), dtype=np.uint8),
        rng.integers(-1, 4, count) if with_origin else np.full(count, -1),
    )


def apart(pictures: Pictures, one: int, other: int) -> int:
    """Count the bits between two pictures, the first in the orientation that comes closest."""
    return int(np.bitwise_count(pictures.hashes[one] ^ pictures.hashes[other][0]).sum(axis=1).min())


def by_brute_force(pictures: Pictures, radius: int) -> list[int]:
    """Fold as the documentation says it, one picture after the other."""
    owner: dict[int, int] = {}
    distance: dict[int, int] = {}
    stackable = pictures.stackable
    for head in map(int, best_first(pictures)):
        if head in owner:
            continue
        owner[head], distance[head] = head, -1
        for other in range(len(pictures)):
            origin = int(pictures.origin[other])
            near = apart(pictures, head, other)
            allowed = stackable[head] and stackable[other] and origin in {-1, int(pictures.origin[head])}
            if allowed and near <= radius and near < distance.get(other, 1000):
                owner[other], distance[other] = head, near
    return [owner[each] for each in range(len(pictures))]


def taken(pictures: Pictures, order: NDArray[np.intp]) -> Pictures:
    return Pictures(*(getattr(pictures, each.name)[order] for each in fields(Pictures)))


def check(pictures: Pictures, stacks: Stacks, radius: int) -> None:
    head = stacks.representative
    assert np.array_equal(head[head], head)
    for each in range(len(pictures)):
        at = int(head[each])
        way = pictures.hashes[at][int(stacks.turn[each]) - 1]
        assert stacks.distance[each] == (0 if at == each else apart(pictures, at, each))
        assert at == each or stacks.distance[each] == np.bitwise_count(way ^ pictures.hashes[each][0]).sum()
        assert stacks.by_hand[each] or stacks.distance[each] <= radius


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(0, 70), radius=st.integers(0, 31))
def test_is_what_brute_force_gives(seed: int, count: int, radius: int) -> None:
    pictures = some(seed, count)
    stacks = fold(pictures, radius)
    assert stacks.representative.tolist() == by_brute_force(pictures, radius)
    assert not stacks.by_hand.any()
    check(pictures, stacks, radius)


def test_more_pictures_than_are_looked_up_at_a_time() -> None:
    pictures = some(11, 300)
    assert fold(pictures).representative.tolist() == by_brute_force(pictures, 31)


def test_more_neighbours_than_there_was_room_for() -> None:
    rng = np.random.default_rng(12)
    base = rng.integers(0, 256, 32, dtype=np.uint8)
    hashes = np.stack([flipped(base, rng, 9) for _ in range(300)])[:, None].repeat(8, axis=1)
    pictures = replace(some(12, 300, plain=False), hashes=hashes, origin=np.arange(300) % 150 - 1)
    assert fold(pictures).representative.tolist() == by_brute_force(pictures, 31)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(2, 60), decisions=st.integers(0, 6))
def test_the_order_of_pictures_makes_no_difference(seed: int, count: int, decisions: int) -> None:
    pictures, rng = some(seed, count), np.random.default_rng(seed)
    together, kept = rng.integers(0, count, (decisions, 2)), rng.integers(0, count, (decisions, 2))
    order = rng.permutation(count)
    where = np.argsort(order)
    first = fold(pictures, keep_together=pairs(together), keep_apart=pairs(kept))
    second = fold(taken(pictures, order), keep_together=pairs(where[together]), keep_apart=pairs(where[kept]))
    assert np.array_equal(order[second.representative], first.representative[order])
    assert np.array_equal(second.by_hand, first.by_hand[order])
    as_set = {frozenset((int(order[a]), int(order[b]))) for a, b in second.contradictions}
    assert as_set == {frozenset(pair) for pair in first.contradictions}


def pairs(array: NDArray[np.integer]) -> list[Pair]:
    return [(int(a), int(b)) for a, b in array]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(2, 50), decisions=st.integers(1, 12))
def test_decisions_always_win(seed: int, count: int, decisions: int) -> None:
    pictures, rng = some(seed, count), np.random.default_rng(seed + 1)
    together, kept = pairs(rng.integers(0, count, (decisions, 2))), pairs(rng.integers(0, count, (decisions, 2)))
    stacks = fold(pictures, keep_together=together, keep_apart=kept)
    head = stacks.representative
    check(pictures, stacks, 31)
    assert all(head[a] != head[b] for a, b in kept if a != b)
    left_out = {frozenset(pair) for pair in stacks.contradictions}
    assert all(head[a] == head[b] for a, b in together if frozenset((a, b)) not in left_out)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 60))
def test_plain_pictures_and_different_exposures_never_stack(seed: int, count: int) -> None:
    pictures = some(seed, count)
    head = fold(pictures).representative
    for each in np.flatnonzero(~pictures.stackable):
        assert (head == each).sum() == 1
    for each in set(head.tolist()):
        exposures = set(pictures.origin[head == each].tolist()) - {-1}
        assert len(exposures) <= 1


def line(count: int, step: int) -> Pictures:
    """Give pictures of which each is near the next only; the earlier the better."""
    bits = np.zeros((count, 256), np.uint8)
    for each in range(count):
        bits[each, : each * step] = 1
    numbers = np.arange(count)
    hashes = np.packbits(bits, axis=1)[:, None]
    digests = np.repeat(numbers[:, None], 32, axis=1).astype(np.uint8)
    return Pictures(
        hashes, np.full(count, 100), count - numbers, np.ones(count, bool), numbers + 1, digests, np.full(count, -1)
    )


def test_nothing_chains() -> None:
    stacks = fold(line(12, 20))
    assert stacks.representative.tolist() == [0, 0, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10]


def test_a_member_goes_to_the_nearer_representative() -> None:
    pictures = line(5, 16)
    assert fold(pictures, 31).representative.tolist() == [0, 0, 2, 2, 4]
    assert fold(line(3, 20), 31).representative.tolist() == [0, 0, 2]
    assert fold(taken(line(4, 10), np.array([0, 2, 3])), 29).representative.tolist() == [0, 2, 2]


def test_the_best_copy_represents() -> None:
    same = np.zeros((5, 1, 32), np.uint8)
    digests = np.arange(5 * 32).reshape(5, 32).astype(np.uint8)
    pixels, sizes = np.array([9, 8, 8, 8, 1]), np.array([9, 90, 80, 80, 1])
    metadata, origin = np.array([0, 0, 1, 1, 1], bool), np.array([-1, -1, -1, -1, 7])
    pictures = Pictures(same, np.full(5, 100), pixels, metadata, sizes, digests, origin)
    assert best_first(pictures).tolist() == [4, 0, 2, 3, 1]
    assert fold(pictures).representative.tolist() == [4] * 5


def test_a_burst_stays_apart_and_its_copies_go_to_one_exposure() -> None:
    pictures = line(4, 4)
    burst = replace(pictures, origin=np.array([0, 1, 2, -1]))
    assert fold(burst).representative.tolist() == [0, 1, 2, 2]


def test_many_equal_hashes_of_different_exposures_fold_quickly() -> None:
    count = 3_000
    pictures = some(1, count, plain=False)
    equal = replace(pictures, hashes=np.zeros((count, 1, 32), np.uint8), origin=np.arange(count) % 1_000)
    assert len(set(fold(equal).representative.tolist())) == 1_000


def test_a_split_and_a_merge() -> None:
    pictures = line(6, 20)
    split = fold(pictures, keep_apart=[(1, 0)])
    assert split.representative.tolist() == [0, 1, 2, 2, 4, 4]
    assert split.by_hand.tolist() == [False, True, False, False, False, False]
    merged = fold(pictures, keep_together=[(5, 3)])
    assert merged.representative.tolist() == [0, 0, 2, 2, 2, 2]
    assert merged.distance.tolist() == [0, 20, 0, 20, 40, 60]


def test_what_contradicts_is_said_and_apart_wins() -> None:
    stacks = fold(line(6, 20), keep_together=[(0, 2), (2, 4)], keep_apart=[(4, 0)])
    assert stacks.contradictions == ((2, 4),)
    assert stacks.representative.tolist() == [0, 0, 0, 0, 4, 4]


def test_exposures_are_numbered() -> None:
    assert origins(["a", None, ("b", 1), "a"]).tolist() == [0, -1, 1, 0]
    assert origins([]).dtype == np.int64


def test_the_radius_is_bounded() -> None:
    with pytest.raises(ValueError, match="0 to 31"):
        fold(line(2, 1), 32)
