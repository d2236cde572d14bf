"""The table of runs: long work that was started from the screen, and how it ended."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from everyframe.store.schema import metadata

__all__ = ["TABLES", "run"]

run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("actor", Text, nullable=False),
    Column("asked", Text, nullable=False),  # JSON: what was asked for
    Column("state", String(12), nullable=False),  # running, done, warnings, stopped, failed, lost
    Column("started_at", Text, nullable=False),
    Column("ended_at", Text),
    Column("result", Text, nullable=False),  # JSON: what the command printed
    Column("said", Text, nullable=False),  # the last lines of what it said
    Index("run_kind", "kind", "id"),
)

TABLES = (run,)
"""In the order in which they are made."""
