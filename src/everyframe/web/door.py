"""Doors: who a session cookie belongs to. One for a person alone at the machine, one for people with accounts.

A token is 256 random bits. Only digests are kept. Stopping the server ends every session. Activity is held in memory; that a
session was ended, or its person disabled or given another role, is read from the case again each second.
"""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from everyframe.people import totp
from everyframe.store import web_sessions
from everyframe.store.case import Case
from everyframe.store.people_schema import web_session
from everyframe.store.web_sessions import Session
from everyframe.web.caller import Caller
from everyframe.web.sessions import ABSOLUTE_SECONDS, IDLE_SECONDS, Sessions

__all__ = ["MOST_SESSIONS", "SIGN_IN_SECONDS", "Alone", "Door", "Held", "TeamDoor"]

SIGN_IN_SECONDS = 10 * 60
MOST_SESSIONS = 5
READ_AGAIN_SECONDS = 1.0
BYTES = 32
LONGEST_AGENT = 200


class Door(Protocol):
    """Say who sends a request. ``entry`` is the page for somebody who has no session."""

    entry: str

    def caller(self, token: str, *, active: bool) -> Caller | None:
        """Give the person of a session, or None; ``active`` says that they did something."""

    def end(self, token: str) -> None:
        """End a session at once."""


class Alone:
    """Let in whoever opened the link, as one person.

    Args:
        sessions: those that the links opened.
        actor: how the person stands in the records.
    """

    entry = "/locked"

    def __init__(self, sessions: Sessions, actor: str) -> None:
        self._sessions = sessions
        self._caller = Caller(actor, actor)

    def caller(self, token: str, *, active: bool) -> Caller | None:
        """Give the person of a session, or None."""
        return self._caller if self._sessions.alive(token, active=active) else None

    def end(self, token: str) -> None:
        """End a session at once."""
        self._sessions.end(token)


@dataclass(slots=True)
class Held:
    """Hold what is known of an open session."""

    session: Session
    opened: float
    active: float
    read: float
    secret: str = field(default_factory=totp.new_secret)  # offered at the first sign-in, stored when it was confirmed

    @property
    def caller(self) -> Caller:
        """Give its person."""
        s = self.session
        return Caller(s.person, s.display, s.role, s.id, s.stage)


def _seconds() -> float:
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class TeamDoor:
    """Let in people who signed in.

    Args:
        case: holds accounts and sessions.
        clock: seconds.
    """

    entry = "/login"

    def __init__(self, case: Case, clock: Callable[[], float] = _seconds) -> None:
        self._case = case
        self._clock = clock
        self._held: dict[bytes, Held] = {}
        self._lock = threading.Lock()
        with case.database.write() as connection:
            web_sessions.end_everything(connection, "server")

    def enter(self, name: str, stage: str, agent: str, before: str = "") -> str:
        """Begin a session; gives its token. The session of the token ``before`` ends, and so does the oldest of too many."""
        token = secrets.token_urlsafe(BYTES)
        with self._case.database.write() as connection:
            if before:
                web_sessions.end(connection, name, "renewed", web_session.c.digest == _digest(before))
            web_sessions.add(connection, _digest(token), name, stage, agent[:LONGEST_AGENT])
            mine = web_sessions.open_sessions(connection, name)
            for old in mine[: max(0, len(mine) - MOST_SESSIONS)]:
                web_sessions.end(connection, name, "too many", web_session.c.id == old.id)
        with self._lock:
            self._held.pop(_digest(before), None)
        return token

    def caller(self, token: str, *, active: bool) -> Caller | None:
        """Give the person of a session, or None."""
        held = self.held(token)
        if held is None:
            return None
        if active:
            held.active = self._clock()
        return held.caller

    def held(self, token: str) -> Held | None:
        """Give what is known of an open session, or None when it is none, or has ended in any way."""
        key, now = _digest(token), self._clock()
        with self._lock:
            held = self._held.get(key)
            if held is None or now - held.read >= READ_AGAIN_SECONDS:
                held = self._read(key, held, now)
            if held is None:
                return None
        if self._over(held, now):
            self.end(token, "time")
            return None
        return held

    def end(self, token: str, why: str = "signed out") -> None:
        """End a session at once."""
        key = _digest(token)
        with self._lock:
            held = self._held.pop(key, None)
        with self._case.database.write() as connection:
            name = held.session.person if held else "server"
            web_sessions.end(connection, name, why, web_session.c.digest == key)

    def idle_seconds(self) -> dict[int, float]:
        """Give for each session for how long nothing was done in it."""
        now = self._clock()
        with self._lock:
            return {held.session.id: now - held.active for held in self._held.values()}

    def _read(self, key: bytes, held: Held | None, now: float) -> Held | None:
        with self._case.database.read() as connection:
            session = web_sessions.find(connection, key)
        if session is None:
            self._held.pop(key, None)
            return None
        if held is None:
            held = self._held.setdefault(key, Held(session, now, now, now))
        held.session, held.read = session, now
        return held

    def _over(self, held: Held, now: float) -> bool:
        if held.session.stage != "open":
            return now - held.opened >= SIGN_IN_SECONDS
        return now - held.active >= IDLE_SECONDS or now - held.opened >= ABSOLUTE_SECONDS


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
