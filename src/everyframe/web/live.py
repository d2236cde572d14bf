"""What others decide, as it happens: server-sent events, resumable, read from the case itself.

One task asks the case a few times a second whether there is a newer decision, while anybody listens. Each stream then reads on
from where it stood, so that it holds nothing in memory, and another process's decisions arrive as well. The id of an event is
the number of the last decision it tells of; a browser that lost the connection says where it stood (``Last-Event-ID``).
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import asdict
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from everyframe.errors import UsageError
from everyframe.review.leases import leases, release, take
from everyframe.review.second import hidden_categories
from everyframe.store import conflicts
from everyframe.store.case import Case
from everyframe.store.decided_since import MOST_IDS, Happened, decided_since
from everyframe.store.people import people
from everyframe.web.bodies import field_text, read_body
from everyframe.web.caller import Caller, who
from everyframe.web.desk import Desk

__all__ = ["BEHIND", "MOST_STREAMS", "ROUTES", "Hub", "standing_now"]

POLL_SECONDS = 0.25
HEARTBEAT_SECONDS = 10.0
MOST_STREAMS = 64
MOST_OF_ONE = 8
BATCH = 50
BEHIND = 20_000  # decisions; whoever is further behind is told to read the view again


class Hub:
    """Wake streams when there is a newer decision.

    Args:
        desk: whose case.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._streams: Counter[str] = Counter()
        self._task: asyncio.Task[None] | None = None
        self._changed = asyncio.Condition()
        self._newest = 0

    def room(self, name: str) -> bool:
        """Tell whether one more stream can be opened for a person."""
        return self._streams.total() < MOST_STREAMS and self._streams[name] < MOST_OF_ONE

    async def follow(self, name: str, after: int) -> AsyncIterator[int]:
        """Give the number of the newest decision whenever it is above the last one given, and 0 as a sign of life."""
        self._streams[name] += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())
        try:
            at = after
            while True:
                number = await self._next(at)
                yield number
                at = max(at, number)
        finally:
            self._streams[name] -= 1
            self._streams += Counter()  # forgets those with none
            if not self._streams and self._task is not None:
                self._task.cancel()
                self._task = None

    async def _next(self, at: int) -> int:
        async with self._changed:
            try:
                await asyncio.wait_for(self._changed.wait_for(lambda: self._newest > at), HEARTBEAT_SECONDS)
            except TimeoutError:
                return 0
            return self._newest

    async def _watch(self) -> None:
        while True:
            newest = await self._desk.run(self._read)
            if newest > self._newest:
                async with self._changed:
                    self._newest = newest
                    self._changed.notify_all()
            await asyncio.sleep(POLL_SECONDS)

    def _read(self) -> int:
        with self._desk.case.database.read() as connection:
            return conflicts.newest(connection)


async def live(request: Request) -> Response:
    """Send decisions as they happen, from the one after ``Last-Event-ID`` or ``after`` on."""
    asked = request.headers.get("last-event-id") or request.query_params.get("after", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 12):  # noqa: PLR2004 - a number of a row
        raise UsageError("after must be the number of a decision")
    hub: Hub = request.app.state.hub
    caller = who()
    if not hub.room(caller.name):
        return JSONResponse({"error": "streams", "message": "too many pages are open; close some"}, 503)
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(_events(request, hub, caller, int(asked)), media_type="text/event-stream", headers=headers)


async def _events(request: Request, hub: Hub, caller: Caller, after: int) -> AsyncIterator[str]:
    desk: Desk = request.app.state.desk
    token, door = request.cookies.get(request.app.state.site.cookie, ""), request.app.state.door
    yield f": {caller.name}\nretry: 1000\n\n"
    async for newest in hub.follow(caller.name, after):
        if door.caller(token, active=False) is None:
            return
        if not newest:
            yield ": here\n\n"
            continue
        if newest - after > BEHIND:
            after = newest
            yield f"id: {after}\nevent: reset\ndata: {{}}\n\n"
        while after < newest:
            happened, seen_by = await desk.run(partial(_read, desk, after, caller))
            if not happened:
                break
            yield "".join(_event(one, seen_by, desk.case) for one in happened)
            after = happened[-1].id


def _read(desk: Desk, after: int, caller: Caller) -> tuple[list[Happened], dict[str, Any]]:
    with desk.case.database.read() as connection:
        found = decided_since(connection, after, BATCH)
        names = {p.name: p.display for p in people(connection)}
        return found, {
            "names": names,
            "hidden": hidden_categories(connection, caller.name, caller.role),
            "me": caller.name,
        }


def _event(one: Happened, seen_by: dict[str, Any], case: Case) -> str:
    """Write an event; a category on which this person may still be asked for their own opinion is not named."""
    shown = [
        [media, scheme, code]
        for media, scheme, code in one.rows
        if one.actor == seen_by["me"] or (scheme, code) not in seen_by["hidden"]
    ]
    body = {"op": one.op, "kind": one.kind, "actor": one.actor, "name": seen_by["names"].get(one.actor, one.actor)}
    body |= {"at": one.at, "count": one.count, "rows": shown, "whole": one.count <= MOST_IDS, "case": case.info.number}
    return f"id: {one.id}\nevent: decision\ndata: {json.dumps(body)}\n\n"


def standing_now(desk: Desk) -> int:
    """Give the number of the newest decision."""
    with desk.case.database.read() as connection:
        return conflicts.newest(connection)


async def show_leases(request: Request) -> Response:
    """Send the leases that stand."""
    desk: Desk = request.app.state.desk
    return JSONResponse({"leases": [asdict(one) for one in await desk.run(lambda: leases(desk.case))]})


async def change_lease(request: Request) -> Response:
    """Take, renew or give back a group. Somebody else's lease is answered with 409 and who holds it."""
    desk: Desk = request.app.state.desk
    body = await read_body(request)
    group, what, actor = field_text(body, "group"), field_text(body, "do"), who().name or desk.actor
    if what == "release":
        return JSONResponse({"released": await desk.change(lambda: release(desk.case, group, actor=actor))})
    if what != "take":
        raise UsageError("do must be take or release")
    held = await desk.change(lambda: take(desk.case, group, actor=actor))
    return JSONResponse({"lease": asdict(held)}, 200 if held.person == actor else 409)


ROUTES = (
    Route("/api/live", live),
    Route("/api/leases", show_leases),
    Route("/api/leases", change_lease, methods=["POST"]),
)
