"""Named migrations, each applied in one transaction with its record; never edited after a release."""

from collections.abc import Callable

from sqlalchemy import Connection, insert, inspect, select
from sqlalchemy.schema import CreateIndex

from everyframe.errors import CaseTooNew
from everyframe.model.clock import now
from everyframe.store import (
    exchange_tables,
    image_schema,
    order_schema,
    people_schema,
    retry_schema,
    run_schema,
    schema,
    workbench,
)  # fmt: skip
from everyframe.store.migration_known import known_and_stacks
from everyframe.store.migration_order import second_traits
from everyframe.store.migration_turned import turned_hashes

__all__ = ["MIGRATIONS", "applied", "migrate"]


def _first_tables(connection: Connection) -> None:
    schema.metadata.create_all(connection)
    connection.execute(insert(schema.audit_head).values(id=1, seq=0, hash=bytes(32)))


def _exchange(connection: Connection) -> None:
    schema.metadata.create_all(connection, tables=list(exchange_tables.TABLES))


def _images(connection: Connection) -> None:
    for table in image_schema.TABLES:
        table.create(connection, checkfirst=True)


def _people(connection: Connection) -> None:
    schema.metadata.create_all(connection, tables=people_schema.TABLES)


def _workbench(connection: Connection) -> None:
    schema.metadata.create_all(connection, tables=list(workbench.TABLES), checkfirst=True)
    for index in workbench.INDEXES:
        connection.execute(CreateIndex(index, if_not_exists=True))


def _order(connection: Connection) -> None:
    schema.metadata.create_all(connection, tables=order_schema.TABLES)


def _vics_md5(connection: Connection) -> None:
    (index,) = [i for i in exchange_tables.vics_media.indexes if i.name == "vics_media_md5"]
    index.create(connection, checkfirst=True)


def _web(connection: Connection) -> None:
    schema.metadata.create_all(connection, tables=retry_schema.TABLES)


def _screens(connection: Connection) -> None:
    schema.metadata.create_all(connection, tables=run_schema.TABLES)


MIGRATIONS: tuple[tuple[str, Callable[[Connection], None]], ...] = (
    ("0001-first-tables", _first_tables),
    ("0002-known-and-stacks", known_and_stacks),
    ("0003-exchange", _exchange),
    ("0004-images", _images),
    ("0005-people", _people),
    ("0006-workbench", _workbench),
    ("0007-order", _order),
    ("0008-vics-md5", _vics_md5),
    ("0009-turned", turned_hashes),
    ("0009-web", _web),
    ("0010-screens", _screens),
    ("0012-order", second_traits),
)


def applied(connection: Connection) -> tuple[str, ...]:
    """Name the migrations that this database has had, oldest first."""
    if not inspect(connection).has_table("migration"):
        return ()
    names = connection.execute(select(schema.migration.c.name).order_by(schema.migration.c.name)).scalars()
    return tuple(names)


def migrate(begin: Callable[[], "Connection"]) -> None:
    """Apply what is missing. ``begin`` opens a connection inside an immediate transaction each time it is called.

    Raises:
        CaseTooNew: the database has a migration that this version does not know.
    """
    with begin() as connection:
        have = set(applied(connection))
    unknown = have - {name for name, _ in MIGRATIONS}
    if unknown:
        raise CaseTooNew(
            f"made by a later version of Everyframe (it has {', '.join(sorted(unknown))}): update, then open"
        )
    for name, function in MIGRATIONS:
        if name not in have:
            with begin() as connection:
                function(connection)
                connection.execute(insert(schema.migration).values(name=name, applied_at=now()))
                connection.commit()
