from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everyframe.store.sampling import Sample, Stratum
from everyframe.triage.assurance import allocate, assess
from everyframe.triage.bounds import (
    binomial_tail,
    clopper_pearson_upper,
    hypergeometric_tail,
    hypergeometric_upper,
    sample_needed,
)


@pytest.mark.parametrize(
    ("found", "drawn", "confidence", "bound"),
    [
        (682, 925, 0.975, 0.7654066),  # R's own example: binom.test(682, 925) prints 0.7076683 0.7654066
        (0, 10, 0.975, 0.3084971),  # 1 - 0.025 ** (1 / 10)
        (0, 10, 0.95, 0.2588656),
        (0, 59, 0.95, 0.0495076),  # why 59 is the least
        (0, 100, 0.95, 0.0295130),  # the rule of three says 0.03
        (1, 10, 0.95, 0.3941633),  # published tables: 0.394
        (5, 10, 0.975, 0.8129140),  # published tables: 0.187 to 0.813
        (10, 10, 0.95, 1.0),
        (0, 0, 0.95, 1.0),
    ],
)
def test_clopper_pearson_gives_the_published_limits(found: int, drawn: int, confidence: float, bound: float) -> None:
    assert clopper_pearson_upper(found, drawn, confidence) == pytest.approx(bound, abs=6e-8)


def exact_tail(found: int, drawn: int, population: int, relevant: int) -> Fraction:
    ways = sum(math.comb(relevant, j) * math.comb(population - relevant, drawn - j) for j in range(found + 1))
    return Fraction(ways, math.comb(population, drawn))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_tail_is_that_of_whole_numbers(data: st.DataObject) -> None:
    population = data.draw(st.integers(1, 300))
    drawn, relevant = data.draw(st.integers(0, population)), data.draw(st.integers(0, population))
    found = data.draw(st.integers(0, drawn))
    exact = exact_tail(found, drawn, population, relevant)
    assert hypergeometric_tail(found, drawn, population, relevant) == pytest.approx(float(exact), rel=1e-9, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_bound_is_the_largest_that_is_no_surprise(data: st.DataObject) -> None:
    population = data.draw(st.integers(1, 120))
    drawn = data.draw(st.integers(0, population))
    found = data.draw(st.integers(0, drawn))
    possible = range(found, population - (drawn - found) + 1)
    brute = max(k for k in possible if exact_tail(found, drawn, population, k) > Fraction(5, 100) or k == found)
    assert hypergeometric_upper(found, drawn, population, 0.95) == brute


def test_literal_bounds_without_putting_back() -> None:
    assert hypergeometric_upper(0, 59, 14_200, 0.95) == 701
    assert hypergeometric_upper(0, 100, 100, 0.95) == 0
    assert hypergeometric_upper(3, 100, 100, 0.95) == 3
    assert hypergeometric_upper(0, 0, 100, 0.95) == 100
    assert hypergeometric_upper(0, 300, 1_000_000, 0.95) == 9934
    assert sample_needed(14_200, 142, 0.95) == 293
    assert binomial_tail(0, 10, 0.5) == pytest.approx(1 / 1024)


def test_what_makes_no_sense_is_refused() -> None:
    for found, drawn, confidence in ((2, 1, 0.95), (-1, 1, 0.95), (0, 1, 1.0), (0, 1, 0.0)):
        with pytest.raises(ValueError, match=r"lies between|is among"):
            clopper_pearson_upper(found, drawn, confidence)
    with pytest.raises(ValueError, match="more was drawn"):
        hypergeometric_upper(0, 5, 4, 0.95)


CASES = {"remaining": (14_200, 40), "stacked-under-looked": (900, 9), "excluded": (120, 2)}


def test_the_stated_confidence_holds_in_each_stratum_over_a_thousand_draws() -> None:
    rng = np.random.default_rng(20140706)
    given_ = allocate({name: size for name, (size, _) in CASES.items()}, 400)
    covered = dict.fromkeys(("", *CASES), 0)
    for _ in range(1000):
        strata = []
        for name, (size, relevant) in CASES.items():
            members = np.zeros(size, bool)
            members[:relevant] = True
            hit = int(members[rng.permutation(size)[: given_[name]]].sum())
            strata.append(Stratum(name, size, given_[name], given_[name], hit, hit))
        finding = assess(Sample(1, "a", "2026-01-01", "s", 0.95, (), tuple(strata)))
        assert finding.whole is not None
        for bound in finding.strata:
            covered[bound.name] += bound.most >= CASES[bound.name][1]
        covered[""] += finding.whole.most >= sum(relevant for _, relevant in CASES.values())
    assert all(number >= 940 for number in covered.values()), covered


def test_a_sample_is_shared_in_proportion_with_a_least_of_each() -> None:
    assert allocate({"a": 10_000, "b": 1_000}, 300) == {"a": 241, "b": 59}
    assert allocate({"a": 10_000, "b": 20}, 300) == {"a": 280, "b": 20}
    assert allocate({"a": 50, "b": 20}, 300) == {"a": 50, "b": 20}
    assert allocate({"a": 10_000, "b": 10_000}, 10) == {"a": 59, "b": 59}
