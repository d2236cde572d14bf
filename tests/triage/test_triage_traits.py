from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from sqlalchemy import insert

from everyframe.analysis import traits as computed
from everyframe.analysis._places import VALUES, nearest_phase, parts
from everyframe.store import order_schema
from everyframe.store.order_facts import read_facts
from everyframe.triage import index
from everyframe.triage.opening import open_queue

if TYPE_CHECKING:
    from everyframe.store.case import Case

SIDE = 128


def vector(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    version, _, values = computed.traits_of(pixels).partition(b":")
    assert version.decode() == computed.VERSION
    return np.frombuffer(values, np.int8).astype(np.int16)


def flat(*colour: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.full((SIDE, SIDE, 3), colour, np.uint8)


def test_the_index_and_the_analysis_mean_the_same_traits() -> None:
    assert (index.VERSION, index.DIMENSIONS) == (computed.VERSION, computed.DIMENSIONS)
    assert len(vector(flat(1, 2, 3))) == computed.DIMENSIONS


def test_a_plain_picture_has_one_colour_and_no_edges() -> None:
    values = vector(flat(128, 128, 128))
    assert np.flatnonzero(values[:64]).tolist() == [1 * 16 + 1 * 4 + 1], "what lies on an edge belongs below it"
    assert values[1 * 16 + 1 * 4 + 1] == 127
    assert not values[64:240].any()
    red, blue = vector(flat(220, 20, 20)), vector(flat(20, 20, 220))
    assert (red[:64] * blue[:64]).sum() == 0


def test_edges_have_their_direction_and_place() -> None:
    across = flat(0, 0, 0)
    across[: SIDE // 2, ::8] = 255
    values = vector(across)[112:240].reshape(4, 4, 8)
    assert values[:2].sum() > 8 * values[2:].sum()
    turned = vector(np.ascontiguousarray(across.transpose(1, 0, 2)))[112:240].reshape(4, 4, 8)
    assert values[0, 0].argmax() != turned[0, 0].argmax()


def test_the_same_scene_a_little_changed_stays_near() -> None:
    rng = np.random.default_rng(1)
    scene = rng.integers(0, 255, (8, 8, 3)).repeat(16, 0).repeat(16, 1).astype(np.uint8)
    other = rng.integers(0, 255, (8, 8, 3)).repeat(16, 0).repeat(16, 1).astype(np.uint8)
    darker = (scene * 0.9).astype(np.uint8)
    one, near, far = (vector(p) for p in (scene, darker, other))
    assert np.abs(one - near).sum() * 2 < np.abs(one - far).sum()


def test_a_small_thing_is_seen_wherever_it_stands() -> None:
    """One colour in one part of a scene: the same whatever the place, and another thing is another."""
    rng = np.random.default_rng(2)
    scene = rng.integers(90, 110, (8, 8, 3)).repeat(16, 0).repeat(16, 1).astype(np.uint8)

    def with_thing(top: int, left: int, *colour: int) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
        picture = scene.copy()
        picture[top : top + 16, left : left + 16] = colour
        return vector(picture)[-516:]

    here, there = with_thing(16, 16, 220, 90, 30), with_thing(80, 64, 220, 90, 30)
    other, none = with_thing(16, 16, 30, 90, 220), vector(scene)[-516:]
    assert np.abs(here - there)[:260].max() <= 40, "the largest share of any block, not where it is"
    for far in (other, none):
        assert np.abs(here - there).sum() * 2 < np.abs(here - far).sum()


def test_the_largest_answer_of_any_part_is_that_of_a_wave_at_its_crest() -> None:
    turns = np.array([[0.0, 0.25, 0.9], [0.4, 0.1, 0.5]], np.float32)
    phases = np.array([0.0, 0.25, 0.0], np.float32)
    assert nearest_phase(turns, phases) == pytest.approx([0.0, 0.35, 0.1])


def test_parts_say_colour_and_edges_of_their_place() -> None:
    picture = np.full((96, 96, 3), 128, np.uint8)
    picture[:6, :6] = (228, 128, 178)
    described = parts(picture)
    assert described.shape == (196, VALUES)
    assert described[0, :3].tolist() == [2.0, 0.0, 2.0], "luma counts half"
    assert not described[0, 3:27].any()
    assert described[0, 27:].any(), "the border of the corner is an edge"
    assert not described[-1].any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (5, 4)])
def test_any_shape_has_traits(shape: tuple[int, int]) -> None:
    assert len(vector(np.full((*shape, 3), 77, np.uint8))) == computed.DIMENSIONS


def add(case: Case, ids: range, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = [
        {
            "media_id": i,
            "version": index.VERSION,
            "vector": rng.integers(1, 100, index.DIMENSIONS).astype(np.int8).tobytes(),
        }
        for i in ids
    ]
    with case.database.write() as connection:
        connection.execute(insert(order_schema.trait), rows)


def test_the_index_grows_with_the_case_and_is_made_anew_when_it_is_gone(case: Case) -> None:
    with case.database.read() as connection:
        facts = read_facts(connection)
    assert (index.open_traits(case, facts).at == -1).all()
    add(case, range(1, 101), 1)
    first = index.open_traits(case, facts)
    assert (first.at[:100] == np.arange(1, 101)).all()
    assert (first.at[100:] == -1).all()
    add(case, range(120, 140), 2)
    second = index.open_traits(case, facts)
    assert np.flatnonzero(second.at >= 0).tolist() == [*range(100), *range(119, 139)]
    assert (second.vectors[1:101] == first.vectors[1:101]).all()
    before = second.vectors[:].tobytes()
    for path in (case.directory / "index").iterdir():
        path.unlink()
    assert index.open_traits(case, facts).vectors[:].tobytes() == before


@pytest.mark.parametrize(
    "damage",
    [b"", b"{}", b"[1]", b'{"rows": 5, "dimensions": 9}', b'{"rows": 99999, "dimensions": %d}' % index.DIMENSIONS],
)
def test_an_index_that_does_not_fit_is_made_anew(case: Case, damage: bytes) -> None:
    add(case, range(1, 50), 1)
    with case.database.read() as connection:
        facts = read_facts(connection)
    before = index.open_traits(case, facts).vectors[:].tobytes()
    (case.directory / "index" / f"traits-{index.VERSION}.json").write_bytes(damage)
    assert index.open_traits(case, facts).vectors[:].tobytes() == before


def test_a_case_of_any_kind_has_an_order(case: Case) -> None:
    queue = open_queue(case)
    assert len(queue.standing.order) == len(queue.facts) == 303
    assert not queue.standing.learned
