"""Sessions: opened by a link that works once, locked when nobody has been there, over after half a day.

Only SHA-256 digests of links and session ids are kept, and only in memory: stopping the server ends every session.
"""

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

__all__ = ["ABSOLUTE_SECONDS", "IDLE_SECONDS", "Sessions", "new_token"]

IDLE_SECONDS = 15 * 60
ABSOLUTE_SECONDS = 12 * 60 * 60
BYTES = 32


@dataclass(slots=True)
class _Session:
    opened: float
    active: float


def new_token() -> str:
    """Make a token of 256 random bits."""
    return secrets.token_urlsafe(BYTES)


def _seconds() -> float:
    """Give a clock that also runs while the machine sleeps, where the system has one."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Sessions:
    """Hold the one link that opens a session, and the sessions that are open.

    Args:
        token: of the first link.
        fresh: called with the token of the next link whenever one was used.
        clock: seconds.
    """

    def __init__(self, token: str, fresh: Callable[[str], None], clock: Callable[[], float] = _seconds) -> None:
        self._link = _digest(token)
        self._fresh = fresh
        self._clock = clock
        self._open: dict[bytes, _Session] = {}
        self._lock = Lock()

    def enter(self, token: str) -> str | None:
        """Use a link; gives the id of a new session, or None when the link is not the one that stands."""
        with self._lock:
            if not secrets.compare_digest(_digest(token), self._link):
                return None
            following, ident, now = new_token(), new_token(), self._clock()
            self._link = _digest(following)
            self._open[_digest(ident)] = _Session(now, now)
        self._fresh(following)
        return ident

    def alive(self, ident: str, *, active: bool) -> bool:
        """Tell whether a session is open; ``active`` says that a person did something, which puts the lock off."""
        key, now = _digest(ident), self._clock()
        with self._lock:
            session = self._open.get(key)
            if session is None:
                return False
            if now - session.active >= IDLE_SECONDS or now - session.opened >= ABSOLUTE_SECONDS:
                del self._open[key]
                return False
            if active:
                session.active = now
            return True

    def end(self, ident: str) -> None:
        """End a session at once."""
        with self._lock:
            self._open.pop(_digest(ident), None)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
