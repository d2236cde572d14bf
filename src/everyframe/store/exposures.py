"""How long a person had uncovered pictures on screen, a row a day. For that person alone; no matter of the audit."""

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as upsert

from everyframe.store.people_schema import exposure

__all__ = ["add", "since"]

E = exposure.c


def add(connection: Connection, person: str, day: str, milliseconds: int) -> None:
    """Add time to a day, written YYYY-MM-DD."""
    row = upsert(exposure).values(person=person, day=day, milliseconds=milliseconds)
    more = {"milliseconds": E.milliseconds + milliseconds}
    connection.execute(row.on_conflict_do_update(index_elements=["person", "day"], set_=more))


def since(connection: Connection, person: str, day: str) -> dict[str, int]:
    """Give the milliseconds of each day from ``day`` on."""
    query = select(E.day, E.milliseconds).where(E.person == person, E.day >= day).order_by(E.day)
    return dict(connection.execute(query).all())
