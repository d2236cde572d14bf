"""Decisions and the audit: one's own history, that of an item, every record, and whether the case verifies.

Supervisors see everybody's; others see their own alone, so that a second opinion stays blind.
"""

import re
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from everyframe.errors import UsageError
from everyframe.people.roles import Right
from everyframe.review.decisions import undo_one
from everyframe.store import decision_history
from everyframe.store.decision_history import Asked
from everyframe.web.bodies import field_op, field_text, read_body
from everyframe.web.caller import who
from everyframe.web.pages import page
from everyframe.web.run_pages import checks_of

if TYPE_CHECKING:
    from everyframe.web.desk import Desk

__all__ = ["ACTIONS", "ROUTES"]

ROWS = 100
OPERATIONS = 50
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: Kinds of records that one can ask for; each stands for itself and for what begins with it and a full stop.
ACTIONS = (
    "assure", "case", "clue", "decide", "exclude", "export", "import", "intake", "look", "match", "note", "opinions",
    "person", "redo", "run", "session", "setting", "settle", "source", "stacks", "tag", "undo", "untag", "view", "vote",
    "warning",
)  # fmt: skip


async def audit_page(request: Request) -> Response:
    """Show the history of decisions and the records of the audit, as far as this person may see them."""
    desk: Desk = request.app.state.desk
    caller, values = who(), request.query_params
    everybody = caller.alone or Right.SUPERVISE in caller.rights
    me = desk.actor
    person = values.get("person", "") if everybody else me
    if values.get("kind", "") and values["kind"] not in ACTIONS:
        raise UsageError(f"there are no such records; there are {', '.join(ACTIONS)}")
    asked = Asked(
        person, values.get("kind", ""), _day(values, "since"), _day(values, "until"), _number(values, "before")
    )
    item, below = _number(values, "item"), _number(values, "below")

    def work() -> dict[str, Any]:
        with desk.case.database.read() as connection:
            done = decision_history.operations(connection, person, below, OPERATIONS + 1)
            records = decision_history.audit_page(connection, asked, ROWS + 1)
            history = decision_history.decisions_of(connection, item, "" if everybody else me) if item else []
            people = decision_history.actors(connection) if everybody else [me]
        return {"done": done, "records": records, "history": history, "people": people} | checks_of(desk)

    found = await desk.run(work)
    more = {
        "below": found["done"][OPERATIONS - 1].last_id if len(found["done"]) > OPERATIONS else 0,
        "before": found["records"][ROWS - 1].seq if len(found["records"]) > ROWS else 0,
    }
    found |= {"done": found["done"][:OPERATIONS], "records": found["records"][:ROWS]}
    names = {c.code: c.name for c in desk.case.scheme.categories}
    own: dict[str, Any] = {
        "everybody": everybody,
        "self_name": me,
        "asked": asked,
        "item": item,
        "below": below,
        "more": more,
        "names": names,
    }
    may = Right.CHECK in caller.rights
    return page("audit.html", here="audit", info=desk.case.info, actions=ACTIONS, may=may, **own, **found)


async def take_one_back(request: Request) -> Response:
    """Undo one decision of one's own, wherever it is in force."""
    desk: Desk = request.app.state.desk
    body = await read_body(request)
    op, target = field_op(body), field_text(body, "target")
    return JSONResponse(await desk.change(lambda: undo_one(desk.case, target, op=op, actor=desk.actor)))


def _day(values: Any, name: str) -> str:  # noqa: ANN401 - a mapping of texts
    text: str = values.get(name, "")
    if text and not DAY.fullmatch(text):
        raise UsageError(f"{name} must be a day, as in 2026-05-17")
    return text


def _number(values: Any, name: str) -> int:  # noqa: ANN401 - a mapping of texts
    text = values.get(name) or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 12):  # noqa: PLR2004 - a number of a row
        raise UsageError(f"{name} must be a whole number")
    return int(text)


ROUTES = (
    Route("/audit", audit_page),
    Route("/api/undo/one", take_one_back, methods=["POST"]),
)
