"""Warnings that somebody accepted, with a note; each step is a row that is only added."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from everyframe.model.clock import now
from everyframe.store import schema
from everyframe.store import workbench as bench
from everyframe.store.ids import id_list, id_select

__all__ = ["Accepted", "accepted", "add_acceptance", "warning_exists"]

A = bench.acceptance


@dataclass(frozen=True, slots=True)
class Accepted:
    """Hold the acceptance of a Warning that stands."""

    warning_id: int
    note: str
    actor: str
    at: str


def warning_exists(connection: Connection, warning_id: int) -> bool:
    """Tell whether there is such a Warning."""
    w = schema.warning
    return connection.execute(select(w.c.id).where(w.c.id == warning_id)).one_or_none() is not None


def add_acceptance(connection: Connection, op: str, actor: str, warning_id: int, kind: str, note: str) -> None:
    """Store that a Warning was ``accepted`` or ``reopened``, with the reason."""
    row = {"op": op, "warning_id": warning_id, "kind": kind, "note": note, "actor": actor, "at": now()}
    connection.execute(insert(A).values(row))


def accepted(connection: Connection, ids: list[int]) -> dict[int, Accepted]:
    """Give the acceptances that stand among some Warnings."""
    query = select(A).where(A.c.warning_id.in_(id_select())).order_by(A.c.id)
    newest = {row.warning_id: row for row in connection.execute(query, id_list(ids))}
    return {i: Accepted(i, r.note, r.actor, r.at) for i, r in newest.items() if r.kind == "accepted"}
