"""Accounts: made, changed, and shown to belong to somebody.

Whoever tries a name that does not exist, is disabled or is locked gets the same words after the same time as with a wrong
password. After ``MOST_FAILURES`` wrong passwords or codes the account answers to nothing until ``LOCK_MINUTES`` have gone by.
"""

import hashlib
import re
import secrets
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from everyframe.errors import UsageError
from everyframe.people import passwords, totp
from everyframe.people.roles import ROLES
from everyframe.store import people as rows
from everyframe.store import web_sessions
from everyframe.store.case import Case
from everyframe.store.people import Person
from everyframe.store.people_schema import web_session

__all__ = ["LOCK_MINUTES", "MOST_FAILURES", "RECOVERY_CODES", "START_HOURS", "Accounts", "next_stage"]

NAME = re.compile(r"[a-z][a-z0-9._-]{1,31}")
MOST_FAILURES = 5
LOCK_MINUTES = 15
START_HOURS = 72  # a starting password works so long
RECOVERY_CODES = 10
RECOVERY_BYTES = 16


def next_stage(person: Person, done: str = "") -> str:
    """Give what a person has to do next to sign in, after ``done``: factor, password, enrol, and then open."""
    if person.secret and not done:
        return "factor"
    if person.must_change:
        return "password"
    return "open" if person.secret else "enrol"


class Accounts:
    """Keep the accounts of a case.

    Args:
        case: whose they are.
        clock: gives the time.
    """

    def __init__(self, case: Case, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._case = case
        self._clock = clock
        self._one = threading.Lock()  # guesses are tried one after the other, so that each is counted before the next

    def find(self, name: str) -> Person | None:
        """Give an account, or None."""
        with self._case.database.read() as connection:
            return rows.find(connection, name)

    def all(self) -> list[Person]:
        """Give every account, by name."""
        with self._case.database.read() as connection:
            return rows.people(connection)

    def add(self, name: str, role: str, *, display: str = "", actor: str) -> str:
        """Make an account; gives the password to start with, which has to be changed at once.

        Raises:
            UsageError: there is one of this name, or name or role cannot be had.
        """
        if not NAME.fullmatch(name):
            raise UsageError("a name is 2 to 32 small letters, digits, dots, dashes or underscores, a letter first")
        _known(role)
        start, at = passwords.new_password(), self._clock()
        made = Person(
            name=name, display=display or name, role=role, disabled=False, password=passwords.protect(start),
            must_change=True, expires_at=_text(at + timedelta(hours=START_HOURS)), secret="", step=0, failures=0,
            failed_at=None, created_at=_text(at),
        )  # fmt: skip
        with self._case.database.write() as connection:
            if rows.find(connection, name):
                raise UsageError(f"there is an account {name} already")
            rows.add(connection, made, actor)
        return start

    def set_role(self, name: str, role: str, *, actor: str) -> None:
        """Give a person another role; holds from their next request on."""
        _known(role)
        self._change(name, {"role": role}, actor, {"role": role})

    def disable(self, name: str, *, disabled: bool, actor: str) -> None:
        """Keep a person out, or let them in again. Keeping out ends their sessions."""
        self._change(name, {"disabled": disabled}, actor, {"disabled": disabled}, end=disabled)

    def reset(self, name: str, *, actor: str, factor: bool = False) -> str:
        """Give a person a new password to start with, and end their sessions and any lock.

        The second factor stays, unless ``factor`` says that it was lost: then it is set up anew at the next sign-in.
        """
        start = passwords.new_password()
        values: dict[str, Any] = {"password": passwords.protect(start), "must_change": True, "failures": 0}
        values |= {"expires_at": _text(self._clock() + timedelta(hours=START_HOURS)), "failed_at": None}
        if factor:
            values |= {"secret": "", "step": 0}
        self._change(name, values, actor, {"reset": "password and factor" if factor else "password"}, end=True)
        return start

    def sign_out(self, name: str, *, actor: str) -> int:
        """End every session of a person; gives how many there were."""
        self._sure(name)
        with self._case.database.write() as connection:
            return web_sessions.end(connection, actor, "signed out", web_session.c.person == name)

    def by_password(self, name: str, password: str) -> Person | None:
        """Give the person whose name and password these are, or None."""
        with self._one:
            person = self.find(name)
            usable = person is not None and not self._shut(person) and len(password) <= passwords.LONGEST
            right = passwords.verify(person.password if person and usable else "", password)
            if person is None or not usable:
                return None
            if not right:
                self._failed(person, "password")
                return None
            self._renew(person, password)
            return person

    def by_factor(self, name: str, given: str) -> bool:
        """Tell whether a one-time or recovery code is this person's; each works once."""
        with self._one:
            person = self.find(name)
            if person is None or self._shut(person) or not person.secret:
                return False
            compact = given.replace(" ", "").replace("-", "").lower()
            step = totp.matching_step(person.secret, compact, self._clock().timestamp(), person.step)
            with self._case.database.write() as connection:
                if step is not None:
                    rows.succeed(connection, name, {"step": step})
                    return True
                left = rows.use_code(connection, name, _digest(compact))
                if left is not None:
                    rows.change(connection, name, {"failures": 0}, name, {"recovery_codes_left": left})
                    return True
            self._failed(person, "code")
            return False

    def change_password(self, name: str, old: str, new: str) -> None:
        """Change one's own password; the old one is asked for.

        Raises:
            UsageError: the old one is wrong, or the new one is easily found or the same.
        """
        person = self.by_password(name, old)
        if person is None:
            raise UsageError("the present password is wrong")
        if new == old:
            raise UsageError("this is the present password; choose another")
        passwords.check(new, (name, person.display, *person.display.split(), self._case.info.number))
        values = {"password": passwords.protect(new), "must_change": False, "expires_at": None}
        self._change(name, values, name, {"changed": "password"})

    def enrol(self, name: str, secret: str, given: str) -> list[str] | None:
        """Set the second factor up once its first code is right; gives the recovery codes, which are shown only now."""
        step = totp.matching_step(secret, given.replace(" ", ""), self._clock().timestamp(), 0)
        if step is None:
            return None
        with self._case.database.write() as connection:
            rows.change(connection, name, {"secret": secret, "step": step}, name, {"changed": "second factor"})
            return self._codes(connection, name)

    def new_codes(self, name: str) -> list[str]:
        """Give a person new recovery codes; the old ones count no longer."""
        with self._case.database.write() as connection:
            rows.change(connection, name, {}, name, {"changed": "recovery codes"})
            return self._codes(connection, name)

    def _codes(self, connection: Any, name: str) -> list[str]:  # noqa: ANN401 - the store's connection
        made = [secrets.token_hex(RECOVERY_BYTES) for _ in range(RECOVERY_CODES)]
        rows.replace_codes(connection, name, [_digest(code) for code in made])
        return ["-".join(code[n : n + 8] for n in range(0, len(code), 8)) for code in made]

    def _change(
        self, name: str, values: dict[str, Any], actor: str, said: dict[str, Any], *, end: bool = False
    ) -> None:
        self._sure(name)
        with self._case.database.write() as connection:
            rows.change(connection, name, values, actor, said)
            if end:
                web_sessions.end(connection, actor, next(iter(said)), web_session.c.person == name)

    def _sure(self, name: str) -> None:
        if self.find(name) is None:
            raise UsageError(f"there is no account {name}")

    def _failed(self, person: Person, what: str) -> None:
        with self._case.database.write() as connection:
            rows.fail(connection, person.name, self._counted(person) + 1, what)

    def _counted(self, person: Person) -> int:
        """Give the failures that still count."""
        since = self._clock() - timedelta(minutes=LOCK_MINUTES)
        return person.failures if person.failed_at and datetime.fromisoformat(person.failed_at) > since else 0

    def _shut(self, person: Person) -> bool:
        gone = person.expires_at is not None and datetime.fromisoformat(person.expires_at) <= self._clock()
        return person.disabled or gone or self._counted(person) >= MOST_FAILURES

    def _renew(self, person: Person, password: str) -> None:
        """Store a password anew when the parameters have changed since. Failures stand until the second factor is shown."""
        if passwords.stale(person.password):
            values = {"password": passwords.protect(password)}
            self._change(person.name, values, person.name, {"changed": "parameters"})


def _known(role: str) -> None:
    if role not in ROLES:
        raise UsageError(f"there is no role {role!r}; there are {', '.join(ROLES)}")


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
