"""Appending to the audit, and reading it back."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, insert, select, update

from everyframe.audit.chain import Record, canonical, link
from everyframe.model.clock import now
from everyframe.store.schema import audit, audit_head

__all__ = ["append", "head", "records"]


def append(connection: Connection, actor: str, action: str, body: dict[str, Any]) -> int:
    """Append one record inside the caller's transaction; gives its number."""
    seq, before = head(connection)
    at, text = now(), canonical(body)
    digest = link(before, seq + 1, at, actor, action, text)
    values = {"seq": seq + 1, "at": at, "actor": actor, "action": action, "body": text, "hash": digest}
    connection.execute(insert(audit), values)
    connection.execute(update(audit_head).values(seq=seq + 1, hash=digest))
    return seq + 1


def head(connection: Connection) -> tuple[int, bytes]:
    """Give the number and hash (32 bytes) of the newest record."""
    row = connection.execute(select(audit_head.c.seq, audit_head.c.hash)).one_or_none()
    return (row.seq, bytes(row.hash)) if row else (0, bytes(32))


def records(connection: Connection) -> Iterator[Record]:
    """Read every record, oldest first, without holding them all."""
    query = select(audit).order_by(audit.c.seq).execution_options(yield_per=2000)
    for row in connection.execute(query):
        yield Record(row.seq, row.at, row.actor, row.action, row.body, bytes(row.hash))
