"""The states: closed, ordered, and summed by the account."""

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everyframe.model.account import Account, Tally
from everyframe.model.settings import SETTINGS
from everyframe.model.states import State
from everyframe.model.warning import MEANING, Problem, WarningCode
from everyframe.review.rule import SETTINGS as RULE
from everyframe.review.rule import LookRule

tallies = st.builds(Tally, *[st.integers(0, 1000)] * 3)


def account(states: dict[State, Tally], listed: int, size: int, **more: object) -> Account:
    given_ = {"stateless": 0, "media": 0} | more
    return Account("A", listed, size, states, **given_)  # type: ignore[arg-type]


def test_the_states_are_these_in_this_order() -> None:
    assert [*State] == [
        "pending",
        "not-media",
        "unreadable",
        "excluded",
        "known",
        "looked",
        "duplicate-of-looked",
        "stacked-under-looked",
        "remaining",
    ]


def test_every_kind_of_warning_says_what_it_means() -> None:
    assert set(MEANING) == set(WarningCode)
    assert all(text.endswith(".") for text in MEANING.values())
    assert all(len(code) <= 32 for code in WarningCode), "the column holds 32 characters"


def test_settings_have_names_of_their_own() -> None:
    assert len({s.name for s in SETTINGS}) == len(SETTINGS)


def test_the_rule_of_looking_starts_from_the_defaults_that_are_listed() -> None:
    rule = LookRule()
    looking = {s.name: s.default for s in SETTINGS if s.name.startswith("look.")}
    assert looking == {name: getattr(rule, field) for name, field in RULE.items()}


def test_nouns_cannot_be_changed() -> None:
    problem = Problem(WarningCode.DAMAGED, "cut short")
    with pytest.raises(FrozenInstanceError):
        problem.reason = "other"  # type: ignore[misc]


@settings(max_examples=40)
@given(st.fixed_dictionaries(dict.fromkeys(State, tallies)))
def test_an_account_balances_exactly_when_the_sums_are_those_of_the_listing(states: dict[State, Tally]) -> None:
    files, size = sum(t.files for t in states.values()), sum(t.bytes for t in states.values())
    sound = account(states, files, size)
    assert sound.balanced
    assert sound.files == files
    assert sound.accounted == files - states[State.PENDING].files - states[State.REMAINING].files
    assert not account(states, files + 1, size).balanced
    assert not account(states, files, size - 1).balanced
    assert not account(states, files, size, stateless=1).balanced
    unsound = account(states, files + 1, size)
    assert not account(states, files, size, exhibits=(sound, unsound)).balanced


@settings(max_examples=40)
@given(st.fixed_dictionaries(dict.fromkeys(State, tallies)))
def test_every_state_is_in_the_json_also_at_zero(states: dict[State, Tally]) -> None:
    found = account(states, 1, 1).as_json()
    assert set(found["states"]) == set(State)
    assert all(set(t) == {"files", "media", "bytes"} for t in found["states"].values())


@given(tallies, tallies)
def test_tallies_add_up(one: Tally, other: Tally) -> None:
    assert one + other == Tally(one.files + other.files, one.media + other.media, one.bytes + other.bytes)
