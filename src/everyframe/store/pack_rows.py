"""How far each preview pack is vouched for."""

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as upsert

from everyframe.store.packs import Place
from everyframe.store.schema import pack, preview

__all__ = ["commit", "committed", "places"]


def committed(connection: Connection) -> dict[int, int]:
    """Give the committed length of each pack."""
    return dict(connection.execute(select(pack.c.number, pack.c.committed)).all())


def commit(connection: Connection, lengths: dict[int, int]) -> None:
    """Vouch for new lengths."""
    for number, length in lengths.items():
        statement = upsert(pack).values(number=number, committed=length)
        connection.execute(statement.on_conflict_do_update(index_elements=["number"], set_={"committed": length}))


def places(connection: Connection) -> list[Place]:
    """Give where every preview stands."""
    query = select(preview.c.pack, preview.c.offset, preview.c.length).order_by(preview.c.pack, preview.c.offset)
    return [tuple(r) for r in connection.execute(query)]
