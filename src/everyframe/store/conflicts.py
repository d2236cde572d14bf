"""Decisions that somebody made without knowing of another's: found, and kept beside those in force."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, insert, select

from everyframe.model.clock import now
from everyframe.store import schema
from everyframe.store.ids import id_list, id_select
from everyframe.store.people_schema import held_decision

__all__ = ["Conflict", "conflicts", "hold", "newest"]

D = schema.decision
#: Made once: writing a statement anew takes longer than running it.
_LAST = (
    select(func.max(D.c.id))
    .where(D.c.id > bindparam("seen"), D.c.media_id.in_(id_select()))
    .group_by(D.c.media_id)
    .subquery()
)
_NEWER = (
    select(D.c.media_id, D.c.id, D.c.actor, D.c.at, D.c.scheme, D.c.code)
    .where(D.c.id.in_(select(_LAST)), D.c.actor != bindparam("actor"))
    .order_by(D.c.media_id)
)
_NEWEST = select(func.coalesce(func.max(D.c.id), 0))


@dataclass(frozen=True, slots=True)
class Conflict:
    """Hold what somebody else decided meanwhile; ``code`` is empty when they took a decision back."""

    media_id: int
    decision_id: int
    actor: str
    at: str
    scheme: str
    code: str


def newest(connection: Connection) -> int:
    """Give the number of the newest decision, 0 when there is none."""
    return int(connection.execute(_NEWEST).scalar_one())


def conflicts(
    connection: Connection, ids: Iterable[int], actor: str, category: tuple[str, str], seen: int
) -> list[Conflict]:
    """Find the Media among ``ids`` on which the newest decision is later than ``seen``, another's, and another category."""
    if newest(connection) <= seen:
        return []
    rows = connection.execute(_NEWER, {**id_list(ids), "seen": seen, "actor": actor})
    found = [Conflict(*row) for row in rows]
    return [one for one in found if (one.scheme, one.code) != category]


def hold(connection: Connection, op: str, actor: str, category: tuple[str, str], against: Sequence[Conflict]) -> None:
    """Keep what was decided against others' decisions; it is not in force."""
    common = {"op": op, "actor": actor, "scheme": category[0], "code": category[1], "at": now()}
    rows = [common | {"media_id": one.media_id, "against_id": one.decision_id} for one in against]
    connection.execute(insert(held_decision), rows)
