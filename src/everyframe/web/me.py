"""A person's own account: password, recovery codes, the sessions that are open. Each change asks for the password again."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from everyframe.errors import UsageError
from everyframe.people.accounts import Accounts
from everyframe.store import web_sessions
from everyframe.store.people_schema import web_session
from everyframe.web.bodies import Json, field_text, read_body
from everyframe.web.caller import who
from everyframe.web.desk import Desk
from everyframe.web.door import TeamDoor
from everyframe.web.sessions import ABSOLUTE_SECONDS
from everyframe.web.signing import team_page

__all__ = ["ROUTES"]


def _parts(request: Request) -> tuple[Desk, TeamDoor, Accounts]:
    state = request.app.state
    return state.desk, state.door, state.accounts


async def my_page(request: Request) -> Response:
    """Show a person's own account."""
    return team_page("me.html", here="me", info=request.app.state.desk.case.info)


async def my_sessions(request: Request) -> Response:
    """Send the open sessions of the person who asks."""
    desk, door, _ = _parts(request)
    caller = who()

    def work() -> list[web_sessions.Session]:
        with desk.case.database.read() as connection:
            return web_sessions.open_sessions(connection, caller.name)

    idle = door.idle_seconds()
    rows = [
        {"id": s.id, "opened_at": s.opened_at, "agent": s.agent, "here": s.id == caller.session}
        | {"idle_seconds": round(idle.get(s.id, 0))}
        for s in await desk.run(work)
    ]
    return JSONResponse({"sessions": rows})


async def end_sessions(request: Request) -> Response:
    """End one of one's own sessions, or all but this one."""
    desk, _, _ = _parts(request)
    body, caller = await _shown(request), who()
    which = body.get("id")
    if which != "others" and (not isinstance(which, int) or isinstance(which, bool)):
        raise UsageError("id must be the number of a session, or others")
    s = web_session.c
    one = s.id != caller.session if which == "others" else s.id == which

    def work() -> int:
        with desk.case.database.write() as connection:
            return web_sessions.end(connection, caller.name, "ended by the person", s.person == caller.name, one)

    return JSONResponse({"ended": await desk.change(work)})


async def new_password(request: Request) -> Response:
    """Change one's own password; every other session ends, and this one gets another token."""
    desk, door, accounts = _parts(request)
    body, caller = await read_body(request), who()
    old, new = field_text(body, "old"), field_text(body, "new")
    token = request.cookies.get(request.app.state.site.cookie, "")

    def work() -> str:
        accounts.change_password(caller.name, old, new)
        accounts.sign_out(caller.name, actor=caller.name)
        return door.enter(caller.name, "open", request.headers.get("user-agent", ""), token)

    answer = JSONResponse({"changed": True})
    request.app.state.site.give(answer, await desk.run(work), ABSOLUTE_SECONDS)
    return answer


async def new_codes(request: Request) -> Response:
    """Give new recovery codes; they are shown once, and the old ones count no longer."""
    desk, _, accounts = _parts(request)
    await _shown(request)
    name = who().name
    return JSONResponse({"codes": await desk.run(lambda: accounts.new_codes(name))})


async def _shown(request: Request) -> Json:
    """Read a body that has to bring the person's password."""
    desk, _, accounts = _parts(request)
    body: dict[str, Any] = await read_body(request)
    password, name = field_text(body, "password"), who().name
    if await desk.run(lambda: accounts.by_password(name, password)) is None:
        raise UsageError("the password is wrong")
    return body


ROUTES = (
    Route("/me", my_page),
    Route("/api/me/sessions", my_sessions),
    Route("/api/me/sessions/end", end_sessions, methods=["POST"]),
    Route("/api/me/password", new_password, methods=["POST"]),
    Route("/api/me/codes", new_codes, methods=["POST"]),
)
