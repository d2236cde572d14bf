"""Reading what the page sends: JSON of limited size, every field checked before use."""

import json
import re
from typing import Any

from starlette.requests import Request

from everyframe.errors import UsageError
from everyframe.store.looking import SeenLook

__all__ = [
    "MOST_IDS",
    "field_ids",
    "field_list",
    "field_op",
    "field_seen",
    "field_text",
    "one_number",
    "query_ids",
    "read_body",
    "read_look",
]

MOST_BYTES = 8 << 20
MOST_IDS = 400
MOST_LIST = 1_000_000
LARGEST = (1 << 31) - 1
OP = re.compile(r"[A-Za-z0-9_-]{16,64}")
Json = dict[str, Any]


async def read_body(request: Request) -> Json:
    """Read the JSON object that a request carries.

    Raises:
        UsageError: it is none, or too large.
    """
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise UsageError("the request must be of type application/json")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise UsageError(f"the request is larger than {MOST_BYTES} bytes")
    try:
        value = json.loads(body)
    except ValueError as error:
        raise UsageError("the request is not JSON") from error
    if not isinstance(value, dict):
        raise UsageError("the request must be a JSON object")
    return value


def field_text(body: Json, name: str) -> str:
    """Read a text."""
    value = body.get(name)
    if not isinstance(value, str):
        raise UsageError(f"{name} must be a text")
    return value


def field_op(body: Json) -> str:
    """Read an operation id."""
    op = field_text(body, "op")
    if not OP.fullmatch(op):
        raise UsageError("op must be 16 to 64 letters, digits, dashes or underscores")
    return op


def field_list(body: Json, name: str, most: int) -> list[Any]:
    """Read a list of at most so many."""
    value = body.get(name, [])
    if not isinstance(value, list) or len(value) > most:
        raise UsageError(f"{name} must be a list of at most {most}")
    return value


def field_ids(body: Json, name: str) -> list[int]:
    """Read a list of ids."""
    return [_whole(value, name) for value in field_list(body, name, MOST_LIST)]


def field_seen(body: Json) -> int | None:
    """Read the number of the newest decision that the page knew of, where it says so."""
    return _whole(body["seen"], "seen") if "seen" in body else None


def one_number(body: Json, name: str) -> int:
    """Read a whole number above 0."""
    value = _whole(body.get(name), name)
    if not value:
        raise UsageError(f"{name} must be above 0")
    return value


def query_ids(request: Request) -> list[int]:
    """Read the ids that a query string names, as ``ids=1,2,3``."""
    parts = request.query_params.get("ids", "").split(",")
    if len(parts) > MOST_IDS or not all(p.isascii() and p.isdigit() for p in parts):
        raise UsageError(f"ids must be at most {MOST_IDS} whole numbers with commas between them")
    return [_whole(int(p), "ids") for p in parts]


def read_look(value: object) -> SeenLook:
    """Read one Look."""
    if not isinstance(value, dict):
        raise UsageError("a look must be a JSON object")
    manner = field_text(value, "manner")
    if manner not in ("grid", "viewer"):
        raise UsageError("manner must be grid or viewer")
    if not isinstance(value.get("blurred"), bool):
        raise UsageError("blurred must be true or false")
    names = ("media", "width", "height", "duration_ms", "on_screen")
    media, width, height, duration, on_screen = (_whole(value.get(name), name) for name in names)
    if on_screen == 0:
        raise UsageError("on_screen counts the picture itself, so it is at least 1")
    return SeenLook(media, width, height, duration, on_screen, value["blurred"], manner)


def _whole(value: object, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST:
        raise UsageError(f"{name} must be a whole number")
    return value
