"""The tables of reading again: what was asked for, and what came of it. Both are only added to."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from everyframe.store import schema

__all__ = ["TABLES", "retry", "retry_result"]

retry = Table(
    "retry",
    schema.metadata,
    Column("id", Integer, primary_key=True),
    Column("op", String(64), nullable=False),
    Column("warning_id", ForeignKey("warning.id"), nullable=False),
    Column("manner", String(12), nullable=False),  # again, decoder, limits
    Column("actor", Text, nullable=False),
    Column("at", Text, nullable=False),
    Index("retry_warning", "warning_id"),
    Index("retry_op", "op"),
)

retry_result = Table(
    "retry_result",
    schema.metadata,
    Column("id", Integer, primary_key=True),
    Column("op", String(64), nullable=False),
    Column("retry_id", ForeignKey("retry.id"), nullable=False),
    Column("media_file_id", ForeignKey("media_file.id"), nullable=False),  # whose bytes were read
    Column("task", String(8), nullable=False),
    Column("outcome", String(12), nullable=False),  # shown, beside, read, more, failed, differs
    Column("words", Text, nullable=False),
    Column("at", Text, nullable=False),
    Index("retry_result_retry", "retry_id"),
    Index("retry_result_op", "op"),
)

TABLES = [retry, retry_result]
