"""Verification of clues: each row against what the audit recorded of it, and of its withdrawal."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from everyframe.store import schema
from everyframe.store.workbench import clue

__all__ = ["clue_problems"]


def clue_problems(connection: Connection) -> Iterator[str]:
    """Hold each clue against the records of it: rectangle, words, crop, who marked it, who withdrew it."""
    a = schema.audit.c
    stored: dict[int, dict[str, Any]] = {}
    withdrawn: dict[int, str] = {}
    query = select(a.actor, a.action, a.body).where(a.action.in_(("clue", "clue.withdraw"))).order_by(a.seq)
    for actor, action, text in connection.execute(query):
        facts = json.loads(text)
        if action == "clue":
            stored[facts["id"]] = facts | {"actor": actor}
        else:
            withdrawn[facts["id"]] = actor
    for row in connection.execute(select(clue).order_by(clue.c.id).execution_options(yield_per=100)).mappings():
        facts = stored.pop(row["id"], None)
        crop = row["crop"]
        found = dict(row) | {"crop": hashlib.sha256(crop).hexdigest() if isinstance(crop, bytes) else None}
        if facts is None:
            yield f"clue {row['id']}: no audit record vouches for it"
        elif facts != {name: found[name] for name in facts}:
            yield f"clue {row['id']}: is not what was stored"
        if row["withdrawn_by"] != withdrawn.get(row["id"]):
            yield f"clue {row['id']}: its withdrawal is not what was recorded"
    for ident in stored:
        yield f"clue {ident}: was recorded, and is gone"
