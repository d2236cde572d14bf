"""Splitting and merging stacks from the screen: the decision is committed first, then the stacks are folded anew."""

import threading
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from everyframe.errors import CaseInUse
from everyframe.grouping.by_person import decide_stacks
from everyframe.grouping.stacking import stack_case
from everyframe.web.bodies import field_ids, field_op, field_text, read_body
from everyframe.web.desk import Desk

__all__ = ["ROUTES"]

_folding = threading.Lock()


async def stacks(request: Request) -> Response:
    """Split, merge, or take one's newest of these back; ``folded`` says whether the stacks show it already."""
    desk: Desk = request.app.state.desk
    body = await read_body(request)
    op, kind, ids = field_op(body), field_text(body, "kind"), field_ids(body, "ids")
    answer = await desk.change(lambda: decide_stacks(desk.case, kind, ids, op=op, actor=desk.actor, own=True))
    return JSONResponse(answer | await desk.run(lambda: _fold(desk)))


def _fold(desk: Desk) -> dict[str, Any]:
    """Fold outside the transaction of the decision: what is not committed yet, no other connection sees.

    While intake or matching holds its seat the stacks stay as they are; intake folds at its end.
    """
    with _folding:
        try:
            with desk.case.seat("intake", purpose="stacking"):
                found = stack_case(desk.case, actor=desk.actor)
        except CaseInUse:
            return {"folded": False}
    return {"folded": True, "stacks": found.stacks, "members": found.members, "contradictions": found.contradictions}


ROUTES = (Route("/api/stacks", stacks, methods=["POST"]),)
