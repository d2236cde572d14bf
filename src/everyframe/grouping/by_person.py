"""What a person says about stacks: stored at once; the folding that follows it is another step."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from everyframe.errors import UsageError
from everyframe.store import stack_decisions
from everyframe.store.case import Case
from everyframe.store.operations import once

__all__ = ["decide_stacks"]

_CHANGES: Final[dict[str, Callable[..., int]]] = {"split": stack_decisions.split, "merge": stack_decisions.merge}


def decide_stacks(
    case: Case, kind: str, pictures: Sequence[str | int], *, op: str, actor: str, own: bool = False
) -> dict[str, Any]:
    """Keep pictures apart from their representatives, keep pictures together, or take the newest of these back.

    Asked for again under the same ``op`` it gives the same answer, and does nothing. ``grouping.stacking.stack_case`` brings
    the stacks in line, once this is committed.

    Args:
        case: whose stacks.
        kind: ``split``, ``merge`` or ``undo``.
        pictures: numbers or SHA-256 of Media; none for ``undo``.
        op: id of the operation.
        actor: who decides.
        own: an undo takes back the actor's own newest only, not that of somebody else.

    Raises:
        DecisionError: a picture is no member of a stack, a merge has less than two, or there is nothing to undo.
        UsageError: there is no such picture, or no such kind of decision.
    """
    if kind not in (*_CHANGES, "undo"):
        raise UsageError("a decision on stacks is split, merge or undo")
    with case.database.write() as connection:
        return once(connection, op, f"stacks-{kind}", lambda: _decide(connection, kind, pictures, op, actor, own=own))


def _decide(
    connection: Connection, kind: str, pictures: Sequence[str | int], op: str, actor: str, *, own: bool
) -> dict[str, Any]:
    if kind == "undo":
        taken = stack_decisions.undo(connection, op=op, actor=actor, own=own)
        return {"kind": kind, "pairs": len(taken), "undone": taken[0]["kind"]}
    ids = [stack_decisions.find_media(connection, str(named)) for named in pictures]
    return {"kind": kind, "pairs": _CHANGES[kind](connection, ids, op=op, actor=actor)}
