"""Signing in: name and password, then the second factor; at the first time a password of one's own and setting it up.

Each step ends the session before it and begins another with another token. Guesses are counted for the account and for the
address they come from.
"""

import io
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import segno
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from everyframe.errors import UsageError
from everyframe.people import totp
from everyframe.people.accounts import Accounts, next_stage
from everyframe.people.roles import RIGHTS, Right
from everyframe.store.people import Person
from everyframe.web.bodies import field_text, read_body
from everyframe.web.border import address
from everyframe.web.caller import who
from everyframe.web.desk import Desk
from everyframe.web.door import TeamDoor
from everyframe.web.languages import TEAM_PAGE_WORDS
from everyframe.web.pages import TEMPLATES
from everyframe.web.sessions import ABSOLUTE_SECONDS

__all__ = ["ATTEMPTS", "ATTEMPT_SECONDS", "ROUTES", "Attempts", "home", "team_page"]

LOG = logging.getLogger("everyframe.web")
ATTEMPTS = 30
ATTEMPT_SECONDS = 60
MOST_ADDRESSES = 10_000


class Attempts:
    """Count attempts for each address; more than ``ATTEMPTS`` in ``ATTEMPT_SECONDS`` are refused.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._made: dict[str, list[float]] = {}
        self._lock = threading.Lock()

    def allow(self, address: str) -> bool:
        """Count an attempt; tells whether it may be made."""
        now = self._clock()
        with self._lock:
            if len(self._made) >= MOST_ADDRESSES:
                self._made.clear()
            recent = [at for at in self._made.get(address, []) if now - at < ATTEMPT_SECONDS]
            self._made[address] = [*recent, now][-ATTEMPTS:]
            return len(recent) < ATTEMPTS


def team_page(name: str, /, **values: Any) -> Response:  # noqa: ANN401 - what the template shows
    """Give a page made from a template."""
    from starlette.responses import HTMLResponse

    return HTMLResponse(TEMPLATES.get_template(name).render(**values))


def home(role: str) -> str:
    """Give the page that a person comes to first."""
    return "/" if Right.SEE in RIGHTS[role] else "/people"


def _parts(request: Request) -> tuple[Desk, TeamDoor, Accounts, str]:
    state = request.app.state
    return state.desk, state.door, state.accounts, request.cookies.get(state.site.cookie, "")


async def login_page(request: Request) -> Response:
    """Show what has to be done next to sign in."""
    _, door, _, token = _parts(request)
    held, caller = door.held(token) if token else None, who()
    stage = held.session.stage if held else ""
    if held and stage == "open":
        return RedirectResponse(home(held.session.role), 303)
    values: dict[str, Any] = {"here": "", "stage": stage or "name", "name": caller.name, "secret": "", "picture": ""}
    if held and stage == "enrol":
        spaced = " ".join(held.secret[n : n + 4] for n in range(0, len(held.secret), 4))
        values |= {"secret": spaced, "picture": _picture(totp.uri(held.secret, caller.name, "Everyframe"))}
    return team_page("login.html", **values)


def _picture(text: str) -> str:
    made = io.BytesIO()
    segno.make(text, micro=False).save(made, kind="svg", scale=5, border=2, dark="#000", light="#fff", xmldecl=False)
    return made.getvalue().decode()


async def give_password(request: Request) -> Response:
    """Take name and password."""
    desk, _, accounts, _ = _parts(request)
    body = await read_body(request)
    name, password = field_text(body, "name").strip(), field_text(body, "password")
    if not _allowed(request):
        return _wrong("too_many", 429)
    person = await desk.run(lambda: accounts.by_password(name, password))
    return await _on(request, person, next_stage(person)) if person else _wrong("wrong")


async def give_factor(request: Request) -> Response:
    """Take a code of the second factor, or a recovery code."""
    desk, _, accounts, _ = _parts(request)
    given, name = field_text(await read_body(request), "code"), _at("factor")
    if not _allowed(request):
        return _wrong("too_many", 429)
    if not await desk.run(lambda: accounts.by_factor(name, given)):
        return _wrong("wrong_code")
    person = _sure(accounts.find(name))
    return await _on(request, person, next_stage(person, "factor"))


async def first_password(request: Request) -> Response:
    """Take a password of one's own in place of the one to start with."""
    desk, _, accounts, _ = _parts(request)
    body, name = await read_body(request), _at("password")
    old, new = field_text(body, "old"), field_text(body, "new")
    if not _allowed(request):
        return _wrong("too_many", 429)
    await desk.run(lambda: accounts.change_password(name, old, new))
    person = _sure(accounts.find(name))
    return await _on(request, person, next_stage(person, "factor"))


async def enrol(request: Request) -> Response:
    """Set the second factor up; answers with the recovery codes, which are shown once."""
    desk, door, accounts, token = _parts(request)
    given, name, held = field_text(await read_body(request), "code"), _at("enrol"), door.held(token)
    if not _allowed(request) or held is None:
        return _wrong("too_many", 429)
    secret = held.secret
    codes = await desk.run(lambda: accounts.enrol(name, secret, given))
    if codes is None:
        return _wrong("wrong_code")
    return await _on(request, _sure(accounts.find(name)), "open", codes=codes)


async def _on(request: Request, person: Person, stage: str, **said: Any) -> Response:  # noqa: ANN401 - JSON
    """Begin the session of the next step, with a token of its own."""
    desk, door, _, token = _parts(request)
    agent = request.headers.get("user-agent", "")
    fresh = await desk.run(lambda: door.enter(person.name, stage, agent, token))
    answer = JSONResponse({"next": home(person.role) if stage == "open" else "/login"} | said)
    request.app.state.site.give(answer, fresh, ABSOLUTE_SECONDS)
    return answer


def _at(stage: str) -> str:
    """Give who is at a step of signing in; steps are not skipped and not repeated."""
    caller = who()
    if caller.stage != stage:
        raise UsageError("this step of signing in is not due; open the page again")
    return caller.name


def _sure(person: Person | None) -> Person:
    if person is None:
        raise UsageError("this account is gone")
    return person


def _allowed(request: Request) -> bool:
    attempts: Attempts = request.app.state.attempts
    allowed = attempts.allow(request.client.host if request.client else "")
    if not allowed:
        LOG.warning("too many attempts to sign in from %s", address(request.scope))
    return allowed


def _wrong(word: str, status: int = 403) -> Response:
    return JSONResponse({"error": word, "message": TEAM_PAGE_WORDS[word]}, status)


ROUTES = (
    Route("/login", login_page),
    Route("/session/password", give_password, methods=["POST"]),
    Route("/session/factor", give_factor, methods=["POST"]),
    Route("/session/change", first_password, methods=["POST"]),
    Route("/session/enrol", enrol, methods=["POST"]),
)
