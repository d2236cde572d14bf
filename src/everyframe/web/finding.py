"""What the page reads to find things: queries and their facets, folders, times, places, the queue, clues."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from everyframe.errors import QueryError, UsageError
from everyframe.model.query import Box
from everyframe.review.leases import leases
from everyframe.review.query import chips, parse, view_of
from everyframe.review.queue import GATHERINGS, Queued, kind_of, next_group, queue
from everyframe.store import folders, places, timeline
from everyframe.store.clues import KINDS, clue_crop, clue_totals, read_clues
from everyframe.store.columns import Ids
from everyframe.store.facets import count_facets
from everyframe.store.leases import Lease
from everyframe.store.orders import read_order
from everyframe.store.remarks import tag_totals
from everyframe.store.saved_views import kept_views
from everyframe.triage.pace import Worker, lately
from everyframe.web.desk import Desk
from everyframe.web.reading import hidden, told, viewed_of

__all__ = ["ROUTES"]

MOST_GROUPS = 300
DEGREES = re.compile(r"-?\d{1,3}(\.\d+)?(e-\d+)?")
STEPS = (0.0001, 30.0)


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


async def query(request: Request) -> Response:
    """Read a query: its parts, or what is wrong with it and where."""
    text = request.query_params.get("q", "")
    try:
        parse(text)
        parts = [text[start:end] for start, end in chips(text)]
    except QueryError as error:
        return JSONResponse({"error": error.message, "at": error.at})
    return JSONResponse({"chips": parts})


async def facets(request: Request) -> Response:
    """Send how many Media of a list that was sent have each value of a field."""
    desk, key = _desk(request), request.query_params.get("list", "")

    def work() -> dict[str, list[tuple[str, int]]]:
        with desk.case.database.read() as connection:
            return count_facets(connection, desk.kept(key))

    return JSONResponse({"facets": await desk.run(work)})


async def views(request: Request) -> Response:
    """Send the views that this person keeps, and the tags in use."""
    desk = _desk(request)

    def work() -> dict[str, Any]:
        with desk.case.database.read() as connection:
            return {"views": kept_views(connection, desk.actor), "tags": tag_totals(connection)}

    return JSONResponse(await desk.run(work))


async def folder_list(request: Request) -> Response:
    """Send the folders directly below one."""
    desk, asked = _desk(request), request.query_params

    def work() -> list[dict[str, Any]]:
        with desk.case.database.read() as connection:
            found = folders.read_folders(
                connection, asked.get("exhibit", ""), asked.get("path", ""), hidden(connection)
            )
        return [asdict(folder) for folder in found]

    return JSONResponse({"folders": await desk.run(work)})


async def times(request: Request) -> Response:
    """Send the clocks of a view, and its bars by one of them."""
    desk, asked = _desk(request), request.query_params
    unit = asked.get("unit") or "month"
    if unit not in timeline.UNITS:
        raise UsageError(f"a bar is a {', '.join(timeline.UNITS)}")

    def work() -> dict[str, Any]:
        ids = _ids(desk, asked)
        with desk.case.database.read() as connection:
            clocks = timeline.clocks(connection, ids)
            clock = asked.get("clock") or (clocks[0].name if clocks else "modified")
            bars = timeline.bars(connection, ids, clock, unit)
        named = [asdict(c) for c in clocks]
        return {"clock": clock, "clocks": named, "media": len(ids), "bars": [[b.label, b.media] for b in bars]}

    return JSONResponse(await desk.run(work))


async def place_list(request: Request) -> Response:
    """Send the places of a view inside a box, gathered in squares."""
    desk, asked = _desk(request), request.query_params
    south, west, north, east, step = (_degrees(asked, name) for name in ("south", "west", "north", "east", "step"))

    def work() -> dict[str, Any]:
        ids = _ids(desk, asked)
        square = min(max(step, STEPS[0]), STEPS[1])
        with desk.case.database.read() as connection:
            inside, found = places.clusters(connection, ids, Box(south, west, north, east), square)
        return {"media": inside, "clusters": [asdict(c) for c in found]}

    return JSONResponse(await desk.run(work))


async def queue_list(request: Request) -> Response:
    """Send the queue, what is left, and how fast this person has looked."""
    desk = _desk(request)
    by = _gathering(request.query_params.get("by", ""))

    def work() -> dict[str, Any]:
        queued, pace = _queue(desk, by)
        held = {one.name: one for one in leases(desk.case)}
        return {
            "by": by,
            "groups": [_queued(desk, q, held) for q in islice(queued, MOST_GROUPS)],
            "total": len(queued),
            "open": sum(q.group.unseen > 0 for q in queued),
            "unseen": sum(q.group.unseen for q in queued),
            "per_hour": pace.per_hour,
        }

    return JSONResponse(await desk.run(work))


async def queue_next(request: Request) -> Response:
    """Send the next group with something unseen, or the previous one, of the kind that the query names."""
    desk, asked = _desk(request), request.query_params
    text = asked.get("q", "")
    by = _gathering(asked.get("by", "") or kind_of(text))

    def work() -> dict[str, Any] | None:
        queued, _ = _queue(desk, by)
        held = {one.name: one for one in leases(desk.case)}
        taken = [name for name, one in held.items() if one.person != desk.actor]
        found = next_group(queued, text, -1 if asked.get("step") == "-1" else 1, taken)
        return _queued(desk, found, held) if found else None

    return JSONResponse({"group": await desk.run(work)})


async def clue_list(request: Request) -> Response:
    """Send clues: all, of one kind, or with some letters in their words."""
    desk, asked = _desk(request), request.query_params
    kind, after = asked.get("kind", ""), asked.get("after", "0")
    if (kind and kind not in KINDS) or not (after.isascii() and after.isdigit()):
        raise UsageError("there are no such clues")

    def work() -> dict[str, Any]:
        with desk.case.database.read() as connection:
            found = read_clues(connection, kind=kind, text=asked.get("text", ""), after=int(after))
            return {"clues": found, "totals": clue_totals(connection)}

    return JSONResponse(await desk.run(work))


async def crop(request: Request) -> Response:
    """Send the crop of a clue; it is cut from a picture at full size, so that its view is recorded as one."""
    desk, ident = _desk(request), request.path_params["clue"]

    def work() -> bytes:
        with desk.case.database.read() as connection:
            media_id, found = clue_crop(connection, ident)
        if found and (viewed := viewed_of(request)):
            viewed.record(desk.actor, media_id, "clue", ident)
        return found

    data = await desk.run(work)
    if not data:
        return JSONResponse({"error": "unknown", "message": "there is none with this number"}, 404)
    return Response(data, media_type="image/jpeg")


def _ids(desk: Desk, asked: Mapping[str, str]) -> Ids:
    with desk.case.database.read() as connection:
        view = told(connection, view_of(asked))
        return read_order(connection, view, desk.case.scheme.id, desk.codes).ids


def _degrees(asked: Mapping[str, str], name: str) -> float:
    text = asked.get(name, "")
    if not DEGREES.fullmatch(text):
        raise UsageError(f"{name} must be a number of degrees")
    return float(text)


def _gathering(text: str) -> str:
    if text and text not in GATHERINGS:
        raise UsageError(f"a queue goes by {', '.join(GATHERINGS)}")
    return text or next(iter(GATHERINGS))


def _queue(desk: Desk, by: str) -> tuple[list[Queued], Worker]:
    with desk.case.database.read() as connection:
        return queue(GATHERINGS[by](connection, hidden(connection))), lately(connection, desk.actor)


def _queued(desk: Desk, found: Queued, held: Mapping[str, Lease]) -> dict[str, Any]:
    """Give a group with the lease that somebody else has of it."""
    lease = held.get(found.lease)
    theirs = asdict(lease) if lease and lease.person != desk.actor else None
    return asdict(found.group) | {"query": found.query, "reason": found.reason, "lease": found.lease, "held": theirs}


ROUTES = (
    Route("/api/query", query),
    Route("/api/facets", facets),
    Route("/api/views", views),
    Route("/api/folders", folder_list),
    Route("/api/timeline", times),
    Route("/api/places", place_list),
    Route("/api/queue", queue_list),
    Route("/api/queue/next", queue_next),
    Route("/api/clues", clue_list),
    Route("/api/clues/{clue:int}/crop", crop),
)
