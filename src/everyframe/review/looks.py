"""Recording Looks: each batch is held against the rule and stored with its audit record, once."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from everyframe.review.rule import LookRule
from everyframe.store import audit_log, row_digest, settings
from everyframe.store.case import Case
from everyframe.store.looking import SeenLook, add_looks, natives
from everyframe.store.operations import once

__all__ = ["read_rule", "record_looks"]

ACTION = "look"


def read_rule(connection: Connection) -> LookRule:
    """Give the rule of a case."""
    return LookRule.from_settings(settings.read(connection))


def record_looks(case: Case, looks: Sequence[SeenLook], *, op: str, actor: str) -> dict[str, Any]:
    """Store the Looks that count, and say of the others how many were refused and why.

    The answer has ``recorded``, ``first`` (Media looked at for the first time), ``refused`` (reason → number) and
    ``accepted`` (ids).
    """
    with case.database.write() as connection:
        return once(connection, op, ACTION, lambda: _record(connection, looks, op, actor))


def _record(connection: Connection, looks: Sequence[SeenLook], op: str, actor: str) -> dict[str, Any]:
    rule = read_rule(connection)
    known = natives(connection, [k.media_id for k in looks])
    reasons = [rule.refusal(k, known.get(k.media_id)) for k in looks]
    counted = [look for look, reason in zip(looks, reasons, strict=True) if not reason]
    refused = dict(Counter(reason for reason in reasons if reason))
    accepted = sorted({k.media_id for k in counted})
    first = add_looks(connection, op, actor, counted)
    body: dict[str, Any] = {"op": op, "recorded": len(counted), "first": first, "refused": refused, "media": accepted}
    body["rows"] = row_digest.digest_rows(connection, row_digest.TABLES[ACTION], op)
    audit_log.append(connection, actor, ACTION, body)
    return {"recorded": len(counted), "first": first, "refused": refused, "accepted": accepted}
