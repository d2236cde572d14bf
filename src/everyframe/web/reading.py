"""What the page reads: orders, cells, previews, one Media in full, figures. Nothing here changes anything."""

import json
import struct
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from everyframe.errors import VerificationError
from everyframe.model.states import MediaKind
from everyframe.review.query import view_of
from everyframe.review.second import blind
from everyframe.store import seat
from everyframe.store.media_detail import read_media, read_tags
from everyframe.store.orders import as_told, newer, read_order
from everyframe.store.packs import Place
from everyframe.store.progress import read_progress
from everyframe.store.views import MADE, View
from everyframe.store.windows import preview_place, preview_places, read_items
from everyframe.web.bodies import query_ids
from everyframe.web.caller import who
from everyframe.web.desk import Desk
from everyframe.web.viewed import Viewed

__all__ = ["ROUTES", "hidden", "told", "viewed_of"]

MISSING, BROKEN = 1, 2
BINARY = "application/octet-stream"


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def hidden(connection: Connection) -> list[int]:
    """Give the Media whose category the person who asks is not shown."""
    caller = who()
    return blind(connection, caller.name, caller.role)


def told(connection: Connection, view: View) -> View:
    """Give a view as the person who asks may see it: what they are asked about blind counts as undecided."""
    return replace(view, unnamed=tuple(hidden(connection)))


def viewed_of(request: Request) -> Viewed | None:
    """Give what records views, where people have accounts."""
    viewed: Viewed | None = request.app.state.viewed
    return viewed


async def order(request: Request) -> Response:
    """Send the order of a view: length of a JSON head (uint32), the head, ids (int32), states (uint8)."""
    desk, view = _desk(request), view_of(request.query_params)
    return Response(await desk.run(lambda: _order(desk, view)), media_type=BINARY)


def _order(desk: Desk, view: View) -> bytes:
    with desk.case.database.read() as connection:
        found = read_order(connection, told(connection, view), desk.case.scheme.id, desk.codes)
    if view.order in MADE:
        found = desk.order.arranged(found, view.order)
    head = json.dumps({"list": desk.keep(found), "count": len(found.ids), "newest": found.newest}).encode()
    head += b" " * (-len(head) % 4)
    return struct.pack("<I", len(head)) + head + found.ids.astype("<i4").tobytes() + found.states.tobytes()


async def items(request: Request) -> Response:
    """Send the facts of some cells."""
    desk, ids = _desk(request), query_ids(request)

    def work() -> list[dict[str, Any]]:
        with desk.case.database.read() as connection:
            found, unnamed = read_items(connection, ids), set(hidden(connection))
        found = [replace(i, scheme="", code="") if i.id in unnamed else i for i in found]
        return [asdict(i) | {"several": i.kind == MediaKind.VIDEO or i.frames > 1} for i in found]

    return JSONResponse({"items": await desk.run(work)})


async def previews(request: Request) -> Response:
    """Send grid previews in one piece: their number (uint32), then id, length and flags of each, then the JPEGs."""
    desk, ids = _desk(request), query_ids(request)
    return Response(await desk.run(lambda: _strip(desk, ids)), media_type=BINARY)


def _strip(desk: Desk, ids: Sequence[int]) -> bytes:
    with desk.case.database.read() as connection:
        places = preview_places(connection, ids)
    found = [(ident, *_payload(desk, places.get(ident))) for ident in ids]
    head = b"".join(struct.pack("<III", ident, len(data), flags) for ident, data, flags in found)
    return struct.pack("<I", len(found)) + head + b"".join(data for _, data, _ in found)


def _payload(desk: Desk, place: Place | None) -> tuple[bytes, int]:
    if place is None:
        return b"", MISSING
    try:
        return desk.case.previews.read(place), 0
    except VerificationError:
        return b"", BROKEN


async def media(request: Request) -> Response:
    """Send everything that is stored of one Media."""
    desk, ident = _desk(request), request.path_params["media"]

    def work() -> dict[str, Any] | None:
        with desk.case.database.read() as connection:
            found = read_media(connection, ident)
            if found and ident in hidden(connection):
                found["decisions"] = {"total": 0, "rows": []}
            return found

    found = await desk.run(work)
    return JSONResponse(found) if found else _none()


async def tags(request: Request) -> Response:
    """Send every tag of one Media as its reader gave it."""
    desk, ident = _desk(request), request.path_params["media"]

    def work() -> Any:  # noqa: ANN401 - whatever the reader gave
        with desk.case.database.read() as connection:
            return read_tags(connection, ident)

    return JSONResponse({"tags": await desk.run(work)})


async def rendition(request: Request) -> Response:
    """Send one re-encoded preview; originals are never sent."""
    desk, at = _desk(request), request.path_params
    viewed = viewed_of(request)

    def work() -> bytes:
        with desk.case.database.read() as connection:
            place = preview_place(connection, at["media"], at["role"], at["ordinal"])
        if viewed and place and at["role"] != "grid":
            viewed.record(desk.actor, at["media"], at["role"], at["ordinal"])
        return _payload(desk, place)[0]

    data = await desk.run(work)
    return Response(data, media_type="image/jpeg") if data else _none()


async def view_counts(request: Request) -> Response:
    """Send how many Media each view has."""
    desk, exhibit = _desk(request), request.query_params.get("exhibit", "")

    def work() -> dict[str, int]:
        found = desk.counts(exhibit)
        with desk.case.database.read() as connection:
            return as_told(connection, found, told(connection, View(exhibit=exhibit)), desk.case.scheme.id, desk.codes)

    return JSONResponse(await desk.run(work))


async def progress(request: Request) -> Response:
    """Send how far intake has got, and how many Media of a view came after its order was read."""
    desk, after = _desk(request), request.query_params.get("after", "")
    view = view_of(request.query_params) if after.isdigit() else None

    def work() -> dict[str, Any]:
        with desk.case.database.read() as connection:
            found = asdict(read_progress(connection))
            new = newer(connection, told(connection, view), desk.case.scheme.id, int(after)) if view else 0
        return found | {"new": new, "intake": seat.holder(desk.case.directory, "intake")}

    return JSONResponse(await desk.run(work))


async def account(request: Request) -> Response:
    """Send the account."""
    desk = _desk(request)
    return JSONResponse(await desk.run(desk.account.read))


def _none() -> Response:
    return JSONResponse({"error": "unknown", "message": "there is none with this number"}, 404)


ROUTES = (
    Route("/api/order", order),
    Route("/api/items", items),
    Route("/api/previews", previews),
    Route("/api/media/{media:int}", media),
    Route("/api/media/{media:int}/tags", tags),
    Route("/api/media/{media:int}/rendition/{role}/{ordinal:int}", rendition),
    Route("/api/counts", view_counts),
    Route("/api/progress", progress),
    Route("/api/account", account),
)
