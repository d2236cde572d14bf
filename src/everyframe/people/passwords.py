"""Passwords: argon2id, and what a password must not be.

There is no rule on which characters it has, and none that it must be changed after a time. It must be long enough, not be
among the 30,000 that people use most nor in the agency's list of those known from breaches, and not be made of words that
anybody would try here.
"""

import secrets
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from everyframe.errors import UsageError
from everyframe.people.breached import is_breached

__all__ = ["LEAST", "LONGEST", "WORDS", "check", "new_password", "protect", "stale", "verify"]

LEAST = 12
LONGEST = 256
#: Words that anybody would try here; names of the person and the case come to them.
WORDS = ("everyframe", "password", "police", "victim", "review", "evidence", "supervisor", "administrator")
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # none that looks like another
NEW_LENGTH = 26  # 130 bits
HASHER = PasswordHasher(time_cost=3, memory_cost=64 << 10, parallelism=1, hash_len=32, salt_len=16, type=Type.ID)


def protect(password: str) -> str:
    """Give what is stored of a password: argon2id with its parameters and salt."""
    return HASHER.hash(password)


def verify(stored: str, password: str) -> bool:
    """Tell whether a password is the one that was stored; takes as long when nothing was."""
    try:
        HASHER.verify(stored or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored)


def stale(stored: str) -> bool:
    """Tell whether a password was stored with other parameters than today's."""
    return HASHER.check_needs_rehash(stored)


def new_password() -> str:
    """Make a password to start with: 130 random bits, in groups that can be read out."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(NEW_LENGTH))
    return "-".join(letters[n : n + 5] for n in range(0, NEW_LENGTH, 5))


def check(password: str, words: Iterable[str] = ()) -> None:
    """Refuse a password that is easily found.

    Raises:
        UsageError: it is too short, too long, common, or made of words that anybody would try here.
    """
    if not LEAST <= len(password) <= LONGEST:
        raise UsageError(f"a password has {LEAST} to {LONGEST} characters; four unrelated words make a good one")
    lower = password.lower()
    if lower in _common():
        raise UsageError("this password is among those that people use most; choose another")
    if is_breached(password):
        raise UsageError("this password is known from a breach; choose another")
    for word in sorted({w.lower() for w in (*WORDS, *words) if len(w) > 3}, key=len, reverse=True):  # noqa: PLR2004 - shorter words are in everything
        lower = lower.replace(word, "")
    if lower != password.lower() and len(lower.strip("0123456789 .-_!?")) < LEAST // 2:
        raise UsageError("this password is little more than a word that anybody would try here; choose another")


@cache
def _nobody() -> str:
    return protect(secrets.token_urlsafe())


@cache
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])
