"""Damage of every kind to every format: an outcome always, a reason where nothing is shown, never an error."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.analysis.samples import ALL, FILMS, PICTURES, analysed

from everyframe.analysis import Tools
from everyframe.model.features import Analysis
from everyframe.model.states import MediaOutcome

MADE = {name: make() for name, (_, make) in {**PICTURES, **FILMS}.items()}
NO_TOOL = frozenset({"preview", "pdq", "video"})


def mutated(data: bytes, rng: random.Random) -> bytes:
    broken = bytearray(data)
    kind = rng.randrange(6)
    at = rng.randrange(len(broken))
    if kind == 0:
        del broken[max(1, at) :]
    elif kind == 1:
        for _ in range(rng.randrange(1, 20)):
            broken[rng.randrange(len(broken))] ^= 1 << rng.randrange(8)
    elif kind == 2:
        for _ in range(rng.randrange(1, 6)):
            broken[rng.randrange(min(200, len(broken)))] = rng.choice([0, 255, 127, 128, rng.randrange(256)])
    elif kind == 3:
        broken[at : at + 400] = bytes(len(broken[at : at + 400]))
    elif kind == 4:
        broken[at : at + 4] = rng.choice([b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", bytes(4)])
    else:
        start = rng.randrange(len(broken))
        broken[at:at] = broken[start : start + rng.randrange(200)]
    return bytes(broken)


def check(result: Analysis) -> None:
    assert result.outcome in set(MediaOutcome)
    assert (result.outcome is MediaOutcome.VIEWABLE) == bool(result.renditions)
    if result.outcome is MediaOutcome.UNREADABLE:
        assert result.problems
        assert all(problem.reason and problem.reason.isprintable() for problem in result.problems)
    if result.picture and result.picture.damaged:
        assert result.problems


@pytest.mark.parametrize("name", MADE)
def test_broken_contents_of_every_format(name: str) -> None:
    rng = random.Random(f"{name} 1")
    for _ in range(12):
        check(analysed(mutated(MADE[name], rng), stages=NO_TOOL))


@given(st.sampled_from(sorted(MADE)), st.integers(0, 2**32))
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_broken_contents_with_all_stages(tools: Tools, name: str, seed: int) -> None:
    check(analysed(mutated(MADE[name], random.Random(seed)), tools, ALL))


@given(st.binary(max_size=200), st.sampled_from(sorted(MADE)), st.integers(0, 40))
@settings(max_examples=100, deadline=None)
def test_noise_behind_a_signature(noise: bytes, name: str, kept: int) -> None:
    check(analysed(MADE[name][:kept] + noise, stages=NO_TOOL))
