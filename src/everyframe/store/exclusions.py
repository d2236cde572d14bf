"""Exclusions: files set aside without a look, by whom and why; withdrawn, never deleted."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, insert, select, update

from everyframe.errors import UsageError
from everyframe.model.clock import now
from everyframe.store import audit_log, folding, schema

__all__ = ["Exclusion", "exclude", "read", "withdraw"]

X, F, E = schema.exclusion, schema.media_file, schema.exhibit


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Hold one exclusion; ``withdrawn_by`` is empty while it is in force."""

    id: int
    exhibit: str
    pattern: str
    why: str
    actor: str
    at: str
    files: int
    withdrawn_by: str
    withdrawn_at: str


def exclude(connection: Connection, *, pattern: str, reference: str, why: str, actor: str) -> int:
    """Exclude the files whose displayed path matches a shell pattern; gives the exclusion's number.

    Raises:
        UsageError: no file matches, or there is no such exhibit.
    """
    exhibit_id = _exhibit(connection, reference)
    values = {"exhibit_id": exhibit_id, "pattern": pattern, "why": why, "actor": actor, "at": now(), "files": 0}
    ident = int(connection.execute(insert(X).values(values).returning(X.c.id)).scalar_one())
    where: list[ColumnElement[bool]] = [F.c.display.op("GLOB")(pattern), F.c.exclusion_id.is_(None)]
    if exhibit_id is not None:
        where.append(F.c.exhibit_id == exhibit_id)
    files = connection.execute(update(F).where(*where).values(exclusion_id=ident)).rowcount
    if not files:
        raise UsageError(f"no file matches {pattern!r} that is not excluded already")
    connection.execute(update(X).where(X.c.id == ident).values(files=files))
    folding.settle_aside(connection)
    body = {"exclusion": ident, "exhibit": reference, "pattern": pattern, "why": why, "files": files}
    audit_log.append(connection, actor, "exclude", body)
    return ident


def withdraw(connection: Connection, ident: int, actor: str) -> None:
    """Take an exclusion back; its files are again in the state they would be in without it.

    Raises:
        UsageError: there is none with this number, or it was withdrawn before.
    """
    where = (X.c.id == ident, X.c.withdrawn_at.is_(None))
    if not connection.execute(update(X).where(*where).values(withdrawn_by=actor, withdrawn_at=now())).rowcount:
        raise UsageError(f"there is no exclusion {ident} in force")
    files = connection.execute(update(F).where(F.c.exclusion_id == ident).values(exclusion_id=None)).rowcount
    folding.settle_aside(connection)
    audit_log.append(connection, actor, "exclude.withdraw", {"exclusion": ident, "files": files})


def read(connection: Connection) -> list[Exclusion]:
    """Give every exclusion, oldest first."""
    rows = connection.execute(select(X, E.c.reference).outerjoin(E, E.c.id == X.c.exhibit_id).order_by(X.c.id))
    return [
        Exclusion(
            r.id,
            r.reference or "",
            r.pattern,
            r.why,
            r.actor,
            r.at,
            r.files,
            r.withdrawn_by or "",
            r.withdrawn_at or "",
        )
        for r in rows
    ]


def _exhibit(connection: Connection, reference: str) -> int | None:
    if not reference:
        return None
    found = connection.execute(select(E.c.id).where(E.c.reference == reference)).scalar_one_or_none()
    if found is None:
        raise UsageError(f"the case has no exhibit {reference}")
    return int(found)
