"""What is left to be looked at: not looked at, and not set aside with every file of it."""

from sqlalchemy import ColumnElement, Connection, and_, exists, false, func, select

from everyframe.store import schema

__all__ = ["excluded", "remaining"]

M, F, X = schema.media, schema.media_file, schema.exclusion


def remaining(connection: Connection) -> list[ColumnElement[bool]]:
    """Give what is still to be looked at. A Media of which every file is excluded is not."""
    in_force = select(func.count()).where(X.c.withdrawn_at.is_(None))
    if not connection.execute(in_force).scalar_one():
        return [M.c.looked == false()]
    over = M.alias("over")
    under_looked = exists().where(over.c.id == F.c.folded_under, over.c.looked)
    open_file = exists().where(F.c.media_id == M.c.id, F.c.exclusion_id.is_(None), ~under_looked)
    return [M.c.looked == false(), open_file]


def excluded() -> ColumnElement[bool]:
    """Tell that every file of a Media is excluded."""
    some = M.c.id.in_(select(F.c.media_id).where(F.c.exclusion_id.is_not(None)))
    return and_(some, ~exists().where(F.c.media_id == M.c.id, F.c.exclusion_id.is_(None)))
