"""The application that serves one case to one person."""

from collections.abc import Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from everyframe.errors import DecisionError, EveryframeError, QueryError
from everyframe.store.case import Case
from everyframe.web import finding, marking, pages, reading, screens, writing
from everyframe.web.border import Border
from everyframe.web.desk import Desk
from everyframe.web.sessions import Sessions

__all__ = ["create_app"]

STATIC = Path(__file__).parent / "static"


def create_app(
    case: Case, *, actor: str, token: str, port: int, fresh: Callable[[str], None] = lambda _token: None
) -> Starlette:
    """Make the application.

    Args:
        case: what is served.
        actor: who looks and decides, as it stands in the records.
        token: opens the first session, once.
        port: the port it is served at, on this machine only.
        fresh: called with the token that opens the next session, whenever one was used.
    """
    sessions = Sessions(token, fresh)
    app = Starlette(
        routes=[
            *pages.ROUTES,
            *screens.ROUTES,
            *reading.ROUTES,
            *finding.ROUTES,
            *writing.ROUTES,
            *marking.ROUTES,
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        middleware=[Middleware(Border, port=port, sessions=sessions)],
        exception_handlers={EveryframeError: _refused, 404: pages.not_found},
    )
    app.state.desk = Desk(case, actor)
    app.state.sessions = sessions
    app.state.port = port
    return app


def _refused(_request: Request, error: Exception) -> Response:
    """Answer an error that was raised on purpose; its message is written for the person who reads it."""
    status = 409 if isinstance(error, DecisionError) else 400
    said: dict[str, object] = {"error": "refused", "message": str(error)}
    if isinstance(error, QueryError):
        said |= {"query": error.message, "at": error.at}
    return JSONResponse(said, status)
