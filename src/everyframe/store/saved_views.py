"""Views that a person keeps under a name."""

from sqlalchemy import Connection, insert, select, update

from everyframe.model.clock import now
from everyframe.store.workbench import saved_view as table

__all__ = ["keep_view", "kept_views", "remove_view"]


def keep_view(connection: Connection, actor: str, name: str, query: str) -> None:
    """Keep a view; one of the same name is replaced."""
    remove_view(connection, actor, name)
    connection.execute(insert(table).values(actor=actor, name=name, query=query, at=now()))


def remove_view(connection: Connection, actor: str, name: str) -> int:
    """Remove a view; gives how many there were of that name."""
    where = (table.c.actor == actor, table.c.name == name, table.c.removed_at.is_(None))
    return connection.execute(update(table).where(*where).values(removed_at=now())).rowcount


def kept_views(connection: Connection, actor: str) -> list[dict[str, str]]:
    """Give the views of a person, in the order of their names."""
    where = (table.c.actor == actor, table.c.removed_at.is_(None))
    rows = connection.execute(select(table.c.name, table.c.query).where(*where).order_by(table.c.name))
    return [{"name": row.name, "query": row.query} for row in rows]
