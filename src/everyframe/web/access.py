"""What each route asks for: one table, and what is not in it is refused.

A test holds the table against the routes in both directions, and asks every route as every role.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from starlette.routing import compile_path

from everyframe.people.roles import Right
from everyframe.web.caller import Caller

__all__ = ["ACCESS", "Access", "Gate", "permitted"]


class Gate(StrEnum):
    """Name what is open before a person has signed in."""

    ANYBODY = "anybody"  # the way in
    SIGNING_IN = "signing in"  # the password was right, something is still missing
    ALONE = "alone"  # only where there are no accounts


Need = Right | Gate
STATE, CHECK, LEAD, TAKE_IN = Right.STATE, Right.CHECK, Right.LEAD, Right.TAKE_IN
OWN, SEE, DECIDE, SUPERVISE, ADMINISTER = Right.OWN, Right.SEE, Right.DECIDE, Right.SUPERVISE, Right.ADMINISTER

#: Method and path of every route, with what it asks for. Paths are written as the routes write them.
ACCESS: dict[tuple[str, str], Need] = {
    ("GET", "/static/{path:path}"): Gate.ANYBODY,
    ("GET", "/open"): Gate.ANYBODY,
    ("GET", "/locked"): Gate.ANYBODY,
    ("GET", "/login"): Gate.ANYBODY,
    ("POST", "/session"): Gate.ANYBODY,
    ("POST", "/session/password"): Gate.ANYBODY,
    ("POST", "/session/factor"): Gate.SIGNING_IN,
    ("POST", "/session/change"): Gate.SIGNING_IN,
    ("POST", "/session/enrol"): Gate.SIGNING_IN,
    ("POST", "/session/end"): Gate.SIGNING_IN,
    ("GET", "/me"): OWN,
    ("GET", "/api/preferences"): OWN,
    ("PUT", "/api/preferences"): OWN,
    ("GET", "/api/exposure"): OWN,
    ("POST", "/api/exposure"): OWN,
    ("GET", "/api/me/sessions"): OWN,
    ("POST", "/api/me/sessions/end"): OWN,
    ("POST", "/api/me/password"): OWN,
    ("POST", "/api/me/codes"): OWN,
    ("GET", "/people"): ADMINISTER,
    ("POST", "/api/people"): ADMINISTER,
    ("GET", "/"): SEE,
    ("GET", "/review"): SEE,
    ("GET", "/warnings"): SEE,
    ("GET", "/pace"): SEE,
    ("GET", "/pace/{name}.{kind}"): SEE,
    ("GET", "/api/pace"): SEE,
    ("GET", "/api/reasons"): SEE,
    ("GET", "/help"): SEE,
    ("GET", "/queue"): SEE,
    ("GET", "/folders"): SEE,
    ("GET", "/timeline"): SEE,
    ("GET", "/places"): SEE,
    ("GET", "/similar"): SEE,
    ("GET", "/clues"): SEE,
    ("GET", "/compare"): SEE,
    ("GET", "/settings"): OWN,
    ("GET", "/api/query"): SEE,
    ("GET", "/api/facets"): SEE,
    ("GET", "/api/views"): SEE,
    ("POST", "/api/views"): SEE,
    ("GET", "/api/folders"): SEE,
    ("GET", "/api/timeline"): SEE,
    ("GET", "/api/places"): SEE,
    ("GET", "/api/queue"): SEE,
    ("GET", "/api/queue/next"): SEE,
    ("GET", "/api/clues"): SEE,
    ("GET", "/api/clues/{clue:int}/crop"): SEE,
    ("POST", "/api/similar"): SEE,
    ("POST", "/api/tags"): DECIDE,
    ("POST", "/api/notes"): DECIDE,
    ("POST", "/api/notes/withdraw"): DECIDE,
    ("POST", "/api/clues"): DECIDE,
    ("POST", "/api/clues/withdraw"): DECIDE,
    ("POST", "/api/warnings/accept"): DECIDE,
    ("POST", "/api/warnings/retry"): DECIDE,
    ("GET", "/api/warnings/retries"): SEE,
    ("GET", "/api/order"): SEE,
    ("GET", "/api/items"): SEE,
    ("GET", "/api/previews"): SEE,
    ("GET", "/api/media/{media:int}"): SEE,
    ("GET", "/api/media/{media:int}/tags"): SEE,
    ("GET", "/api/media/{media:int}/rendition/{role}/{ordinal:int}"): SEE,
    ("GET", "/api/counts"): SEE,
    ("GET", "/api/progress"): OWN,
    ("GET", "/api/account"): SEE,
    ("GET", "/api/live"): SEE,
    ("GET", "/api/leases"): SEE,
    ("POST", "/api/leases"): DECIDE,
    ("POST", "/api/looks"): DECIDE,
    ("POST", "/api/decisions"): DECIDE,
    ("POST", "/api/undo"): DECIDE,
    ("POST", "/api/redo"): DECIDE,
    ("POST", "/api/stacks"): DECIDE,
    ("GET", "/sources"): STATE,
    ("GET", "/sets"): STATE,
    ("GET", "/validate"): STATE,
    ("GET", "/validate/report.json"): STATE,
    ("GET", "/api/runs"): STATE,
    ("POST", "/api/runs/verify"): CHECK,
    ("POST", "/api/runs/match"): CHECK,
    ("POST", "/api/runs/validate"): CHECK,
    ("POST", "/api/runs/stop"): CHECK,
    ("POST", "/api/intake/ask"): CHECK,
    ("POST", "/api/runs/intake"): TAKE_IN,
    ("POST", "/api/runs/export"): LEAD,
    ("POST", "/api/sets"): LEAD,
    ("GET", "/report"): LEAD,
    ("GET", "/report/files/{name}"): LEAD,
    ("POST", "/api/report/count"): LEAD,
    ("GET", "/audit"): SEE,
    ("GET", "/cases"): TAKE_IN,
    ("POST", "/api/undo/one"): DECIDE,
    ("GET", "/second"): DECIDE,
    ("GET", "/api/second"): DECIDE,
    ("POST", "/api/votes"): DECIDE,
    ("GET", "/opinions"): SUPERVISE,
    ("GET", "/api/opinions"): SUPERVISE,
    ("PUT", "/api/opinions/rules"): SUPERVISE,
    ("POST", "/api/opinions/settle"): SUPERVISE,
}


@dataclass(frozen=True, slots=True)
class _Line:
    path: re.Pattern[str]
    method: str
    need: Need


class Access:
    """Look up what a request asks for.

    Args:
        table: as ``ACCESS``.
    """

    def __init__(self, table: Mapping[tuple[str, str], Need] = ACCESS) -> None:
        self._lines = [_Line(compile_path(path)[0], method, need) for (method, path), need in table.items()]

    def need(self, method: str, path: str) -> Need | None:
        """Give what a request asks for, or None when no line says so."""
        asked = "GET" if method == "HEAD" else method
        return next((line.need for line in self._lines if line.method == asked and line.path.match(path)), None)


def permitted(need: Need | None, caller: Caller | None) -> bool:
    """Tell whether somebody may do what a route asks for; nobody may do what no line allows."""
    match need:
        case Gate.ANYBODY:
            return True
        case Gate.SIGNING_IN | Gate.ALONE:
            return caller is not None and (need == Gate.SIGNING_IN or caller.alone)
        case Right():
            return caller is not None and need in caller.rights
        case _:
            return False
