"""Digests of the rows of one operation, which its audit record vouches for."""

import hashlib
from collections.abc import Iterator

from sqlalchemy import Connection, Table, select

from everyframe.audit.chain import canonical
from everyframe.store import people_schema, retry_schema, schema, workbench
from everyframe.store.stack_schema import stack_decision

__all__ = ["TABLES", "digest_rows", "operations"]

#: The tables whose rows belong to an operation, by the audit actions that vouch for them.
TABLES: dict[str, Table] = {
    "look": schema.look,
    "decide": schema.decision,
    "undo": schema.decision,
    "redo": schema.decision,
    "tag": workbench.remark,
    "untag": workbench.remark,
    "note": workbench.remark,
    "note.withdraw": workbench.remark,
    "warning.accept": workbench.acceptance,
    "warning.reopen": workbench.acceptance,
    "warning.retry": retry_schema.retry,
    "warning.retried": retry_schema.retry_result,
    "stacks.split": stack_decision,
    "stacks.merge": stack_decision,
    "stacks.undo": stack_decision,
    "decide.held": people_schema.held_decision,
    "vote": people_schema.vote,
    "settle": people_schema.settlement,
}


def digest_rows(connection: Connection, table: Table, op: str) -> str:
    """Digest every row of an operation, in the order they were stored: SHA-256 over canonical JSON, a line a row."""
    total = hashlib.sha256()
    for row in connection.execute(select(table).where(table.c.op == op).order_by(table.c.id)):
        total.update(canonical(list(row)).encode() + b"\n")
    return total.hexdigest()


def operations(connection: Connection, table: Table) -> Iterator[str]:
    """Give the ids of the operations that have rows in a table."""
    yield from connection.execute(select(table.c.op).distinct()).scalars()
