"""Time with uncovered pictures on screen: added by the page, shown to the person alone."""

from datetime import UTC, date, datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from everyframe.errors import UsageError
from everyframe.store import exposures
from everyframe.web.bodies import field_text, read_body
from everyframe.web.desk import Desk

__all__ = ["ROUTES"]

DAYS = 14
MOST_MS = 10 * 60 * 1000


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


async def show(request: Request) -> Response:
    """Send the milliseconds of the last days, oldest first."""
    desk = _desk(request)
    today = _day(request.query_params.get("day", "") or datetime.now(UTC).date().isoformat())
    days = [(today - timedelta(days=n)).isoformat() for n in reversed(range(DAYS))]

    def work() -> dict[str, int]:
        with desk.case.database.read() as connection:
            return exposures.since(connection, desk.actor, days[0])

    found = await desk.run(work)
    return JSONResponse({"days": [{"day": day, "milliseconds": found.get(day, 0)} for day in days]})


async def more(request: Request) -> Response:
    """Add time to a day, as the page's own calendar has it."""
    desk = _desk(request)
    body = await read_body(request)
    day, ms = _day(field_text(body, "day")), body.get("milliseconds")
    if not isinstance(ms, int) or isinstance(ms, bool) or not 0 < ms <= MOST_MS:
        raise UsageError(f"milliseconds must be a whole number from 1 to {MOST_MS}")

    def work() -> None:
        with desk.case.database.write() as connection:
            exposures.add(connection, desk.actor, day.isoformat(), ms)

    await desk.change(work)
    return JSONResponse({"added": ms})


def _day(text: str) -> date:
    """Read a day: today, or the one before or after it where the person is."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UsageError("day must be written YYYY-MM-DD") from error
    if abs(day - datetime.now(UTC).date()) > timedelta(days=1):
        raise UsageError("day must be today")
    return day


ROUTES = (
    Route("/api/exposure", show),
    Route("/api/exposure", more, methods=["POST"]),
)
