"""What people decided about stacks, as rows that are only ever added; an undo is one too."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from everyframe.errors import DecisionError, UsageError
from everyframe.model.clock import now
from everyframe.store import audit_log, schema
from everyframe.store.ids import id_list, id_select
from everyframe.store.row_digest import digest_rows
from everyframe.store.stack_schema import stack_decision, stack_member

__all__ = ["InForce", "find_media", "in_force", "merge", "split", "undo"]

M, D, T = schema.media, stack_decision, stack_member
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class InForce:
    """Hold the pairs of Media that people keep together, and those that they keep apart."""

    together: tuple[Pair, ...]
    apart: tuple[Pair, ...]


def find_media(connection: Connection, named: str) -> int:
    """Give the Media that a person names, by its number or its SHA-256.

    Raises:
        UsageError: there is none.
    """
    if re.fullmatch(r"[0-9a-fA-F]{64}", named):
        where = M.c.sha256 == bytes.fromhex(named)
    elif re.fullmatch(r"[0-9]{1,9}", named):
        where = M.c.id == int(named)
    else:
        raise UsageError(f"{named!r} is neither the number nor the SHA-256 of a picture")
    found = connection.execute(select(M.c.id).where(where)).scalar_one_or_none()
    if found is None:
        raise UsageError(f"the case has no picture {named}")
    return int(found)


def split(connection: Connection, ids: Iterable[int], *, op: str, actor: str) -> int:
    """Decide that Media are kept apart from their representatives; gives how many.

    A representative that is named together with members of its own stack stays where it is.

    Raises:
        DecisionError: one of them is no member of a stack.
    """
    named = list(dict.fromkeys(ids))
    query = select(T.c.media_id, T.c.representative_id).where(T.c.media_id.in_(id_select()))
    heads = {r.media_id: int(r.representative_id) for r in connection.execute(query, id_list(named))}
    left = [ident for ident in named if ident not in heads and ident not in heads.values()]
    if left:
        raise DecisionError(f"picture {left[0]} is no member of a stack; a representative cannot leave its own")
    return _add(connection, "split", [(ident, heads[ident]) for ident in named if ident in heads], op, actor)


def merge(connection: Connection, ids: Sequence[int], *, op: str, actor: str) -> int:
    """Decide that Media are kept together; gives how many.

    Raises:
        DecisionError: they are less than two.
    """
    distinct = list(dict.fromkeys(ids))
    if len(distinct) < 2:  # noqa: PLR2004 - a pair
        raise DecisionError("a merge needs two pictures or more")
    return _add(connection, "merge", [(each, distinct[0]) for each in distinct[1:]], op, actor)


def undo(connection: Connection, *, op: str, actor: str, target: str = "", own: bool = False) -> list[dict[str, Any]]:
    """Take back the newest decision on stacks that stands, or the operation ``target``; gives its pairs.

    With ``own`` only what the actor decided is taken back.

    Raises:
        DecisionError: there is none.
    """
    standing = [r for r in _standing(connection) if (not target or r.op == target) and (not own or r.actor == actor)]
    if not standing:
        raise DecisionError(f"no decision {target} on stacks stands" if target else "no decision on stacks stands")
    newest = max(standing, key=lambda r: r.id).op
    rows = [r for r in standing if r.op == newest]
    values = [
        {
            "op": op,
            "kind": "undo",
            "media_id": r.media_id,
            "other_id": r.other_id,
            "actor": actor,
            "at": now(),
            "undoes": r.id,
        }
        for r in rows
    ]
    connection.execute(insert(D), values)
    body = {"op": op, "target": newest, "rows": digest_rows(connection, D, op)}
    audit_log.append(connection, actor, "stacks.undo", body)
    return [{"kind": r.kind, "media": r.media_id, "other": r.other_id} for r in rows]


def in_force(connection: Connection) -> InForce:
    """Give the decisions that stand; of several about one pair the newest counts."""
    newest = {frozenset((r.media_id, r.other_id)): r for r in _standing(connection)}
    pairs = {
        kind: tuple((r.media_id, r.other_id) for r in newest.values() if r.kind == kind) for kind in ("split", "merge")
    }
    return InForce(pairs["merge"], pairs["split"])


def _standing(connection: Connection) -> list[Any]:
    rows = connection.execute(select(D).order_by(D.c.id)).all()
    undone = {r.undoes for r in rows if r.undoes is not None}
    return [r for r in rows if r.kind != "undo" and r.id not in undone]


def _add(connection: Connection, kind: str, pairs: Sequence[Pair], op: str, actor: str) -> int:
    values = [
        {"op": op, "kind": kind, "media_id": a, "other_id": b, "actor": actor, "at": now(), "undoes": None}
        for a, b in pairs
    ]
    connection.execute(insert(D), values)
    body = {"op": op, "pairs": [list(p) for p in pairs], "rows": digest_rows(connection, D, op)}
    if kind == "split":
        audit_log.append(connection, actor, "stacks.split", body)
    else:
        audit_log.append(connection, actor, "stacks.merge", body)
    return len(pairs)
