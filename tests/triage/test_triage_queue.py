from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.triage.triage_facts import PHONE, make_facts, make_labels, make_traits

from everyframe.store.order_facts import Column, code_column
from everyframe.triage.queue import Queue, Traits, best_first
from everyframe.triage.weights import load_weights

WEIGHTS = load_weights()
CALM = replace(WEIGHTS, exploration=0.0)
ALIKE = list(range(0, 400, 20))


def test_the_best_come_first_and_equal_ones_as_they_stand() -> None:
    scores = np.array([0.5, -0.0, 0.0, -2.5, 0.5, np.inf, -1.0, 7.25], np.float32)
    assert best_first(scores).tolist() == [5, 7, 0, 4, 1, 2, 6, 3]
    many = np.random.default_rng(3).standard_normal(5000).astype(np.float32).round(2)
    assert best_first(many).tolist() == np.argsort(-many, kind="stable").tolist()
    assert best_first(np.zeros(0, np.float32)).tolist() == []


def test_everything_that_needs_a_look_stands_in_the_order_once() -> None:
    facts = make_facts(400)
    for exploration in (0.0, 0.05, 0.1, 0.5):
        queue = Queue(facts, make_traits(400, ALIKE), replace(WEIGHTS, exploration=exploration), seed=1)
        for labels in (make_labels(facts, [], []), make_labels(facts, [0, 20], [1, 2, 3])):
            standing = queue.update(labels)
            assert sorted(standing.order) == list(np.flatnonzero(~labels.seen))
            assert standing.drawn.sum() <= int(len(standing.order) * exploration)
            assert standing.drawn[: len(standing.order) // 2].sum() >= int(len(standing.order) // 2 * exploration)


def test_random_places_put_nothing_off_for_longer_than_they_take() -> None:
    """What the ranking has at a place stands there, but for the random ones shown before it, even if it is one of them."""
    facts, traits = make_facts(400), make_traits(400, ALIKE)
    labels = make_labels(facts, [0, 20], [1, 2, 3])
    ranked = Queue(facts, traits, CALM, seed=1).update(labels).order
    for exploration in (0.05, 0.1, 0.5):
        standing = Queue(facts, traits, replace(WEIGHTS, exploration=exploration), seed=1).update(labels)
        place = np.empty(400, np.int64)
        place[standing.order] = np.arange(len(standing.order))
        before = np.cumsum(standing.drawn)[np.minimum(place[ranked], len(standing.order) - 1)]
        assert (place[ranked] <= np.arange(len(ranked)) + before).all()
        period = round(1 / exploration)
        assert np.flatnonzero(standing.drawn)[:5].tolist() == [period * n - 1 for n in range(1, 6)]


def test_decisions_bring_what_is_alike_to_the_front() -> None:
    facts, traits = make_facts(400), make_traits(400, ALIKE)
    queue = Queue(facts, traits, CALM, seed=1)
    standing = queue.update(make_labels(facts, ALIKE[:6], [1, 2, 3, 4, 5, 6, 7, 8, 9]))
    assert standing.learned
    assert set(standing.order[:14].tolist()) == set(ALIKE[6:])


def test_switched_off_the_plain_ranking_stands() -> None:
    facts, traits = make_facts(400, recovered=np.arange(400) % 2 == 1), make_traits(400, ALIKE)
    labels = make_labels(facts, ALIKE[:6], [1, 3])
    off = Queue(facts, traits, replace(CALM, learning=False), seed=1).update(labels)
    asked = Queue(facts, traits, CALM, seed=1).order(labels, learning=False)
    assert not off.learned
    assert (
        off.order.tolist()
        == asked.order.tolist()
        == [*range(5, 400, 2), *(r for r in range(0, 400, 2) if r not in ALIKE[:6])]
    )


def test_the_same_seed_and_labels_give_the_same_order() -> None:
    facts, traits = make_facts(400), make_traits(400, ALIKE)
    labels = make_labels(facts, ALIKE[:3], [1, 2])
    one, other, third = (Queue(facts, traits, WEIGHTS, seed=s).update(labels).order.tolist() for s in (1, 1, 2))
    assert one == other
    assert one != third


def test_groups_stay_whole_behind_their_head_and_known_ones_come_last() -> None:
    group = np.arange(60)
    group[[10, 30, 50]] = 5  # a stack of four
    group[44] = 43
    known = np.zeros(60, bool)
    known[[7, 8]] = True
    facts = make_facts(60, group=group, known=known)
    queue = Queue(facts, make_traits(60, []), WEIGHTS, seed=3)
    labels = make_labels(facts, [1], [2])
    standing = queue.update(labels)
    assert {10, 30, 50, 44, 7, 8, 1, 2}.isdisjoint(standing.order.tolist())
    ids = facts.ids[queue.arrange(facts.ids, standing)].tolist()
    assert sorted(ids) == facts.ids.tolist()
    assert ids[ids.index(6) : ids.index(6) + 4] == [6, 11, 31, 51]
    assert ids[ids.index(44) + 1] == 45
    assert ids[-2:] == [8, 9]
    assert set(ids[-4:-2]) == {2, 3}


def test_a_group_has_the_place_of_its_best_member() -> None:
    group = np.arange(50)
    group[49] = 48
    recovered = np.zeros(50, bool)
    recovered[49] = True
    facts = make_facts(50, group=group, recovered=recovered)
    standing = Queue(facts, make_traits(50, []), CALM, seed=1).update(make_labels(facts, [], []))
    assert standing.order[0] == 48


def test_several_reviewers_share_the_front() -> None:
    facts = make_facts(100)
    queue = Queue(facts, make_traits(100, []), WEIGHTS, seed=1)
    queue.update(make_labels(facts, [], []))
    shares = [queue.share(k, 3).tolist() for k in range(3)]
    assert sorted(r for share in shares for r in share) == list(range(100))
    assert {share[0] for share in shares} == set(queue.standing.order[:3].tolist())


def test_rows_without_traits_are_ordered_by_their_facts() -> None:
    folder = code_column([(1, b"x") if r % 10 == 0 else (1, b"y") for r in range(200)], 200)
    facts = make_facts(200, folder=folder)
    traits = Traits(np.zeros((0, 368), np.int8), np.full(200, -1))
    standing = Queue(facts, traits, CALM, seed=1).update(make_labels(facts, [0, 10, 20], [1, 2, 3, 4]))
    assert set(standing.order[:17].tolist()) == set(range(30, 200, 10))


def test_what_came_later_comes_last() -> None:
    facts = make_facts(10)
    queue = Queue(facts, make_traits(10, []), WEIGHTS, seed=1)
    standing = queue.update(make_labels(facts, [], []))
    ids = np.array([500, 3, 2, 1])
    assert ids[queue.arrange(ids, standing)].tolist()[-1] == 500
    empty = Queue(make_facts(0), make_traits(0, []), WEIGHTS, seed=1)
    assert empty.arrange([4, 5], empty.standing).tolist() == [0, 1]


def test_the_reason_is_one_line() -> None:
    camera = Column(np.array([0] * 20 + [-1] * 20, np.int32), [PHONE])
    taken = np.array([1.6e9 + 60 * r for r in range(20)] + [np.nan] * 20)
    folder = code_column([(1, b"DCIM/100K2")] * 20 + [(1, b"stuff")] * 20, 40)
    known = np.zeros(40, bool)
    facts = make_facts(40, camera=camera, taken=taken, folder=folder, known=known)
    queue = Queue(facts, make_traits(40, []), CALM, seed=1)
    queue.update(make_labels(facts, [0, 1, 2], [30]))
    assert queue.reason(5).startswith(
        "unknown · taken by the seized K2 · in a camera's folder · same camera within the hour of 3 relevant · "
    )
    assert queue.reason(35).split(" · ")[0] == "unknown"
    plain = Queue(make_facts(3), make_traits(3, []), CALM, seed=1)
    plain.update(make_labels(plain.facts, [], []))
    assert plain.reason(0) == "nothing speaks for it or against it"


def test_a_picture_drawn_at_random_says_so() -> None:
    facts = make_facts(100)
    queue = Queue(facts, make_traits(100, []), replace(WEIGHTS, exploration=0.1), seed=1)
    standing = queue.update(make_labels(facts, [], []))
    drawn = int(standing.order[standing.drawn][0])
    assert queue.reason(drawn).startswith("drawn at random")
    assert np.flatnonzero(standing.drawn)[0] == 9


def test_a_model_of_the_agency_adds_points_and_is_named() -> None:
    scores = np.zeros(30, np.float32)
    scores[17] = 0.8
    weights = replace(CALM, models={"own": 5.0})
    facts = make_facts(30)
    queue = Queue(facts, make_traits(30, []), weights, seed=1, extra={"own": scores})
    assert queue.update(make_labels(facts, [], [])).order[0] == 17
    assert queue.reason(17) == "own says 0.80"
