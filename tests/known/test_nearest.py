"""The nearest look-up against brute force, on what is hardest for it."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from everyframe.known.nearest import NearestIndex, NearestIndexError, matchable
from everyframe.known.nearest_tables import as_words, distinct, reach_of, table_offsets, table_parts, tables_of

Hashes = NDArray[np.uint8]


def brute(hashes: Hashes, queries: Hashes, radius: int) -> set[tuple[int, int, int]]:
    apart = np.bitwise_count(queries[:, None, :] ^ hashes[None, :, :]).sum(axis=2, dtype=np.int64)
    return {(int(q), int(r), int(apart[q, r])) for q, r in np.argwhere(apart <= radius)}


def found(index: NearestIndex, queries: Hashes, radius: int = 31) -> list[tuple[int, int, int]]:
    hits = index.search(queries, radius)
    return list(zip(hits.query.tolist(), hits.row.tolist(), hits.distance.tolist(), strict=True))


def flipped(base: Hashes, bits: NDArray[np.intp]) -> Hashes:
    spread = np.unpackbits(base)
    spread[bits] ^= 1
    return np.packbits(spread)


def spread_flips(rng: np.random.Generator, per_chunk: list[int]) -> NDArray[np.intp]:
    """Choose that many bits in each of the sixteen chunks of sixteen bits."""
    chosen = [16 * at + rng.choice(16, count, replace=False) for at, count in enumerate(per_chunk)]
    return np.concatenate(chosen).astype(np.intp)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), radius=st.integers(0, 31), rows=st.integers(0, 120), near=st.booleans())
def test_finds_what_brute_force_finds(
    tmp_path_factory: pytest.TempPathFactory, seed: int, radius: int, rows: int, *, near: bool
) -> None:
    rng = np.random.default_rng(seed)
    hashes = rng.integers(0, 256, (rows, 32), dtype=np.uint8)
    if near and rows:
        hashes[rows // 2 :] = [
            flipped(hashes[0], rng.choice(256, rng.integers(0, 40), replace=False)) for _ in hashes[rows // 2 :]
        ]
    queries = np.concatenate([hashes[: rows // 3], rng.integers(0, 256, (5, 32), dtype=np.uint8), hashes[-3:]])
    index = NearestIndex.build(hashes, tmp_path_factory.mktemp("index") / "i")
    answer = found(index, queries, radius)
    assert answer == sorted(answer)
    assert len(answer) == len(set(answer))
    assert set(answer) == brute(hashes, queries, radius)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), radius=st.integers(0, 31), over=st.integers(0, 1))
def test_no_spread_of_flips_escapes(
    tmp_path_factory: pytest.TempPathFactory, seed: int, radius: int, over: int
) -> None:
    """As many flips as may be, dealt out as evenly as can be, starting anywhere: every table is nearly missed."""
    rng = np.random.default_rng(seed)
    base = rng.integers(0, 256, 32, dtype=np.uint8)
    total = radius + over
    counts = np.full(16, total // 16)
    counts[rng.permutation(16)[: total % 16]] += 1
    queries = flipped(base, spread_flips(rng, counts.tolist()))[None, :]
    index = NearestIndex.build(base[None, :], tmp_path_factory.mktemp("index") / "i")
    assert found(index, queries, radius) == ([] if over else [(0, 0, radius)])


@pytest.mark.parametrize("single", range(16))
def test_two_flips_in_fifteen_chunks_and_one_in_any_other(tmp_path: Path, single: int) -> None:
    rng = np.random.default_rng(single)
    base = rng.integers(0, 256, 32, dtype=np.uint8)
    others = rng.integers(0, 256, (50, 32), dtype=np.uint8)
    index = NearestIndex.build(np.concatenate([others, base[None, :]]), tmp_path / "i")
    counts = [1 if chunk == single else 2 for chunk in range(16)]
    assert found(index, flipped(base, spread_flips(rng, counts))[None, :]) == [(0, 50, 31)]
    assert found(index, flipped(base, spread_flips(rng, [2] * 16))[None, :]) == []


def test_equal_and_zero_hashes_are_all_given_in_order(tmp_path: Path) -> None:
    hashes = np.zeros((70_000, 32), dtype=np.uint8)
    hashes[::7] = 255
    index = NearestIndex.build(hashes, tmp_path / "i")
    hits = index.search(hashes[:2])
    assert len(index) == 70_000
    assert hits.row[hits.query == 0].tolist() == list(range(0, 70_000, 7))
    assert (hits.query == 1).sum() == 60_000
    assert set(hits.distance.tolist()) == {0}


def test_more_hits_than_there_was_room_for(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    base = rng.integers(0, 256, 32, dtype=np.uint8)
    hashes = np.stack([flipped(base, rng.choice(256, 4, replace=False)) for _ in range(400)])
    index = NearestIndex.build(hashes, tmp_path / "i")
    assert set(found(index, hashes)) == brute(hashes, hashes, 31)
    assert len(index.search(hashes).row) == 160_000


def test_empty_index_and_no_queries(tmp_path: Path) -> None:
    none = np.empty((0, 32), dtype=np.uint8)
    empty = NearestIndex.build(none, tmp_path / "i")
    assert found(empty, np.zeros((3, 32), np.uint8)) == []
    assert found(NearestIndex.build(np.zeros((1, 32), np.uint8), tmp_path / "j"), none) == []
    empty.verify()


def test_the_same_hashes_give_the_same_bytes(tmp_path: Path) -> None:
    hashes = np.random.default_rng(3).integers(0, 256, (300, 32), dtype=np.uint8)
    NearestIndex.build(hashes, tmp_path / "one").verify()
    NearestIndex.build(hashes, tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["one", "two"]


def test_building_replaces_in_one_step_and_leaves_nothing_when_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = NearestIndex.build(np.zeros((1, 32), np.uint8), tmp_path / "i")
    monkeypatch.setattr("everyframe.known.nearest.table_offsets", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        NearestIndex.build(np.ones((2, 32), np.uint8), tmp_path / "i")
    assert [each.name for each in tmp_path.iterdir()] == ["i"]
    assert NearestIndex.open(tmp_path / "i").digest == first.digest


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: b"", "can be read"),
        (lambda data: data[:-1], "cut short"),
        (lambda data: data + b"\0", "cut short"),
        (lambda data: b"X" + data[1:], "not an index of hashes"),
        (lambda data: data[:8] + b"\x09" + data[9:], "another version"),
    ],
)
def test_a_file_that_is_not_whole_is_refused(tmp_path: Path, damage: object, words: str) -> None:
    assert callable(damage)
    path = tmp_path / "i"
    NearestIndex.build(np.zeros((9, 32), np.uint8), path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(NearestIndexError, match=words):
        NearestIndex.open(path)


def test_a_changed_byte_is_found(tmp_path: Path) -> None:
    path = tmp_path / "i"
    NearestIndex.build(np.zeros((9, 32), np.uint8), path)
    data = bytearray(path.read_bytes())
    data[-5000] ^= 1
    path.write_bytes(data)
    with pytest.raises(NearestIndexError, match="has changed"):
        NearestIndex.open(path).verify()
    with pytest.raises(NearestIndexError, match="can be read"):
        NearestIndex.open(tmp_path / "none")


def test_tables_made_in_parts_are_the_tables_made_at_once() -> None:
    words = as_words(np.random.default_rng(8).integers(0, 4, (2_000, 32), dtype=np.uint8))
    order, starts = distinct(words)
    hashes = np.ascontiguousarray(words[order[starts[:-1]]])
    offsets, whole = table_offsets(hashes), tables_of(hashes)[2]
    for table in range(16):
        parts = list(table_parts(hashes, table, offsets, most=150))
        assert len(parts) > 5
        assert np.array_equal(np.concatenate(parts), whole[table])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 1)] * 4), max_size=40))
def test_distinct_puts_equal_hashes_together_in_the_order_of_rows(rows: list[tuple[int, int, int, int]]) -> None:
    words = np.array(rows, dtype=np.uint64).reshape(-1, 4)
    order, starts = distinct(words)
    groups = [order[a:b].tolist() for a, b in pairwise(starts)]
    expected = [[i for i, each in enumerate(rows) if each == value] for value in sorted(set(rows))]
    assert groups == expected


@pytest.mark.parametrize("radius", range(32))
def test_the_chunks_together_reach_one_more_than_the_radius(radius: int) -> None:
    assert (reach_of(radius) + 1).sum() == radius + 1
    assert set(reach_of(radius).tolist()) <= {-1, 0, 1}


def test_wrong_asks_are_refused(tmp_path: Path) -> None:
    index = NearestIndex.build(np.zeros((1, 32), np.uint8), tmp_path / "i")
    for radius in (-1, 32):
        with pytest.raises(ValueError, match="0 to 31"):
            index.search(np.zeros((1, 32), np.uint8), radius)
    wrongs: tuple[Any, ...] = (np.zeros((1, 31), np.uint8), np.zeros((1, 32), np.int64), np.zeros(32, np.uint8))
    for wrong in wrongs:
        with pytest.raises(ValueError, match=r"\(N, 32\)"):
            index.search(wrong)


def test_plain_pictures_are_not_matched() -> None:
    assert matchable(np.array([0, 49, 50, 100])).tolist() == [False, False, True, True]
