"""Looks as rows: what a person had on screen, and the summary that a Look that counts stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from everyframe.model.clock import now
from everyframe.model.states import MediaKind, MediaOutcome
from everyframe.store import schema
from everyframe.store.ids import id_list, id_select

__all__ = ["Native", "SeenLook", "add_looks", "natives"]

M, L = schema.media, schema.look


@dataclass(frozen=True, slots=True)
class SeenLook:
    """Hold one Look as it was had.

    Args:
        media_id: what was seen.
        width: CSS pixels it was drawn at.
        height: the same.
        duration_ms: without interruption.
        on_screen: the most pictures that were on screen unblurred at once meanwhile, this one included.
        blurred: whether it was blurred.
        manner: ``grid`` or ``viewer``.
    """

    media_id: int
    width: int
    height: int
    duration_ms: int
    on_screen: int
    blurred: bool
    manner: str


@dataclass(frozen=True, slots=True)
class Native:
    """Hold the size of a picture as stored, and whether it shows several frames."""

    width: int
    height: int
    several: bool


def natives(connection: Connection, ids: Sequence[int]) -> dict[int, Native]:
    """Give the sizes of the viewable Media among some ids."""
    query = select(M.c.id, M.c.width, M.c.height, M.c.kind, M.c.frames).where(
        # no plain column: its index would be taken in place of the ids, and every Media be read
        M.c.id.in_(id_select()),
        M.c.outcome.concat("") == MediaOutcome.VIEWABLE,
    )
    return {
        r.id: Native(r.width or 0, r.height or 0, r.kind == MediaKind.VIDEO or (r.frames or 1) > 1)
        for r in connection.execute(query, id_list(ids))
    }


def add_looks(connection: Connection, op: str, actor: str, looks: Sequence[SeenLook]) -> int:
    """Store Looks that count, with the summary; gives how many Media are looked at for the first time."""
    if not looks:
        return 0
    at = now()
    rows = [
        {
            "op": op,
            "media_id": k.media_id,
            "actor": actor,
            "at": at,
            "width": k.width,
            "height": k.height,
            "duration_ms": k.duration_ms,
            "on_screen": k.on_screen,
            "blurred": k.blurred,
            "manner": k.manner,
        }
        for k in looks
    ]
    connection.execute(insert(L), rows)
    first = update(M).where(M.c.id.in_(id_select()), M.c.looked.is_(False)).values(looked=True)
    return connection.execute(first, id_list({k.media_id for k in looks})).rowcount
