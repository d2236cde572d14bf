"""The cases that stand beside the one that is served: for a person alone at the machine, as others may not know of them."""

import shlex
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from everyframe.store.case_list import CaseLine, case_lines
from everyframe.web.pages import page

if TYPE_CHECKING:
    from everyframe.web.desk import Desk

__all__ = ["ALONE_ROUTES"]


async def cases_page(request: Request) -> Response:
    """Show the cases of the folder that this one stands in, and how to open each."""
    desk: Desk = request.app.state.desk
    own = desk.case.directory.resolve()

    def work() -> list[tuple[CaseLine, str]]:
        return [(line, shlex.quote(str(own.parent / line.directory))) for line in case_lines(own.parent)]

    folder = shlex.quote(str(own.parent))
    found = await desk.run(work)
    return page("cases.html", here="cases", info=desk.case.info, lines=found, own=own.name, folder=folder)


ALONE_ROUTES = (Route("/cases", cases_page),)
