"""Accounts as rows. Each change is in the audit, without anything secret."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from everyframe.model.clock import now
from everyframe.store import audit_log
from everyframe.store.people_schema import person, recovery_code

__all__ = ["Person", "add", "change", "fail", "find", "people", "replace_codes", "succeed", "use_code"]

P, R = person.c, recovery_code.c


@dataclass(frozen=True, slots=True)
class Person:
    """Hold an account as stored; ``password`` is the protected form, ``secret`` that of the second factor."""

    name: str
    display: str
    role: str
    disabled: bool
    password: str
    must_change: bool
    expires_at: str | None
    secret: str
    step: int
    failures: int
    failed_at: str | None
    created_at: str


def find(connection: Connection, name: str) -> Person | None:
    """Give an account, or None."""
    row = connection.execute(select(person).where(P.name == name)).one_or_none()
    return Person(*row) if row else None


def people(connection: Connection) -> list[Person]:
    """Give every account, by name."""
    return [Person(*row) for row in connection.execute(select(person).order_by(P.name))]


def add(connection: Connection, new: Person, actor: str) -> None:
    """Add an account."""
    connection.execute(insert(person).values({name: getattr(new, name) for name in Person.__slots__}))
    facts = {"name": new.name, "display": new.display, "role": new.role}
    audit_log.append(connection, actor, "person.add", facts)


def change(connection: Connection, name: str, values: dict[str, Any], actor: str, said: dict[str, Any]) -> None:
    """Change an account; ``said`` is what the audit says of it."""
    if values:
        connection.execute(update(person).where(P.name == name).values(values))
    audit_log.append(connection, actor, "person.change", {"name": name} | said)


def fail(connection: Connection, name: str, failures: int, what: str) -> None:
    """Record that somebody could not show that they are this person."""
    connection.execute(update(person).where(P.name == name).values(failures=failures, failed_at=now()))
    audit_log.append(connection, name, "person.refused", {"name": name, "what": what, "failures": failures})


def succeed(connection: Connection, name: str, values: dict[str, Any]) -> None:
    """Forget failures, with what else changes when somebody shows that they are this person."""
    connection.execute(update(person).where(P.name == name).values({"failures": 0, "failed_at": None} | values))


def replace_codes(connection: Connection, name: str, digests: list[bytes]) -> None:
    """Give a person new recovery codes; the old ones count no longer."""
    connection.execute(update(recovery_code).where(R.person == name, R.used_at.is_(None)).values(used_at=now()))
    if digests:
        connection.execute(insert(recovery_code), [{"digest": d, "person": name} for d in digests])


def use_code(connection: Connection, name: str, digest: bytes) -> int | None:
    """Use a recovery code once; gives how many are left, or None when it is none of theirs."""
    used = update(recovery_code).where(R.digest == digest, R.person == name, R.used_at.is_(None)).values(used_at=now())
    if not connection.execute(used).rowcount:
        return None
    left = select(func.count()).where(R.person == name, R.used_at.is_(None))
    return int(connection.execute(left).scalar_one())
