"""Leases as rows: who works on a group, and until when. No matter of the audit; a lease that ran out is none."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from everyframe.store.people_schema import lease

__all__ = ["Lease", "clear", "drop", "find", "put", "standing"]

L = lease.c


@dataclass(frozen=True, slots=True)
class Lease:
    """Hold a lease: the group's name, who has it, since when and until when (ISO 8601, UTC)."""

    name: str
    person: str
    since: str
    until: str


def find(connection: Connection, name: str, at: str) -> Lease | None:
    """Give the lease of a group that stands at an instant."""
    row = connection.execute(select(lease).where(L.name == name, L.until > at)).one_or_none()
    return Lease(*row) if row else None


def standing(connection: Connection, at: str) -> list[Lease]:
    """Give the leases that stand at an instant, by name."""
    return [Lease(*row) for row in connection.execute(select(lease).where(L.until > at).order_by(L.name))]


def put(connection: Connection, new: Lease) -> None:
    """Store a lease in place of the one before."""
    values = {"person": new.person, "since": new.since, "until": new.until}
    row = upsert(lease).values(name=new.name, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["name"], set_=values))


def drop(connection: Connection, person: str, name: str) -> bool:
    """Give a lease back; tells whether there was one of this person."""
    return bool(connection.execute(delete(lease).where(L.name == name, L.person == person)).rowcount)


def clear(connection: Connection, at: str) -> None:
    """Forget the leases that ran out before an instant."""
    connection.execute(delete(lease).where(L.until <= at))
