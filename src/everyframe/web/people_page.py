"""The accounts of a case, for administrators. Nobody can take away their own account by mistake."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from everyframe.errors import UsageError
from everyframe.people.accounts import Accounts
from everyframe.people.roles import ROLES
from everyframe.store import web_sessions
from everyframe.web.bodies import Json, field_text, read_body
from everyframe.web.caller import who
from everyframe.web.desk import Desk
from everyframe.web.signing import team_page

__all__ = ["ROUTES"]


def _parts(request: Request) -> tuple[Desk, Accounts]:
    return request.app.state.desk, request.app.state.accounts


async def people_page(request: Request) -> Response:
    """Show the accounts."""
    desk, accounts = _parts(request)

    def work() -> list[dict[str, Any]]:
        with desk.case.database.read() as connection:
            open_ones = [s.person for s in web_sessions.open_sessions(connection)]
        return [
            {"name": p.name, "display": p.display, "role": p.role, "disabled": p.disabled, "factor": bool(p.secret)}
            | {"created_at": p.created_at, "sessions": open_ones.count(p.name)}
            for p in accounts.all()
        ]

    return team_page("people.html", here="people", info=desk.case.info, people=await desk.run(work), roles=ROLES)


async def change_people(request: Request) -> Response:
    """Add or change an account; a password to start with is in the answer, and nowhere else."""
    desk, accounts = _parts(request)
    body = await read_body(request)
    what = field_text(body, "do")
    if what not in DOES:
        raise UsageError(f"there is nothing called {what!r} to do; there is {', '.join(DOES)}")
    name, actor = field_text(body, "name"), who().name
    if name == actor and what != "add":
        raise UsageError("nobody changes their own account here; another administrator can")
    return JSONResponse(await desk.run(lambda: DOES[what](accounts, name, body, actor)))


def _add(accounts: Accounts, name: str, body: Json, actor: str) -> Json:
    role, display = field_text(body, "role"), field_text(body, "display")
    return {"password": accounts.add(name, role, display=display[:200], actor=actor)}


def _role(accounts: Accounts, name: str, body: Json, actor: str) -> Json:
    accounts.set_role(name, field_text(body, "role"), actor=actor)
    return {}


def _disable(accounts: Accounts, name: str, _body: Json, actor: str) -> Json:
    accounts.disable(name, disabled=True, actor=actor)
    return {}


def _enable(accounts: Accounts, name: str, _body: Json, actor: str) -> Json:
    accounts.disable(name, disabled=False, actor=actor)
    return {}


def _reset(accounts: Accounts, name: str, body: Json, actor: str) -> Json:
    return {"password": accounts.reset(name, actor=actor, factor=body.get("factor") is True)}


def _sign_out(accounts: Accounts, name: str, _body: Json, actor: str) -> Json:
    return {"ended": accounts.sign_out(name, actor=actor)}


DOES: dict[str, Callable[[Accounts, str, Json, str], Json]] = {
    "add": _add,
    "role": _role,
    "disable": _disable,
    "enable": _enable,
    "reset": _reset,
    "sign-out": _sign_out,
}

ROUTES = (
    Route("/people", people_page),
    Route("/api/people", change_people, methods=["POST"]),
)
