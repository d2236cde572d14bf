"""The pages: the case, the review, the warnings, the keys, and the way in."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from everyframe.errors import UsageError
from everyframe.model.warning import WarningCode
from everyframe.review.again import manners_of
from everyframe.review.looks import read_rule
from everyframe.review.query import FIELDS, view_of
from everyframe.review.rule import LookRule
from everyframe.store import acceptances, retries
from everyframe.store.clues import KINDS
from everyframe.store.progress import exhibit_sources
from everyframe.store.views import ORDERS, SHOWS
from everyframe.store.warnings import StoredWarning, read_warnings, totals
from everyframe.web import figures
from everyframe.web.bodies import field_text, read_body
from everyframe.web.caller import who
from everyframe.web.desk import Desk
from everyframe.web.languages import (
    PAGE_WORDS,
    SHOW_PAGE_WORDS,
    STATES,
    TEAM_PAGE_WORDS,
    WARNINGS_SAY,
    Words,
    language,
    script_words,
    translated,
)
from everyframe.web.preferences import person
from everyframe.web.sessions import ABSOLUTE_SECONDS

__all__ = ["ROUTES", "not_found", "page", "setup_of"]

PAGE_ROWS = 200


class _Templates(Environment):
    """Find words by their names first: a word may be called like something that every mapping has, as ``keys`` is."""

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 - whatever templates are given
        if isinstance(obj, Words) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)


TEMPLATES = _Templates(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.globals |= {
    "w": PAGE_WORDS,
    "t": TEAM_PAGE_WORDS,
    "who": who,
    "states": STATES,
    "show_words": SHOW_PAGE_WORDS,
    "language": language,
    "script_words": script_words,
    "amount": figures.amount,
    "size": figures.size,
    "percent": figures.percent,
    "parts": figures.parts,
    "number": figures.number,
    "percent_of": figures.percent_of,
    "hours": figures.hours,
}


def page(name: str, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401 - what the template shows
    """Show a template with some values, in the language of the request."""
    return HTMLResponse(TEMPLATES.get_template(name).render(**values), status)


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


async def case_page(request: Request) -> Response:
    """Show the case: the account, the exhibits, what is left."""
    desk = _desk(request)

    def work() -> dict[str, Any]:
        account = desk.account.read()
        with desk.case.database.read() as connection:
            return {"account": account, "sources": exhibit_sources(connection), "warnings": totals(connection)}

    return page("case.html", here="case", info=desk.case.info, scheme=desk.case.scheme, **await desk.run(work))


async def review_page(request: Request) -> Response:
    """Show the grid of a view."""
    desk, view = _desk(request), view_of(request.query_params)

    def work() -> dict[str, Any]:
        with desk.case.database.read() as connection:
            references = {row["reference"]: None for row in exhibit_sources(connection)}
            rule = read_rule(connection)
        return setup_of(desk, rule, list(references))

    return page("review.html", here="review", info=desk.case.info, view=view, setup=await desk.run(work))


def setup_of(desk: Desk, rule: LookRule, references: Sequence[str]) -> dict[str, Any]:
    """Give what the scripts of a page need to know of the case, and of the person who asks."""
    scheme = desk.case.scheme
    return {
        "scheme": scheme.id,
        "categories": [{"code": c.code, "name": c.name, "key": c.key} for c in scheme.categories],
        "rule": {"min_ms": rule.min_ms, "per_picture_ms": rule.per_picture_ms, "min_side": rule.min_side},
        "shows": [[name, translated("show", name)] for name in SHOWS],
        "orders": [[name, translated("show", name)] for name in ORDERS],
        "exhibits": references,
        "clues": list(KINDS),
        "fields": [{"name": f.name, "takes": f.takes, "choices": f.choices} for f in FIELDS],
        "person": person(desk),
    }


async def warnings_page(request: Request) -> Response:
    """Show Warnings, a page at a time."""
    desk, asked = _desk(request), request.query_params
    code, after = asked.get("code", ""), asked.get("after", "0")
    if (code and code not in list(WarningCode)) or not (after.isascii() and after.isdigit()):
        raise UsageError("there are no such warnings")

    def work() -> tuple[list[StoredWarning], dict[str, Any]]:
        with desk.case.database.read() as connection:
            found = read_warnings(connection, code=code, after=int(after), limit=PAGE_ROWS + 1)
            rows = list(islice(found, PAGE_ROWS + 1))
            ids = [row.id for row in rows]
            told = retries.told(connection, ids)
            said = {
                "totals": totals(connection),
                "accepted": acceptances.accepted(connection, ids),
                "manners": manners_of(connection, ids),
                "told": {i: told.get(i, []) for i in ids},
                "waits": {i: any(not t.outcome for t in told.get(i, [])) for i in ids},
            }
        return rows, said | {"busy": request.app.state.reader.hindered}

    rows, said = await desk.run(work)
    more = rows[PAGE_ROWS - 1].id if len(rows) > PAGE_ROWS else 0
    return page(
        "warnings.html",
        here="warnings",
        info=desk.case.info,
        meanings=WARNINGS_SAY,
        rows=rows[:PAGE_ROWS],
        code=code,
        after=int(after),
        more=more,
        **said,
    )


async def help_page(request: Request) -> Response:
    """Show the keys, and the rule of looking with the numbers of this case."""
    desk = _desk(request)

    def work() -> tuple[LookRule, dict[str, Any]]:
        with desk.case.database.read() as connection:
            rule = read_rule(connection)
        return rule, setup_of(desk, rule, [])

    rule, setup = await desk.run(work)
    says = PAGE_WORDS["rule_says"].format(side=rule.min_side, ms=rule.min_ms, per=rule.per_picture_ms)
    return page("help.html", here="help", info=desk.case.info, scheme=desk.case.scheme, rule=says, setup=setup)


async def open_page(_request: Request) -> Response:
    """Show the page that hands the link's token over; the token itself never reaches a log, being behind the ``#``."""
    return page("open.html", here="")


async def locked_page(request: Request) -> Response:
    """Show that the case is locked."""
    if request.app.state.door.entry != "/locked":
        return RedirectResponse(request.app.state.door.entry, 303)
    return page("locked.html", here="")


async def open_session(request: Request) -> Response:
    """Open a session for the holder of the link."""
    ident = request.app.state.sessions.enter(field_text(await read_body(request), "token"))
    if ident is None:
        return JSONResponse({"error": "link", "message": PAGE_WORDS["open_failed"]}, 403)
    answer = JSONResponse({"next": "/"})
    request.app.state.site.give(answer, ident, ABSOLUTE_SECONDS)
    return answer


async def end_session(request: Request) -> Response:
    """End the session at once."""
    state = request.app.state
    token = request.cookies.get(state.site.cookie, "")
    if token:
        await state.desk.change(lambda: state.door.end(token))
    answer = JSONResponse({"next": state.door.entry})
    state.site.take(answer)
    return answer


def not_found(_request: Request, _error: Exception) -> Response:
    """Show that there is no such page."""
    return page("error.html", 404, here="", message=PAGE_WORDS["unknown_page"])


ROUTES = (
    Route("/", case_page),
    Route("/review", review_page),
    Route("/warnings", warnings_page),
    Route("/help", help_page),
    Route("/open", open_page),
    Route("/locked", locked_page),
    Route("/session", open_session, methods=["POST"]),
    Route("/session/end", end_session, methods=["POST"]),
)
