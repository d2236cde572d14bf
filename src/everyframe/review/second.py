"""The second opinion: how many people have to look at a category, asked without showing what the first one said.

The decision in force is the first opinion. Further ones are votes on it: they overwrite nothing. When there are as many as
the category needs and all say the same, it is confirmed; when they differ, a supervisor settles it by a decision that needs no
further opinion. A new decision on the same Media starts anew.
"""

from typing import Any

from sqlalchemy import Connection

from everyframe.errors import DecisionError, UsageError
from everyframe.people.roles import OWNER, RIGHTS, Right
from everyframe.store import audit_log, deciding
from everyframe.store import opinions as rows
from everyframe.store.case import Case
from everyframe.store.operations import once
from everyframe.store.opinions import Waiting
from everyframe.store.row_digest import TABLES, digest_rows

__all__ = ["MOST_VOTES", "blind", "give_opinion", "hidden_categories", "require", "settle"]

MOST_VOTES = 9


def require(case: Case, code: str, votes: int, *, actor: str) -> None:
    """Say how many people a category of the case's scheme needs.

    Raises:
        SchemeError: the scheme has no such category.
        UsageError: the number cannot be had.
    """
    if not 1 <= votes <= MOST_VOTES:
        raise UsageError(f"a category needs 1 to {MOST_VOTES} people")
    category = (case.scheme.id, case.scheme.category(code).code)
    with case.database.write() as connection:
        rows.set_rule(connection, category, votes, actor)


def give_opinion(case: Case, media_id: int, code: str, *, op: str, actor: str) -> dict[str, Any]:
    """Store an opinion on what is in force.

    Raises:
        DecisionError: this person is not asked about it, or not any more.
        SchemeError: the scheme has no such category.
    """
    category = (case.scheme.id, case.scheme.category(code).code)
    with case.database.write() as connection:
        return once(connection, op, "vote", lambda: _give(connection, media_id, category, op, actor))


def settle(case: Case, media_id: int, code: str, *, op: str, actor: str) -> dict[str, Any]:
    """End a disagreement by a decision.

    Raises:
        DecisionError: there is none, or not any more.
        SchemeError: the scheme has no such category.
    """
    category = (case.scheme.id, case.scheme.category(code).code)
    with case.database.write() as connection:
        return once(connection, op, "settle", lambda: _settle(connection, media_id, category, op, actor))


def blind(connection: Connection, name: str, role: str) -> list[int]:
    """Give the Media whose category this person is not shown, because they are asked for an opinion of their own."""
    return rows.waiting_ids(connection, name) if _asked(role) else []


def hidden_categories(connection: Connection, name: str, role: str) -> set[tuple[str, str]]:
    """Give the categories that are not named to this person when somebody else decides."""
    return set(rows.rules(connection)) if name and _asked(role) else set()


def _asked(role: str) -> bool:
    rights = RIGHTS.get(role, frozenset())
    return role != OWNER and Right.DECIDE in rights and Right.SUPERVISE not in rights


def _give(connection: Connection, media_id: int, category: tuple[str, str], op: str, actor: str) -> dict[str, Any]:
    one = _only(rows.asked_of(connection, actor, 1, media_id), "your opinion on this is not asked for any more")
    rows.add_vote(connection, op, actor, one, category)
    body: dict[str, Any] = {"op": op, "media": media_id, "decision": one.decision_id}
    body |= {"scheme": category[0], "code": category[1]}
    audit_log.append(connection, actor, "vote", body | {"rows": digest_rows(connection, TABLES["vote"], op)})
    return {"voted": 1}


def _settle(connection: Connection, media_id: int, category: tuple[str, str], op: str, actor: str) -> dict[str, Any]:
    one = _only(rows.disputed(connection, 1, media_id), "nobody disagrees on this any more")
    if not deciding.add_category(connection, op, actor, category, [media_id]):
        raise DecisionError("this cannot be decided on")
    decided = {"op": op, "scheme": category[0], "code": category[1], "media": 1, "ids": [media_id]}
    audit_log.append(connection, actor, "decide", decided | {"rows": digest_rows(connection, TABLES["decide"], op)})
    rows.add_settlement(connection, op, actor, one)
    body: dict[str, Any] = {"op": op, "media": media_id, "settles": one.decision_id}
    audit_log.append(connection, actor, "settle", body | {"rows": digest_rows(connection, TABLES["settle"], op)})
    return {"settled": 1}


def _only(found: list[Waiting], otherwise: str) -> Waiting:
    if not found:
        raise DecisionError(otherwise)
    return found[0]
