"""Second opinions: the blind second look for reviewers; rules, disagreements and agreement for supervisors."""

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from everyframe.errors import UsageError
from everyframe.review.agreement import fleiss_by_number, pairs
from everyframe.review.second import MOST_VOTES, give_opinion, require, settle
from everyframe.store import opinions as rows
from everyframe.web.bodies import Json, field_op, field_text, read_body
from everyframe.web.caller import who
from everyframe.web.desk import Desk
from everyframe.web.signing import team_page

__all__ = ["ROUTES"]

SHOWN = 200


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _categories(desk: Desk) -> list[dict[str, str]]:
    return [{"code": c.code, "name": c.name, "key": c.key} for c in desk.case.scheme.categories]


async def second_page(request: Request) -> Response:
    """Show the second look."""
    desk = _desk(request)
    setup = {"categories": _categories(desk)}
    return team_page("second.html", here="second", info=desk.case.info, setup=setup)


async def queue(request: Request) -> Response:
    """Send what waits for the opinion of the person who asks: numbers of Media, and nothing of what was decided."""
    desk, name = _desk(request), who().name

    def work() -> list[int]:
        with desk.case.database.read() as connection:
            return rows.waiting_ids(connection, name)

    found = await desk.run(work)
    return JSONResponse({"left": len(found), "media": found[:SHOWN]})


async def vote(request: Request) -> Response:
    """Store an opinion."""
    desk, body, actor = _desk(request), await read_body(request), who().name
    op, code, media = field_op(body), field_text(body, "code"), _media(body)
    return JSONResponse(await desk.change(lambda: give_opinion(desk.case, media, code, op=op, actor=actor)))


async def opinions_page(request: Request) -> Response:
    """Show rules, disagreements and agreement."""
    desk = _desk(request)
    setup = {"categories": _categories(desk), "most": MOST_VOTES}
    return team_page("opinions.html", here="opinions", info=desk.case.info, setup=setup)


async def opinions(request: Request) -> Response:
    """Send rules, what waits, disagreements with what everybody said, and agreement figures."""
    desk = _desk(request)
    return JSONResponse(await desk.run(lambda: _opinions(desk)))


def _opinions(desk: Desk) -> Json:
    with desk.case.database.read() as connection:
        rules = {code: n for (scheme, code), n in rows.rules(connection).items() if scheme == desk.case.scheme.id}
        open_ones = [
            {"media": one.media_id, "said": [asdict(o) for o in rows.opinions(connection, one.decision_id)]}
            for one in rows.disputed(connection, SHOWN)
        ]
        rated = list(rows.rated(connection))
        found: dict[str, Any] = {"rules": rules, "counts": rows.counts(connection), "disputed": open_ones}
    found["pairs"] = [{"first": p.first, "second": p.second, **asdict(p.agreement)} for p in pairs(rated)]
    found["fleiss"] = [
        {"people": n, "items": items, "kappa": kappa} for n, (items, kappa) in fleiss_by_number(rated).items()
    ]
    return found


async def change_rule(request: Request) -> Response:
    """Set how many people a category needs."""
    desk, body, actor = _desk(request), await read_body(request), who().name
    code, votes = field_text(body, "code"), body.get("votes")
    if not isinstance(votes, int) or isinstance(votes, bool):
        raise UsageError("votes must be a whole number")
    await desk.change(lambda: require(desk.case, code, votes, actor=actor))
    return JSONResponse({"code": code, "votes": votes})


async def end_dispute(request: Request) -> Response:
    """Settle a disagreement."""
    desk, body, actor = _desk(request), await read_body(request), who().name
    op, code, media = field_op(body), field_text(body, "code"), _media(body)
    return JSONResponse(await desk.change(lambda: settle(desk.case, media, code, op=op, actor=actor)))


def _media(body: Json) -> int:
    media = body.get("media")
    if not isinstance(media, int) or isinstance(media, bool) or not 0 < media < 1 << 31:
        raise UsageError("media must be the number of a Media")
    return media


ROUTES = (
    Route("/second", second_page),
    Route("/api/second", queue),
    Route("/api/votes", vote, methods=["POST"]),
    Route("/opinions", opinions_page),
    Route("/api/opinions", opinions),
    Route("/api/opinions/rules", change_rule, methods=["PUT"]),
    Route("/api/opinions/settle", end_dispute, methods=["POST"]),
)
