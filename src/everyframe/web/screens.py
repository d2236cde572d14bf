"""The pages of the workbench beside the grid: queue, folders, timeline, places, similar, compare, clues, settings."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from everyframe.errors import UsageError
from everyframe.review.looks import read_rule
from everyframe.store.windows import read_items
from everyframe.web import pages
from everyframe.web.bodies import query_ids
from everyframe.web.desk import Desk

__all__ = ["ROUTES", "SCREENS"]

SCREENS = ("queue", "folders", "timeline", "places", "similar", "clues", "settings")
MOST_COMPARED = 6


async def screen(request: Request) -> Response:
    """Show one of the screens that a script of its own fills."""
    desk: Desk = request.app.state.desk
    name = request.url.path.strip("/")
    return pages.page("screen.html", here=name, info=desk.case.info, setup=await _setup(desk))


async def compare_page(request: Request) -> Response:
    """Show a few pictures side by side."""
    desk: Desk = request.app.state.desk
    ids = list(dict.fromkeys(query_ids(request)))

    def work() -> Sequence[int]:
        with desk.case.database.read() as connection:
            found = {item.id for item in read_items(connection, ids)}
        return [ident for ident in ids if ident in found]

    there = await desk.run(work)
    if not 2 <= len(there) <= MOST_COMPARED:  # noqa: PLR2004 - one picture cannot be compared
        raise UsageError(f"choose 2 to {MOST_COMPARED} pictures to compare")
    setup = await _setup(desk) | {"ids": list(there)}
    return pages.page("compare.html", here="review", info=desk.case.info, setup=setup)


async def _setup(desk: Desk) -> dict[str, Any]:
    def work() -> dict[str, Any]:
        with desk.case.database.read() as connection:
            rule = read_rule(connection)
        return pages.setup_of(desk, rule, [])

    return await desk.run(work)


ROUTES = (*(Route(f"/{name}", screen) for name in SCREENS), Route("/compare", compare_page))
