"""The page of the pace: what is left, how long it takes, whether what is found dries up; and its drawings as files."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from everyframe.store.account import read_account
from everyframe.store.case import Case
from everyframe.triage.drawings import DRAWINGS, Drawing, png, svg
from everyframe.triage.opening import relevant_codes
from everyframe.triage.pace import Pace, read_pace
from everyframe.triage.weights import load_weights
from everyframe.web.bodies import query_ids
from everyframe.web.desk import Desk
from everyframe.web.languages import DRAWINGS_SAY, FINDINGS_SAY, REASONS_SAY
from everyframe.web.pages import page
from everyframe.web.reading import hidden

__all__ = ["ROUTES"]

FILES = {"svg": "image/svg+xml", "png": "image/png"}


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _figures(case: Case, desk: Desk) -> tuple[Pace, dict[str, int]]:
    left = len(desk.order.queue().standing.order)
    codes = relevant_codes(load_weights(), case.scheme.id)
    with case.database.read() as connection:
        pace = read_pace(
            connection, left=left, scheme=case.scheme.id, relevant=codes, actor=desk.actor, unnamed=hidden(connection)
        )
        states = {s.value: t.files for s, t in read_account(connection).states.items()}
    return pace, states


async def pace_page(request: Request) -> Response:
    """Show the pace."""
    desk = _desk(request)

    def work() -> dict[str, Any]:
        pace, states = _figures(desk.case, desk)
        drawn = [(name, lay_out(pace, states, DRAWINGS_SAY)) for name, lay_out in DRAWINGS]
        return {
            "pace": pace,
            "findings": FINDINGS_SAY,
            "drawings": [(name, d.title, svg(d, alone=False)) for name, d in drawn],
        }

    return page("pace.html", here="pace", info=desk.case.info, **await desk.run(work))


async def drawing(request: Request) -> Response:
    """Send one drawing as a file."""
    desk, name, kind = _desk(request), request.path_params["name"], request.path_params["kind"]
    if kind not in FILES or name not in dict(DRAWINGS):
        return JSONResponse({"error": "unknown", "message": "there is no such drawing"}, 404)

    def work() -> bytes:
        laid: Drawing = dict(DRAWINGS)[name](*_figures(desk.case, desk), DRAWINGS_SAY)
        return png(laid) if kind == "png" else svg(laid, alone=True).encode()

    names = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(await desk.run(work), media_type=FILES[kind], headers=names)


async def pace_figures(request: Request) -> Response:
    """Send the figures."""
    desk = _desk(request)

    def work() -> dict[str, Any]:
        pace, states = _figures(desk.case, desk)
        return pace.as_json() | {"states": states}

    return JSONResponse(await desk.run(work))


async def reasons(request: Request) -> Response:
    """Send why some Media have their places, a line each."""
    desk, ids = _desk(request), query_ids(request)
    return JSONResponse({"reasons": await desk.run(lambda: desk.order.reasons(ids, REASONS_SAY))})


ROUTES = (
    Route("/pace", pace_page),
    Route("/pace/{name}.{kind}", drawing),
    Route("/api/pace", pace_figures),
    Route("/api/reasons", reasons),
)
