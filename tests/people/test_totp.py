from __future__ import annotations

import base64

import pytest

from everyframe.people import totp

KEY = b"12345678901234567890"
SECRET = base64.b32encode(KEY).decode()


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"),
        (2000000000, "69279037"), (20000000000, "65353130"),
    ],
)  # fmt: skip
def test_the_vectors_of_rfc_6238(seconds: int, expected: str) -> None:
    assert totp.code(KEY, seconds // 30, digits=8) == expected
    assert totp.code(KEY, seconds // 30) == expected[-6:]


@pytest.mark.parametrize(
    ("count", "expected"),
    list(enumerate(["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583"])),
)
def test_the_vectors_of_rfc_4226(count: int, expected: str) -> None:
    assert totp.code(KEY, count) == expected


def test_a_code_is_taken_a_step_early_and_late_and_no_further() -> None:
    code = totp.code(KEY, 100)
    assert [totp.matching_step(SECRET, code, 30.0 * step, 0) for step in (98, 99, 100, 101, 102)] == [
        None, 100, 100, 100, None,
    ]  # fmt: skip


def test_a_step_that_was_used_counts_no_more() -> None:
    assert totp.matching_step(SECRET, totp.code(KEY, 100), 3000.0, 99) == 100
    assert totp.matching_step(SECRET, totp.code(KEY, 100), 3000.0, 100) is None
    assert totp.matching_step(SECRET, totp.code(KEY, 99), 3000.0, 100) is None


@pytest.mark.parametrize("given", ["", "12345", "1234567", "abcdef", "٠٧٠٨١٨"])
def test_what_is_no_code_matches_nothing(given: str) -> None:
    assert totp.matching_step(SECRET, given, 3000.0, 0) is None


def test_secrets_have_160_bits_and_never_repeat() -> None:
    made = {totp.new_secret() for _ in range(50)}
    assert len(made) == 50
    assert {len(base64.b32decode(secret)) for secret in made} == {20}


def test_the_address_for_apps_is_escaped() -> None:
    assert totp.uri("ABC", "anna", "Every frame") == (
        "otpauth://totp/Every%20frame%3Aanna?secret=ABC&issuer=Every%20frame&digits=6&period=30"
    )
