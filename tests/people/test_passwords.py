from __future__ import annotations

import pytest
from argon2 import PasswordHasher, extract_parameters

from everyframe.errors import UsageError
from everyframe.people import passwords

GOOD = "lantern orbit cactus ferry"


@pytest.mark.parametrize(
    "good",
    [GOOD, "x" * 5 + "kqvz" * 20, "gr\u00fcne \u00c4pfel im Keller", "7392 8814 5520 1937 66", "q" * 3 + "wvtz" * 63],
)
def test_any_characters_and_long_ones_are_taken(good: str) -> None:
    passwords.check(good)


@pytest.mark.parametrize(
    "bad",
    ["", "short", "elevenchars", "x" * 257, "password1234", "everyframe2026", "Everyframe-2026!!", "annaannaanna",
     "case-2026-77"],
)  # fmt: skip
def test_what_is_easily_found_is_refused(bad: str) -> None:
    with pytest.raises(UsageError):
        passwords.check(bad, ("anna", "CASE-2026-77"))


def test_at_least_three_thousand_common_ones_of_this_length_or_shorter_are_refused() -> None:
    assert len(passwords._common()) >= 3000
    assert {"123456", "password", "iloveyou", "qwertyuiop"} <= passwords._common()


def test_a_password_is_kept_as_argon2id_with_its_own_salt() -> None:
    hasher = PasswordHasher(time_cost=3, memory_cost=64 << 10, parallelism=1)
    assert (passwords.LEAST, passwords.LONGEST) == (12, 256)
    one, other = passwords.protect(GOOD), passwords.protect(GOOD)
    assert one != other
    assert one.startswith("$argon2id$")
    assert GOOD not in one
    assert extract_parameters(hasher.hash("x")).memory_cost == 65536


def test_the_parameters_are_those_of_the_documentation(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    parameters = extract_parameters(passwords.protect(GOOD))
    assert (parameters.time_cost, parameters.memory_cost, parameters.parallelism) == (3, 65536, 1)
    assert parameters.type.name == "ID"


def test_only_the_exact_password_is_right() -> None:
    stored = passwords.protect(GOOD)
    assert passwords.verify(stored, GOOD)
    for wrong in (GOOD.upper(), f"{GOOD} ", GOOD[:-1], ""):
        assert not passwords.verify(stored, wrong)
    assert not passwords.verify("", GOOD)
    assert not passwords.verify("no hash at all", GOOD)


def test_passwords_to_start_with_have_130_bits() -> None:
    made = {passwords.new_password() for _ in range(50)}
    assert len(made) == 50
    assert {len(one.replace("-", "")) for one in made} == {26}
    assert len(passwords.ALPHABET) == 32
    for one in made:
        passwords.check(one)
