"""The application that serves one case: to one person at the machine, or to people with accounts."""

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from anyio import to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from everyframe.errors import DecisionError, EveryframeError, QueryError
from everyframe.people.accounts import Accounts
from everyframe.store.case import Case
from everyframe.web import (
    again,
    audit_page,
    cases_page,
    exposure,
    finding,
    live,
    marking,
    me,
    opinions,
    pace_pages,
    pages,
    people_page,
    preferences,
    reading,
    report_page,
    run_pages,
    screens,
    sets_page,
    signing,
    sources_page,
    stacking,
    writing,
)
from everyframe.web.access import Access
from everyframe.web.border import Border, address, plain_path
from everyframe.web.desk import Desk
from everyframe.web.door import Alone, Door, TeamDoor
from everyframe.web.running import Runs
from everyframe.web.sessions import Sessions
from everyframe.web.site import Site
from everyframe.web.viewed import Viewed

__all__ = ["ALONE_ROUTES", "ROUTES", "TEAM_ROUTES", "create_app", "create_team_app"]

LOG = logging.getLogger("everyframe.web")
STATIC = Path(__file__).parent / "static"
ALONE_PATHS = ("/open", "/session")  # the link that works once
#: What is served in any case.
ROUTES: tuple[Route, ...] = (
    *(route for route in pages.ROUTES if route.path not in ALONE_PATHS),
    *screens.ROUTES,
    *reading.ROUTES,
    *finding.ROUTES,
    *writing.ROUTES,
    *stacking.ROUTES,
    *marking.ROUTES,
    *again.ROUTES,
    *preferences.ROUTES,
    *exposure.ROUTES,
    *live.ROUTES,
    *pace_pages.ROUTES,
    *run_pages.ROUTES,
    *sources_page.ROUTES,
    *sets_page.ROUTES,
    *audit_page.ROUTES,
    *report_page.ROUTES,
)
#: What is served to a person alone at the machine, and to people with accounts.
ALONE_ROUTES: tuple[Route, ...] = (
    *(route for route in pages.ROUTES if route.path in ALONE_PATHS),
    *cases_page.ALONE_ROUTES,
)
TEAM_ROUTES: tuple[Route, ...] = (*signing.ROUTES, *me.ROUTES, *people_page.ROUTES, *opinions.ROUTES)


def create_app(
    case: Case, *, actor: str, token: str, port: int, fresh: Callable[[str], None] = lambda _token: None
) -> Starlette:
    """Make the application for a person alone at the machine.

    Args:
        case: what is served.
        actor: who looks and decides, as it stands in the records.
        token: opens the first session, once.
        port: the port it is served at, on this machine only.
        fresh: called with the token that opens the next session, whenever one was used.
    """
    sessions = Sessions(token, fresh)
    app = _app(case, Site.local(port), Alone(sessions, actor), actor, (*ROUTES, *ALONE_ROUTES))
    app.state.sessions = sessions
    return app


def create_team_app(case: Case, *, site: Site, accounts: Accounts | None = None) -> Starlette:
    """Make the application for people with accounts.

    Args:
        case: what is served.
        site: the addresses it is reached at.
        accounts: those of the case, unless others are given.
    """
    app = _app(case, site, TeamDoor(case), "server", (*ROUTES, *TEAM_ROUTES))
    app.state.accounts = accounts or Accounts(case)
    app.state.attempts = signing.Attempts()
    app.state.viewed = Viewed(case)
    return app


def _app(case: Case, site: Site, door: Door, actor: str, routes: Sequence[BaseRoute]) -> Starlette:
    desk = Desk(case, actor)

    @asynccontextmanager
    async def running(_app: Starlette) -> AsyncIterator[None]:
        yield
        app.state.reader.close()
        await to_thread.run_sync(app.state.runs.close)
        desk.order.close()

    app = Starlette(
        lifespan=running,
        routes=[*routes, Mount("/static", StaticFiles(directory=STATIC))],
        middleware=[Middleware(Border, site=site, door=door, access=Access())],
        exception_handlers={EveryframeError: _refused, 404: pages.not_found},
    )
    app.state.desk = desk
    app.state.runs = Runs(desk)
    app.state.viewed = None
    app.state.reader = again.Reader(case, app.state.runs)
    app.state.hub = live.Hub(app.state.desk)
    app.state.site = site
    app.state.door = door
    return app


def _refused(request: Request, error: Exception) -> Response:
    """Answer an error that was raised on purpose; its message is written for the person who reads it."""
    status = 409 if isinstance(error, DecisionError) else 400
    if status == 400 and not isinstance(error, QueryError):  # noqa: PLR2004 - what no page of ours sends
        where = (plain_path(request.url.path), address(request.scope))
        LOG.warning("refused input: %s %s from %s: %s", request.method, *where, type(error).__name__)
    said: dict[str, object] = {"error": "refused", "message": str(error)}
    if isinstance(error, QueryError):
        said |= {"query": error.message, "at": error.at}
    return JSONResponse(said, status)
