"""The migration that adds known sets and stacks to a case."""

from sqlalchemy import Connection, Index, inspect, text

from everyframe.store import match_schema, schema, stack_schema

__all__ = ["known_and_stacks"]

TABLES = (
    match_schema.known_set, match_schema.known_hit, match_schema.known_choice, match_schema.turned_hash,
    stack_schema.stack_member, stack_schema.stack_comparison, stack_schema.stack_decision,
)  # fmt: skip
COLUMNS = {"known_by": "INTEGER", "stacked_under": "INTEGER", "aside": "INTEGER NOT NULL DEFAULT 0"}
#: Indexes of ``media`` that are new, or now have the column ``aside``.
CHANGED = ("media_grid", "media_largest", "media_damaged", "media_known", "media_stacked")


def known_and_stacks(connection: Connection) -> None:
    """Add the tables, and to ``media`` the summaries that the grid and the account read."""
    schema.metadata.create_all(connection, tables=list(TABLES))
    have = {c["name"] for c in inspect(connection).get_columns("media")}
    if have >= set(COLUMNS):
        return  # the case is being made
    for name, kind in COLUMNS.items():
        connection.execute(text(f"ALTER TABLE media ADD COLUMN {name} {kind}"))
    for index in sorted(schema.media.indexes, key=_name):
        if index.name in CHANGED:
            connection.execute(text(f"DROP INDEX IF EXISTS {index.name}"))
            index.create(connection)


def _name(index: Index) -> str:
    return str(index.name)
