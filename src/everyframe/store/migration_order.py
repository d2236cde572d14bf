"""The migration that takes the first traits out of a case: the order learns from others, so intake computes them anew."""

from sqlalchemy import Connection, delete, func, select, update

from everyframe.store import order_schema, schema

__all__ = ["second_traits"]

FIRST = "plain-1"


def second_traits(connection: Connection) -> None:
    """Remove the traits of the first version; the next intake finds the stage missing and computes those in force."""
    m, t = schema.media, order_schema.trait
    old = select(t.c.media_id).where(t.c.version == FIRST)
    connection.execute(update(m).where(m.c.id.in_(old)).values(stages=func.replace(m.c.stages, ",traits,", ",")))
    connection.execute(delete(t).where(t.c.version == FIRST))
