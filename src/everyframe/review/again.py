"""Asking for a file with a Warning to be read again: a wish that is stored, and done by whoever takes the intake seat next."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from everyframe.errors import DecisionError
from everyframe.model.retry import Asked, Manner
from everyframe.store import audit_log, retries
from everyframe.store.case import Case
from everyframe.store.operations import once
from everyframe.store.row_digest import TABLES, digest_rows

__all__ = ["ask", "manners_of"]


def ask(case: Case, warning_id: int, manner: str, *, op: str, actor: str) -> dict[str, Any]:
    """Store the wish to read the file of a Warning again; without a manner, in the one most likely to help.

    Raises:
        DecisionError: there is no such Warning, reading again cannot help with it, or it waits already.
    """
    with case.database.write() as connection:
        return once(connection, op, "warning.retry", lambda: _ask(connection, warning_id, manner, op, actor))


def manners_of(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[Manner, ...]]:
    """Give the manners in which each Warning's file can be read again; none for one that cannot."""
    found = retries.warned(connection, ids)
    return {i: one.manners if one.manners and retries.targets(connection, one) else () for i, one in found.items()}


def _ask(connection: Connection, warning_id: int, manner: str, op: str, actor: str) -> dict[str, Any]:
    offered = manners_of(connection, [warning_id]).get(warning_id)
    if offered is None:
        raise DecisionError(f"there is no warning {warning_id}")
    if not offered:
        raise DecisionError("reading again cannot help with this warning; docs/warnings.md says what can")
    chosen = manner or offered[0]
    if chosen not in offered:
        raise DecisionError(f"this warning's file can be read again: {', '.join(offered)}")
    if retries.pending(connection, [warning_id]):
        raise DecisionError("this warning's file waits to be read again already")
    ident = retries.add_retry(connection, Asked(op, warning_id, Manner(chosen), actor))
    body = {
        "op": op,
        "warning": warning_id,
        "manner": chosen,
        "rows": digest_rows(connection, TABLES["warning.retry"], op),
    }
    audit_log.append(connection, actor, "warning.retry", body)
    return {"id": ident, "warning": warning_id, "manner": chosen}
