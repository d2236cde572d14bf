"""Verification of what people agreed on: how many opinions each category needs, against what was recorded of it."""

import json
from collections.abc import Iterator

from sqlalchemy import Connection, select

from everyframe.store import opinions, schema

__all__ = ["rule_problems"]


def rule_problems(connection: Connection) -> Iterator[str]:
    """Hold the numbers of opinions against the audit."""
    a = schema.audit.c
    recorded: dict[tuple[str, str], int] = {}
    query = select(a.body).where(a.action == "opinions.require").order_by(a.seq)
    for text in connection.execute(query).scalars():
        facts = json.loads(text)
        recorded[facts["scheme"], facts["code"]] = facts["votes"]
    if opinions.rules(connection) != {category: n for category, n in recorded.items() if n > 1}:
        yield "the numbers of opinions are not those that were recorded"
