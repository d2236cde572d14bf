"""Sources and intake: what was taken in and from where, what runs now, and beginning another."""

import shlex
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from everyframe.people.roles import Right
from everyframe.store import source_detail
from everyframe.web.caller import who
from everyframe.web.pages import page

if TYPE_CHECKING:
    from everyframe.web.desk import Desk

__all__ = ["ROUTES"]

RUNS_SHOWN = 20


async def sources_page(request: Request) -> Response:
    """Show the sources of each exhibit, the runs of intake, and how to add a source."""
    desk: Desk = request.app.state.desk

    def work() -> dict[str, Any]:
        with desk.case.database.read() as connection:
            details = source_detail.source_details(connection)
            past = source_detail.intake_runs(connection, RUNS_SHOWN)
        exhibits: dict[str, list[source_detail.SourceDetail]] = {}
        for one in details:
            exhibits.setdefault(one.reference, []).append(one)
        return {"exhibits": exhibits, "past": past}

    rights = who().rights
    may = {"check": Right.CHECK in rights, "take_in": Right.TAKE_IN in rights, "see": Right.SEE in rights}
    directory = shlex.quote(str(desk.case.directory.resolve()))
    found = await desk.run(work)
    return page("sources.html", here="sources", info=desk.case.info, may=may, directory=directory, **found)


ROUTES = (Route("/sources", sources_page),)
