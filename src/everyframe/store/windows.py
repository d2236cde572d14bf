"""What the grid shows of some Media: facts for their cells, and their previews."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, exists, func, select

from everyframe.store import schema
from everyframe.store.ids import id_list, id_select
from everyframe.store.match_schema import known_set
from everyframe.store.packs import Place
from everyframe.store.stack_schema import stack_member

__all__ = ["Item", "preview_place", "preview_places", "read_items"]

M, F, S, P = schema.media, schema.media_file, schema.standing, schema.preview
T, K = stack_member, known_set


@dataclass(frozen=True, slots=True)
class Item:
    """Hold what a cell tells of one Media.

    ``folded`` counts the embedded files that are folded under it, ``stacked`` the members of its stack; ``variant`` says that
    it is a member that shows something else, ``known`` names the kind of known set that it is in.
    """

    id: int
    name: str
    kind: str
    width: int
    height: int
    frames: int
    duration_ms: int
    frames_shown: int
    damaged: bool
    looked: bool
    scheme: str
    code: str
    occurrences: int
    folded: int
    stacked: int
    variant: bool
    known: str


def read_items(connection: Connection, ids: Sequence[int]) -> list[Item]:
    """Read the cells of some Media, in no particular order; ids that do not exist are left out."""
    return [_item(row) for row in connection.execute(_ITEMS, id_list(ids))]


def preview_places(connection: Connection, ids: Sequence[int]) -> dict[int, Place]:
    """Tell where the grid previews of some Media are; one without a preview is left out."""
    rows = connection.execute(_PLACES, id_list(ids))
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def preview_place(connection: Connection, media_id: int, role: str, ordinal: int) -> Place | None:
    """Tell where one preview is, or None when there is none."""
    where = (P.c.media_id == media_id, P.c.role == role, P.c.ordinal == ordinal)
    row = connection.execute(select(P.c.pack, P.c.offset, P.c.length).where(*where)).one_or_none()
    return (row.pack, row.offset, row.length) if row else None


def _item(row: Row[Any]) -> Item:
    cells = list(row)
    for place in _YES_OR_NO:
        cells[place] = bool(row[place])
    return Item(*cells)


def _items() -> Select[Any]:
    folded = select(func.count()).where(F.c.folded_under == M.c.id).correlate(M).scalar_subquery()
    stacked = select(func.count()).where(T.c.representative_id == M.c.id).correlate(M).scalar_subquery()
    variant = exists().where(T.c.media_id == M.c.id, T.c.differs).correlate(M)
    kind = select(K.c.kind).where(K.c.id == M.c.known_by).correlate(M).scalar_subquery()
    name = select(F.c.display).where(F.c.id == M.c.first_file_id).correlate(M).scalar_subquery()
    numbers = (M.c.width, M.c.height, M.c.frames, M.c.duration_ms, M.c.frames_shown)
    category = (func.coalesce(S.c.scheme, ""), func.coalesce(S.c.code, ""))
    return (
        select(M.c.id, func.coalesce(name, ""), M.c.kind, *(func.coalesce(n, 0) for n in numbers))
        .add_columns(func.coalesce(M.c.damaged, "") != "", M.c.looked, *category, M.c.occurrences, folded)
        .add_columns(stacked, variant, func.coalesce(kind, ""))
        .outerjoin(S, S.c.media_id == M.c.id)
        .where(M.c.id.in_(id_select()))
    )


def _places() -> Select[Any]:
    where = (P.c.role == "grid", P.c.ordinal == 0, P.c.media_id.in_(id_select()))
    return select(P.c.media_id, P.c.pack, P.c.offset, P.c.length).where(*where)


_ITEMS, _PLACES = _items(), _places()
_YES_OR_NO = (8, 9, 15)  # columns that SQLite gives as 0 or 1
