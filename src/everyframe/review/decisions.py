"""Deciding: a category for some Media, and taking it back; each with its audit record, once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from everyframe.errors import DecisionError
from everyframe.review.history import to_redo, to_undo
from everyframe.store import audit_log, conflicts, deciding
from everyframe.store.case import Case
from everyframe.store.conflicts import Conflict
from everyframe.store.deciding import Step
from everyframe.store.operations import once
from everyframe.store.row_digest import TABLES, digest_rows
from everyframe.store.stack_members import covered_by

__all__ = ["NOTHING_LEFT", "decide", "redo", "undo", "undo_one"]

SHOWN = 1000  # restored categories that an answer names; above that the page asks again
NOTHING_LEFT: dict[str, Any] = {"target": "", "files": 0, "restored": [], "whole": True}


def decide(
    case: Case,
    code: str,
    ids: Sequence[int],
    *,
    op: str,
    actor: str,
    view: dict[str, str] | None = None,
    for_stack: bool = False,
    seen: int | None = None,
) -> dict[str, Any]:
    """Put Media into a category of the case's scheme. ``view`` names what "all" was, when a whole view was chosen.

    ``for_stack`` decides for the stacks of the Media too, when the person says so: their representatives, and the members
    that are folded under these. It is one operation, so that one undo takes all of it back. ``seen`` is the newest decision
    that this person knew of. Where somebody else has decided otherwise since, theirs stays in force and this one is held:
    kept, and named in the answer under ``conflicts``.

    Raises:
        DecisionError: nothing was chosen, or none of it can be decided on.
        SchemeError: the scheme has no such category.
    """
    category = (case.scheme.id, case.scheme.category(code).code)
    with case.database.write() as connection:
        chosen = covered_by(connection, ids) if for_stack else ids
        answer = once(connection, op, "decide", lambda: _decide(connection, category, chosen, op, actor, view, seen))
        return answer | {"media": list(chosen)[:SHOWN]} if for_stack else answer


def undo(case: Case, *, op: str, actor: str) -> dict[str, Any]:
    """Take back this person's newest decision that stands; by a further decision, as nothing is ever deleted."""
    return _reverse(case, "undo", to_undo, op, actor)


def undo_one(case: Case, target: str, *, op: str, actor: str) -> dict[str, Any]:
    """Take back one decision of this person, wherever it is still in force; what was decided since stays.

    Raises:
        DecisionError: it is no decision of theirs, or nothing of it is in force any more.
    """
    with case.database.write() as connection:
        return once(connection, op, "undo", lambda: _undo_one(connection, target, op, actor))


def _undo_one(connection: Connection, target: str, op: str, actor: str) -> dict[str, Any]:
    if all(step.op != target or step.kind != "category" for step in deciding.steps(connection, actor)):
        raise DecisionError("this is no decision of yours: only the person who decided takes it back")
    answer = _put_back(connection, "undo", lambda _steps: iter((target,)), op, actor)
    if not answer["files"]:
        raise DecisionError("nothing of this decision is in force any more")
    return answer


def redo(case: Case, *, op: str, actor: str) -> dict[str, Any]:
    """Take back this person's newest undo, unless something was decided since."""
    return _reverse(case, "redo", to_redo, op, actor)


def _decide(
    connection: Connection,
    category: tuple[str, str],
    ids: Sequence[int],
    op: str,
    actor: str,
    view: dict[str, str] | None,
    seen: int | None,
) -> dict[str, Any]:
    against = [] if seen is None else conflicts.conflicts(connection, ids, actor, category, seen)
    said = _hold(connection, op, actor, category, against) if against else {}
    theirs = {one.media_id for one in against}
    free = [ident for ident in ids if ident not in theirs] if theirs else ids
    decided = deciding.add_category(connection, op, actor, category, free) if free else 0
    if not decided and said:
        return {"decided": 0} | said
    if not decided:
        raise DecisionError("none of what was chosen can be decided on")
    body: dict[str, Any] = {"op": op, "scheme": category[0], "code": category[1], "media": decided}
    if view is None:
        body["ids"] = sorted(set(free))
    else:
        body["view"] = view
    body["rows"] = digest_rows(connection, TABLES["decide"], op)
    audit_log.append(connection, actor, "decide", body)
    return {"decided": decided} | said


def _hold(
    connection: Connection, op: str, actor: str, category: tuple[str, str], against: Sequence[Conflict]
) -> dict[str, Any]:
    """Keep what cannot come in force, and say who decided what, and when."""
    conflicts.hold(connection, op, actor, category, against)
    body: dict[str, Any] = {"op": op, "scheme": category[0], "code": category[1], "media": len(against)}
    body["against"] = [one.decision_id for one in against[:SHOWN]]
    body["rows"] = digest_rows(connection, TABLES["decide.held"], op)
    audit_log.append(connection, actor, "decide.held", body)
    named = [asdict(one) for one in against[:SHOWN]]
    return {"status": 409, "held": len(against), "conflicts": named, "seen": conflicts.newest(connection)}


def _reverse(
    case: Case, kind: str, candidates: Callable[[Iterable[Step]], Iterator[str]], op: str, actor: str
) -> dict[str, Any]:
    with case.database.write() as connection:
        return once(connection, op, kind, lambda: _put_back(connection, kind, candidates, op, actor))


def _put_back(
    connection: Connection, kind: str, candidates: Callable[[Iterable[Step]], Iterator[str]], op: str, actor: str
) -> dict[str, Any]:
    for target in candidates(deciding.steps(connection, actor)):
        media = deciding.add_reversal(connection, op, actor, kind, target)
        if media:
            skipped = deciding.size(connection, target) - media
            body = {"op": op, "target": target, "media": media, "decided_since": skipped}
            audit_log.append(connection, actor, kind, body | {"rows": digest_rows(connection, TABLES[kind], op)})
            rows = deciding.restored(connection, op, SHOWN)
            named = [[r.media_id, r.scheme, r.code] for r in rows]
            return {"target": target, "files": media, "restored": named, "whole": len(rows) == media}
    return NOTHING_LEFT
