"""Clues: rectangles on pictures, each with what it shows and its own crop; withdrawn ones stay."""

from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import Connection, func, insert, or_, select, update

from everyframe.model.clock import now
from everyframe.store import schema
from everyframe.store import workbench as bench

__all__ = ["KINDS", "NewClue", "add_clue", "clue_crop", "clue_totals", "read_clues", "withdraw_clue"]

C, F, M = bench.clue, schema.media_file, schema.media
KINDS: Final = ("object", "text", "uniform", "view", "landmark")
LISTED: Final = ("id", "media_id", "role", "ordinal", "left", "top", "width", "height", "kind", "text", "crop_width",
                 "crop_height", "actor", "at")  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewClue:
    """Hold a clue to be stored.

    Args:
        media_id: the picture or film.
        role: ``viewer``, or ``frame`` of a film.
        ordinal: of the frame.
        left: of the rectangle, as a share (0 to 1) of the upright preview; so are the next three.
        top: the same.
        width: the same.
        height: the same.
        kind: one of ``KINDS``.
        text: what it shows, in words.
        crop: JPEG.
        crop_width: pixels.
        crop_height: pixels.
    """

    media_id: int
    role: str
    ordinal: int
    left: float
    top: float
    width: float
    height: float
    kind: str
    text: str
    crop: bytes
    crop_width: int
    crop_height: int


def add_clue(connection: Connection, op: str, actor: str, new: NewClue) -> int:
    """Store a clue; gives its id."""
    row = asdict(new) | {"op": op, "actor": actor, "at": now()}
    return int(connection.execute(insert(C).values(row).returning(C.c.id)).scalar_one())


def withdraw_clue(connection: Connection, clue_id: int, actor: str) -> int:
    """Withdraw a clue; gives its Media, or 0 when no such clue stands."""
    where = (C.c.id == clue_id, C.c.withdrawn_at.is_(None))
    change = update(C).where(*where).values(withdrawn_by=actor, withdrawn_at=now()).returning(C.c.media_id)
    return int(connection.execute(change).scalar_one_or_none() or 0)


def read_clues(
    connection: Connection, *, media_id: int = 0, kind: str = "", text: str = "", after: int = 0, limit: int = 200
) -> list[dict[str, Any]]:
    """Give the clues that stand, newest first: of one Media, of one kind, or with some letters in their words."""
    query = (
        select(*(C.c[name] for name in LISTED), F.c.display)
        .join(M, M.c.id == C.c.media_id)
        .outerjoin(F, F.c.id == M.c.first_file_id)
        .where(C.c.withdrawn_at.is_(None))
        .order_by(C.c.id.desc())
        .limit(limit)
    )
    query = query.where(C.c.media_id == media_id) if media_id else query
    query = query.where(C.c.kind == kind) if kind else query
    query = query.where(C.c.id < after) if after else query
    if text:
        query = query.where(
            or_(C.c.text.icontains(text, autoescape=True), F.c.display.icontains(text, autoescape=True))
        )
    return [dict(row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - SQLAlchemy's public name


def clue_totals(connection: Connection) -> dict[str, int]:
    """Count the clues that stand, by kind."""
    query = select(C.c.kind, func.count()).where(C.c.withdrawn_at.is_(None)).group_by(C.c.kind)
    return dict(connection.execute(query).all())


def clue_crop(connection: Connection, clue_id: int) -> tuple[int, bytes]:
    """Give the Media that a clue stands on, and its crop as JPEG; 0 and nothing when there is none."""
    query = select(C.c.media_id, C.c.crop).where(C.c.id == clue_id, C.c.withdrawn_at.is_(None))
    row = connection.execute(query).one_or_none()
    return (row.media_id, bytes(row.crop)) if row else (0, b"")
