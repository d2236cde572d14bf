"""Reading stacks: which Media belong together, and how far each member is from its representative."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, literal, select, union

from everyframe.store import schema
from everyframe.store.ids import id_list, id_select
from everyframe.store.stack_schema import stack_member

__all__ = ["MOST", "covered_by", "read_stack", "stack_of"]

M, T = schema.media, stack_member
MOST = 200


def stack_of(media_id: int) -> Select[Any]:
    """Select the ids of the whole stack that a Media stands in: representative, and every member."""
    mine = T.alias("mine")
    own = select(mine.c.representative_id).where(mine.c.media_id == media_id).scalar_subquery()
    head = func.coalesce(own, literal(media_id))
    both = union(select(head.label("id")), select(T.c.media_id).where(T.c.representative_id == head)).subquery()
    return select(both.c.id)


def covered_by(connection: Connection, ids: Sequence[int]) -> list[int]:
    """Give what a decision for the stacks of some Media is about: these, their representatives, and what is folded.

    Members that show something else are left out, except where they are named themselves.
    """
    named = select(T.c.representative_id).where(T.c.media_id.in_(id_select()))
    heads = sorted({*ids, *connection.execute(named, id_list(ids)).scalars()})
    folded = select(T.c.media_id).where(T.c.representative_id.in_(id_select()), T.c.differs.is_(False))
    return sorted({*heads, *connection.execute(folded, id_list(heads)).scalars()})


def read_stack(connection: Connection, media_id: int) -> dict[str, Any] | None:
    """Give the stack of a Media for the viewer: its representative and members; None where it stands alone."""
    own = connection.execute(select(T.c.representative_id).where(T.c.media_id == media_id)).scalar_one_or_none()
    head = media_id if own is None else int(own)
    name = select(schema.media_file.c.display).where(schema.media_file.c.id == M.c.first_file_id).scalar_subquery()
    query = select(T, name.label("name")).join(M, M.c.id == T.c.media_id).where(T.c.representative_id == head)
    total = connection.execute(select(func.count()).where(T.c.representative_id == head)).scalar_one()
    if not total:
        return None
    fields = ("media_id", "distance", "turn", "by_hand", "differs", "name")
    rows = connection.execute(query.order_by(T.c.distance, T.c.media_id).limit(MOST))
    return {
        "representative": head,
        "name": connection.execute(select(name).where(M.c.id == head).select_from(M)).scalar_one(),
        "total": total,
        "rows": [{f: r._mapping[f] for f in fields} for r in rows],  # noqa: SLF001 - SQLAlchemy's public name
    }
