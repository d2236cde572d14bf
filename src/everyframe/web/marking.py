"""What the page writes beside decisions: tags, notes, clues, kept views, accepted Warnings; and the picture to search by."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from everyframe.errors import DecisionError, UsageError, WorkerError
from everyframe.intake.alone import crop_alone, hash_alone
from everyframe.review import marks
from everyframe.review.query import view_of
from everyframe.store.clues import NewClue
from everyframe.store.media_detail import read_media
from everyframe.store.saved_views import keep_view, remove_view
from everyframe.store.windows import preview_place
from everyframe.web.bodies import Json, field_ids, field_op, field_text, read_body
from everyframe.web.desk import Desk

__all__ = ["ROUTES"]

MOST_UPLOAD = 64 << 20
MOST_NAME = 60
BOX = ("left", "top", "width", "height")


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


async def _changed(request: Request, work: Callable[[Desk, Json, str], dict[str, Any]]) -> Response:
    """Carry out one change under the operation id that the body names."""
    desk, body = _desk(request), await read_body(request)
    op = field_op(body)
    return JSONResponse(await desk.change(lambda: work(desk, body, op)))


async def tags(request: Request) -> Response:
    """Give a tag to some Media, or take it from them."""
    return await _changed(request, _tags)


def _tags(desk: Desk, body: Json, op: str) -> dict[str, Any]:
    change = marks.untag if body.get("remove") is True else marks.tag
    return change(desk.case, field_text(body, "name"), _chosen(desk, body), op=op, actor=desk.actor)


def _chosen(desk: Desk, body: Json) -> list[int]:
    """Read what was chosen: ids, or a whole list as it was sent except for some of it."""
    if "list" not in body:
        return field_ids(body, "ids")
    left_out = np.asarray(field_ids(body, "except"), dtype=np.int32)
    found: list[int] = np.setdiff1d(desk.kept(field_text(body, "list")), left_out).tolist()
    return found


async def notes(request: Request) -> Response:
    """Store a note."""
    return await _changed(request, _note)


def _note(desk: Desk, body: Json, op: str) -> dict[str, Any]:
    media = _one(body, "media")
    _media(desk, media)
    return marks.note(desk.case, field_text(body, "text"), media, op=op, actor=desk.actor)


async def notes_back(request: Request) -> Response:
    """Take a note back."""
    return await _changed(
        request, lambda desk, body, op: marks.take_note_back(desk.case, _one(body, "id"), op=op, actor=desk.actor)
    )


async def clues(request: Request) -> Response:
    """Store a clue; its crop is cut in a process of its own."""
    return await _changed(request, _clue)


def _clue(desk: Desk, body: Json, op: str) -> dict[str, Any]:
    media, role, box = _one(body, "media"), field_text(body, "role"), _box(body)
    ordinal = _one(body, "ordinal") if body.get("ordinal") else 0
    if role not in ("viewer", "frame"):
        raise UsageError("role must be viewer or frame")
    with desk.case.database.read() as connection:
        place = preview_place(connection, media, role, ordinal)
    if place is None:
        raise UsageError("there is no such picture to mark")
    cut = crop_alone(desk.case.previews.read(place), box)
    size = (cut.data, cut.width, cut.height)
    new = NewClue(
        media, role, ordinal, *box, field_text(body, "kind"), " ".join(field_text(body, "text").split()), *size
    )
    return marks.add_clue(desk.case, new, op=op, actor=desk.actor)


def _box(body: Json) -> tuple[float, float, float, float]:
    values = [body.get(name) for name in BOX]
    if not all(isinstance(v, int | float) and not isinstance(v, bool) and 0 <= v <= 1 for v in values):
        raise UsageError("left, top, width and height must be shares from 0 to 1")
    left, top, width, height = (float(v) for v in values if v is not None)
    if not width or not height or left + width > 1.0001 or top + height > 1.0001:  # noqa: PLR2004 - what rounding adds
        raise UsageError("the rectangle must have a size, and lie inside the picture")
    return left, top, width, height


async def clues_back(request: Request) -> Response:
    """Withdraw a clue."""
    return await _changed(
        request, lambda desk, body, op: marks.withdraw_clue(desk.case, _one(body, "id"), op=op, actor=desk.actor)
    )


async def accept(request: Request) -> Response:
    """Accept a Warning with a note, or take that back."""
    return await _changed(request, _accept)


def _accept(desk: Desk, body: Json, op: str) -> dict[str, Any]:
    ident = _one(body, "warning")
    if body.get("reopen") is True:
        return marks.reopen(desk.case, ident, op=op, actor=desk.actor)
    return marks.accept(desk.case, ident, field_text(body, "note"), op=op, actor=desk.actor)


async def keep(request: Request) -> Response:
    """Keep a view under a name, or remove it."""
    desk, body = _desk(request), await read_body(request)
    name = " ".join(field_text(body, "name").split())
    if not 0 < len(name) <= MOST_NAME:
        raise UsageError(f"a name has 1 to {MOST_NAME} letters")
    wanted = None if body.get("remove") is True else _view_text(body)

    def work() -> dict[str, Any]:
        with desk.case.database.write() as connection:
            if wanted is None:
                return {"removed": remove_view(connection, desk.actor, name)}
            keep_view(connection, desk.actor, name, wanted)
        return {"kept": name}

    return JSONResponse(await desk.change(work))


def _view_text(body: Json) -> str:
    text = field_text(body, "query")
    view_of(dict(parse_qsl(text)))
    return text


async def similar(request: Request) -> Response:
    """Hash a picture that was uploaded to search by; it is decoded in a process of its own, and not kept."""
    desk, data = _desk(request), bytearray()
    async for part in request.stream():
        data += part
        if len(data) > MOST_UPLOAD:
            raise UsageError(f"a picture to search by has at most {MOST_UPLOAD >> 20} MiB")
    if not data:
        raise UsageError("the file is empty")
    try:
        found = await desk.run(partial(hash_alone, bytes(data)))
    except WorkerError as error:
        raise DecisionError(str(error)) from error
    if found.problem:
        raise DecisionError(f"this file cannot be searched by: {found.problem}")
    return JSONResponse({"pdq": found.pdq.hex(), "quality": found.quality})


def _one(body: Json, name: str) -> int:
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 1 << 31:
        raise UsageError(f"{name} must be a whole number above 0")
    return value


def _media(desk: Desk, media: int) -> None:
    with desk.case.database.read() as connection:
        if read_media(connection, media) is None:
            raise DecisionError(f"there is no content {media}")


ROUTES = (
    Route("/api/tags", tags, methods=["POST"]),
    Route("/api/notes", notes, methods=["POST"]),
    Route("/api/notes/withdraw", notes_back, methods=["POST"]),
    Route("/api/clues", clues, methods=["POST"]),
    Route("/api/clues/withdraw", clues_back, methods=["POST"]),
    Route("/api/warnings/accept", accept, methods=["POST"]),
    Route("/api/views", keep, methods=["POST"]),
    Route("/api/similar", similar, methods=["POST"]),
)
