"""Known sets: what is installed, what it says in this case, what is left out, and matching again."""

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from everyframe.errors import UsageError
from everyframe.known.standing import SetStanding, set_standings
from everyframe.people.roles import Right
from everyframe.store import known_facts, runs
from everyframe.store.runs import StoredRun
from everyframe.store.scheme_files import home
from everyframe.web.bodies import field_text, read_body
from everyframe.web.caller import who
from everyframe.web.pages import page

if TYPE_CHECKING:
    from everyframe.web.desk import Desk

__all__ = ["ROUTES"]

LONGEST_WHY = 2000


async def sets_page(request: Request) -> Response:
    """Show every known set, and how the last matching from here ended."""
    desk: Desk = request.app.state.desk

    def work() -> tuple[list[SetStanding], StoredRun | None]:
        found = set_standings(desk.case, home())
        with desk.case.database.read() as connection:
            return found, runs.last(connection, "match")

    found, last = await desk.run(work)
    rights = who().rights
    may = {"check": Right.CHECK in rights, "lead": Right.LEAD in rights, "see": Right.SEE in rights}
    return page("sets.html", here="sets", info=desk.case.info, sets=found, last=last, may=may)


async def change_set(request: Request) -> Response:
    """Leave a set out of this case, or take that back, with the reason."""
    desk: Desk = request.app.state.desk
    body = await read_body(request)
    named, what, why = field_text(body, "set"), field_text(body, "do"), field_text(body, "why").strip()
    if what not in ("without", "with"):
        raise UsageError("do must be without or with")
    if not why or len(why) > LONGEST_WHY:
        raise UsageError(f"a reason is needed, of at most {LONGEST_WHY} characters")

    def work() -> None:
        with desk.case.database.write() as connection:
            known_facts.choose(connection, named, what, why=why, actor=desk.actor)

    await desk.change(work)
    return JSONResponse({"set": named, "do": what})


ROUTES = (
    Route("/sets", sets_page),
    Route("/api/sets", change_set, methods=["POST"]),
)
