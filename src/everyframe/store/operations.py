"""Operation ids: the same change asked for twice is one change, and gives the same answer."""

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, insert, select

from everyframe.audit.chain import canonical
from everyframe.errors import DecisionError
from everyframe.model.clock import now
from everyframe.store.schema import operation

__all__ = ["once"]


def once(connection: Connection, op: str, action: str, change: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Carry out ``change`` unless operation ``op`` was carried out before; give its answer either way.

    Raises:
        DecisionError: the id was used for another kind of change.
    """
    row = connection.execute(select(operation.c.action, operation.c.answer).where(operation.c.op == op)).one_or_none()
    if row is not None:
        if row.action != action:
            raise DecisionError(f"operation id {op} was used for {row.action}; each change needs an id of its own")
        before: dict[str, Any] = json.loads(row.answer)
        return before
    answer = change()
    connection.execute(insert(operation).values(op=op, action=action, answer=canonical(answer), at=now()))
    return answer
