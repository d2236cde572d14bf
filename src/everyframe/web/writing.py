"""What the page changes: Looks, decisions, undo and redo; each under an operation id, so that a repeat changes nothing."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from everyframe.errors import DecisionError, SchemeError, UsageError
from everyframe.review.decisions import decide, redo, undo
from everyframe.review.looks import record_looks
from everyframe.review.query import view_of
from everyframe.web.bodies import Json, field_ids, field_list, field_op, field_seen, field_text, read_body, read_look
from everyframe.web.desk import Desk

__all__ = ["ROUTES"]

MOST_LOOKS = 2000
MOST_DECISIONS = 500


async def looks(request: Request) -> Response:
    """Record a batch of Looks."""
    desk: Desk = request.app.state.desk
    body = await read_body(request)
    seen = [read_look(value) for value in field_list(body, "looks", MOST_LOOKS)]
    op = field_op(body)
    return JSONResponse(await desk.change(lambda: record_looks(desk.case, seen, op=op, actor=desk.actor)))


async def decisions(request: Request) -> Response:
    """Carry out decisions in order; each is answered for itself, so that one that is refused holds no other up."""
    desk: Desk = request.app.state.desk
    body = await read_body(request)
    asked = [_asked(desk, value) for value in field_list(body, "decisions", MOST_DECISIONS)]
    return JSONResponse({"answers": [await desk.change(partial(_answered, *one)) for one in asked]})


def _asked(desk: Desk, value: object) -> tuple[str, Callable[[], dict[str, Any]]]:
    if not isinstance(value, dict):
        raise UsageError("a decision must be a JSON object")
    op, code = field_op(value), field_text(value, "code")
    if "list" not in value:
        ids, seen = field_ids(value, "ids"), field_seen(value)
        for_stack = value.get("stack") is True
        return op, lambda: decide(desk.case, code, ids, op=op, actor=desk.actor, for_stack=for_stack, seen=seen)
    return op, partial(_decide_all, desk, value, op, code)


def _decide_all(desk: Desk, value: Json, op: str, code: str) -> dict[str, Any]:
    """Decide on a whole list as it was sent, except for some of it."""
    given = value.get("view")
    fields = given if isinstance(given, dict) else {}
    view = view_of({name: text for name, text in fields.items() if isinstance(text, str)})
    key, left_out = field_text(value, "list"), field_ids(value, "except")
    ids = np.setdiff1d(desk.kept(key), np.asarray(left_out, dtype=np.int32))
    named = view.as_json() | {"list": key, "except": ",".join(map(str, sorted(left_out)))}
    for_stack, seen = value.get("stack") is True, field_seen(value)
    named |= {"stack": "whole"} if for_stack else {}
    return decide(desk.case, code, ids.tolist(), op=op, actor=desk.actor, view=named, for_stack=for_stack, seen=seen)


def _answered(op: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return {"op": op} | work()
    except (DecisionError, SchemeError, UsageError) as error:
        return {"op": op, "error": str(error)}


async def take_back(request: Request) -> Response:
    """Undo the newest decision that stands."""
    desk: Desk = request.app.state.desk
    op = field_op(await read_body(request))
    return JSONResponse(await desk.change(lambda: undo(desk.case, op=op, actor=desk.actor)))


async def bring_back(request: Request) -> Response:
    """Redo the newest undo."""
    desk: Desk = request.app.state.desk
    op = field_op(await read_body(request))
    return JSONResponse(await desk.change(lambda: redo(desk.case, op=op, actor=desk.actor)))


ROUTES = (
    Route("/api/looks", looks, methods=["POST"]),
    Route("/api/decisions", decisions, methods=["POST"]),
    Route("/api/undo", take_back, methods=["POST"]),
    Route("/api/redo", bring_back, methods=["POST"]),
)
