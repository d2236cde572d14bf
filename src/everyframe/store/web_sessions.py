"""Sessions of people as rows: a digest of the token, never the token. The audit says when each began and ended."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, insert, select, update

from everyframe.model.clock import now
from everyframe.store import audit_log
from everyframe.store.people_schema import person, web_session

__all__ = ["Session", "add", "end", "end_everything", "find", "open_sessions"]

S, P = web_session.c, person.c


@dataclass(frozen=True, slots=True)
class Session:
    """Hold a session that is open, with what its person is now."""

    id: int
    person: str
    stage: str
    opened_at: str
    agent: str
    display: str
    role: str


COLUMNS = (S.id, S.person, S.stage, S.opened_at, S.agent, P.display, P.role)
OPEN = (S.ended_at.is_(None), P.disabled.is_(False))


def add(connection: Connection, digest: bytes, name: str, stage: str, agent: str) -> None:
    """Store a session that begins."""
    at = now()
    values = {"digest": digest, "person": name, "stage": stage, "opened_at": at, "active_at": at, "agent": agent}
    connection.execute(insert(web_session).values(values))
    if stage == "open":
        audit_log.append(connection, name, "session.open", {"agent": agent})


def find(connection: Connection, digest: bytes) -> Session | None:
    """Give the open session of a token's digest."""
    row = connection.execute(select(*COLUMNS).join(person, P.name == S.person).where(S.digest == digest, *OPEN))
    found = row.one_or_none()
    return Session(*found) if found else None


def open_sessions(connection: Connection, name: str = "") -> list[Session]:
    """Give the open sessions of a person, or of everybody, oldest first."""
    where = [*OPEN, S.stage == "open", *([S.person == name] if name else [])]
    query = select(*COLUMNS).join(person, P.name == S.person).where(*where).order_by(S.id)
    return [Session(*row) for row in connection.execute(query)]


def end(connection: Connection, actor: str, why: str, *where: ColumnElement[bool]) -> int:
    """End sessions; gives how many were open."""
    chosen = select(S.id, S.person, S.stage).where(S.ended_at.is_(None), *where).order_by(S.id)
    rows = connection.execute(chosen).all()
    for row in rows:
        connection.execute(update(web_session).where(S.id == row.id).values(ended_at=now()))
    for name in sorted({row.person for row in rows if row.stage == "open"}):
        audit_log.append(connection, actor, "session.end", {"person": name, "why": why})
    return len(rows)


def end_everything(connection: Connection, actor: str) -> int:
    """End every session: those of a server that no longer runs."""
    return end(connection, actor, "server ended")
