"""Tags and notes as rows that are only added, with the summary of the tags in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, exists, func, insert, literal, select

from everyframe.model.clock import now
from everyframe.model.states import MediaOutcome
from everyframe.store import schema
from everyframe.store import workbench as bench
from everyframe.store.ids import id_list, id_select

__all__ = ["Note", "add_note", "add_tag", "notes_of", "remove_tag", "tag_totals", "tags_of", "take_note_back"]

M, R, T = schema.media, bench.remark, bench.media_tag
COLUMNS = ["op", "media_id", "kind", "text", "actor", "at", "undoes"]


@dataclass(frozen=True, slots=True)
class Note:
    """Hold one note that stands."""

    id: int
    text: str
    actor: str
    at: str


def add_tag(connection: Connection, op: str, actor: str, name: str, ids: Sequence[int]) -> int:
    """Tag the viewable Media among some ids that have not the tag yet; gives how many that are."""
    has = exists().where(T.c.media_id == M.c.id, T.c.name == name)
    where = (M.c.id.in_(id_select()), M.c.outcome == MediaOutcome.VIEWABLE, ~has)
    rows = select(literal(op), M.c.id, literal("tag"), literal(name), literal(actor), literal(now()), literal(None))
    added = connection.execute(insert(R).from_select(COLUMNS, rows.where(*where)), id_list(ids)).rowcount
    new = select(literal(name), R.c.media_id).where(R.c.op == op)
    connection.execute(insert(T).from_select(["name", "media_id"], new))
    return added


def remove_tag(connection: Connection, op: str, actor: str, name: str, ids: Sequence[int]) -> int:
    """Take a tag from those among some ids that have it; gives how many that are."""
    where = (T.c.name == name, T.c.media_id.in_(id_select()))
    rows = select(
        literal(op), T.c.media_id, literal("untag"), literal(name), literal(actor), literal(now()), literal(None)
    )
    added = connection.execute(insert(R).from_select(COLUMNS, rows.where(*where)), id_list(ids)).rowcount
    connection.execute(delete(T).where(*where), id_list(ids))
    return added


def add_note(connection: Connection, op: str, actor: str, text: str, media_id: int) -> int:
    """Store a note on a Media; gives its id."""
    row = {"op": op, "media_id": media_id, "kind": "note", "text": text, "actor": actor, "at": now()}
    return int(connection.execute(insert(R).values(row).returning(R.c.id)).scalar_one())


def take_note_back(connection: Connection, op: str, actor: str, note_id: int) -> int:
    """Take a note back, by a further row; gives the Media it was on, or 0 when no such note stands."""
    back = R.alias("back")
    standing = select(R.c.media_id).where(R.c.id == note_id, R.c.kind == "note")
    standing = standing.where(~exists().where(back.c.undoes == note_id, back.c.media_id == R.c.media_id))
    media_id = connection.execute(standing).scalar_one_or_none()
    if media_id is None:
        return 0
    row = {"op": op, "media_id": media_id, "kind": "unnote", "text": "", "actor": actor, "at": now(), "undoes": note_id}
    connection.execute(insert(R).values(row))
    return int(media_id)


def tags_of(connection: Connection, media_id: int) -> list[str]:
    """Give the tags of a Media, in the order of the alphabet."""
    return list(connection.execute(select(T.c.name).where(T.c.media_id == media_id).order_by(T.c.name)).scalars())


def notes_of(connection: Connection, media_id: int) -> list[Note]:
    """Give the notes that stand on a Media, newest first."""
    back = R.alias("back")
    gone = exists().where(back.c.undoes == R.c.id, back.c.media_id == media_id)
    query = select(R.c.id, R.c.text, R.c.actor, R.c.at).where(R.c.media_id == media_id, R.c.kind == "note", ~gone)
    return [Note(*row) for row in connection.execute(query.order_by(R.c.id.desc()))]


def tag_totals(connection: Connection) -> list[dict[str, Any]]:
    """Give every tag that is in use with the number of its Media."""
    query = select(T.c.name, func.count()).group_by(T.c.name).order_by(T.c.name)
    return [{"name": name, "media": media} for name, media in connection.execute(query)]
