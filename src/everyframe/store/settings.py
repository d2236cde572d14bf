"""Settings of a case, each with the value it has until somebody sets another."""

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as upsert

from everyframe.errors import UsageError
from everyframe.store import audit_log, schema

__all__ = ["change", "read", "whole"]


def read(connection: Connection) -> dict[str, str]:
    """Give the settings that somebody has set."""
    table = schema.setting
    return dict(connection.execute(select(table.c.name, table.c.value)).all())


def change(connection: Connection, name: str, value: str, actor: str) -> None:
    """Set one setting, with its audit record."""
    before = read(connection).get(name)
    statement = upsert(schema.setting).values(name=name, value=value)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
    audit_log.append(connection, actor, "setting", {"name": name, "before": before, "value": value})


def whole(text: str, name: str) -> int:
    """Read a setting as a whole number above 0.

    Raises:
        UsageError: it is none.
    """
    if not text.isascii() or not text.isdigit():
        raise UsageError(f"{name} must be a whole number, not {text!r}")
    if not int(text):
        raise UsageError(f"{name} must be a whole number above 0")
    return int(text)
