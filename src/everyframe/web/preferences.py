"""The preferences of the person who asks: read and written by whoever is signed in, for themselves only.

The store keeps any name; what the pages themselves read is checked, so that a wrong value is refused where it is set.
"""

import re
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from everyframe.errors import UsageError
from everyframe.people.roles import Right
from everyframe.store import preferences as kept
from everyframe.store.conflicts import newest
from everyframe.store.people import people
from everyframe.web.bodies import read_body
from everyframe.web.caller import who
from everyframe.web.desk import Desk

__all__ = ["DEFAULTS", "ROUTES", "person"]

NAME = re.compile(r"[a-z][a-z0-9.-]{0,63}")
LONGEST_IDLE, LONGEST_BREAK = 15, 240
#: What holds until a person sets something else. Pictures are covered; films are shown as frames, so that nothing sounds or starts.
DEFAULTS: dict[str, Any] = {
    "blur": True,
    "grey": True,
    "idle-minutes": LONGEST_IDLE,
    "break-minutes": 0,
    "single-keys": True,
    "keys": {},
}


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


async def show(request: Request) -> Response:
    """Give the preferences of the person who asks, with the defaults of those that are not set."""
    desk = _desk(request)

    def work() -> dict[str, Any]:
        with desk.case.database.read() as connection:
            return kept.read(connection, desk.actor)

    return JSONResponse({"preferences": DEFAULTS | await desk.run(work), "defaults": DEFAULTS})


async def change(request: Request) -> Response:
    """Set some preferences; ``null`` brings a default back. Answers with all of them."""
    desk = _desk(request)
    changes = checked((await read_body(request)).get("preferences"))

    def work() -> dict[str, Any]:
        with desk.case.database.write() as connection:
            kept.write(connection, desk.actor, changes)
            return kept.read(connection, desk.actor)

    return JSONResponse({"preferences": DEFAULTS | await desk.change(work), "defaults": DEFAULTS})


def person(desk: Desk) -> dict[str, Any]:
    """Give what the review has to know of the person who asks: name, rights, preferences, the newest decision."""
    caller = who()
    with desk.case.database.read() as connection:
        preferences = DEFAULTS | kept.read(connection, desk.actor)
        seen, names = newest(connection), {p.name: p.display for p in people(connection)}
    found = {"name": desk.actor, "alone": caller.alone, "decides": Right.DECIDE in caller.rights, "seen": seen}
    return found | {"preferences": preferences, "names": names}


def checked(value: object) -> dict[str, Any]:
    """Check the preferences that a page sends.

    Raises:
        UsageError: a name or a value is not as it has to be.
    """
    if not isinstance(value, dict):
        raise UsageError("preferences must be a JSON object")
    for name, given in value.items():
        if not NAME.fullmatch(name):
            raise UsageError("the name of a preference is small letters, digits, dots and dashes, at most 64")
        if given is not None and name in CHECKS and not CHECKS[name](given):
            raise UsageError(f"the preference {name} cannot be {given!r}")
    return value


def _truth(value: object) -> bool:
    return isinstance(value, bool)


def _whole(least: int, most: int) -> Callable[[object], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _keys(value: object) -> bool:
    """Hold a key map: the name of an action to the keys that do it."""
    return isinstance(value, dict) and all(
        isinstance(keys, list) and all(isinstance(key, str) and 0 < len(key) <= 40 for key in keys)  # noqa: PLR2004 - longer than any key's name
        for keys in value.values()
    )


CHECKS: dict[str, Callable[[object], bool]] = {
    **dict.fromkeys(("blur", "grey", "single-keys"), _truth),
    "idle-minutes": _whole(1, LONGEST_IDLE),
    "break-minutes": _whole(0, LONGEST_BREAK),
    "keys": _keys,
}

ROUTES = (
    Route("/api/preferences", show),
    Route("/api/preferences", change, methods=["PUT"]),
)
