"""What a person says about stacks, and the folding that follows it."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection

from everyframe.errors import UsageError
from everyframe.grouping.stacking import stack_case
from everyframe.store import stack_decisions
from everyframe.store.case import Case
from everyframe.store.operations import once

__all__ = ["KINDS", "change_stacks"]

KINDS: Final = ("split", "merge", "undo")


def change_stacks(case: Case, kind: str, ids: Sequence[int], *, op: str, actor: str) -> dict[str, Any]:
    """Split Media from their representatives, merge Media into one stack, or take the newest of these back; then fold.

    Asked for again under the same ``op`` it gives the same answer. Commit points: the decision, then the folding. When the
    program dies between, the next folding follows the decision.

    Args:
        case: whose stacks.
        kind: ``split``, ``merge`` or ``undo``.
        ids: of the Media; none for ``undo``.
        op: id of the operation.
        actor: who decides.

    Raises:
        DecisionError: a Media is no member of a stack, a merge has less than two, or there is nothing to undo.
        SeatTakenError: something else is changing the pictures of the case at the moment.
        UsageError: there is no such kind of decision.
    """
    if kind not in KINDS:
        raise UsageError("a decision on stacks is split, merge or undo")
    with case.seat("intake", purpose="stacking"):
        with case.database.write() as connection:
            answer = once(
                connection, op, f"stacks-{kind}", lambda: {"pairs": _decide(connection, kind, ids, op, actor)}
            )
        found = stack_case(case, actor=actor)
    return answer | {"stacks": found.stacks, "members": found.members}


def _decide(connection: Connection, kind: str, ids: Sequence[int], op: str, actor: str) -> int:
    if kind == "undo":
        return len(stack_decisions.undo(connection, op=op, actor=actor))
    known = [stack_decisions.find_media(connection, str(ident)) for ident in ids]
    decide = stack_decisions.split if kind == "split" else stack_decisions.merge
    return decide(connection, known, op=op, actor=actor)
