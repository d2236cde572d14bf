"""Runs as they stand in a case: long work that was started from the screen, each with its result."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from everyframe.model.clock import now
from everyframe.store import audit_log
from everyframe.store.run_schema import run

__all__ = ["StoredRun", "begin", "end", "find", "forsake", "last", "newest", "recent", "running"]

LOST = "the server ended before this did; what was stored until then stands"


@dataclass(frozen=True, slots=True)
class StoredRun:
    """Hold one run.

    Args:
        id: its number.
        kind: what was done.
        actor: who asked.
        asked: what was asked for.
        state: ``running``, ``done``, ``warnings`` (done, and something is to be read), ``stopped``, ``failed`` or ``lost``.
        started_at: UTC, ISO 8601.
        ended_at: the same, or None.
        result: what the command printed; empty when it printed nothing.
        said: the last lines of what it said.
    """

    id: int
    kind: str
    actor: str
    asked: dict[str, Any]
    state: str
    started_at: str
    ended_at: str | None
    result: dict[str, Any]
    said: str


def begin(connection: Connection, kind: str, actor: str, asked: dict[str, Any]) -> int:
    """Enter a run that begins, with its audit record; gives its number."""
    values = {"kind": kind, "actor": actor, "asked": json.dumps(asked), "state": "running", "started_at": now()}
    row = connection.execute(insert(run).values(**values, result="{}", said="").returning(run.c.id))
    ident = int(row.scalar_one())
    audit_log.append(connection, actor, "run.start", {"run": ident, "kind": kind, "asked": asked})
    return ident


def end(connection: Connection, ident: int, state: str, result: dict[str, Any], said: str) -> None:
    """State how a run ended, with its audit record and a digest of what it printed."""
    text = json.dumps(result)
    connection.execute(update(run).where(run.c.id == ident).values(state=state, ended_at=now(), result=text, said=said))
    (kind, actor) = connection.execute(select(run.c.kind, run.c.actor).where(run.c.id == ident)).one()
    body = {"run": ident, "kind": kind, "state": state, "result": hashlib.sha256(text.encode()).hexdigest()}
    audit_log.append(connection, actor, "run.end", body)


def forsake(connection: Connection) -> int:
    """Mark runs that no server watches over any more; gives how many there were."""
    left = connection.execute(select(run.c.id).where(run.c.state == "running")).scalars().all()
    for ident in left:
        end(connection, ident, "lost", {}, LOST)
    return len(left)


def running(connection: Connection) -> bool:
    """Tell whether a run stands as going on."""
    return connection.execute(select(run.c.id).where(run.c.state == "running").limit(1)).first() is not None


def last(connection: Connection, kind: str, states: Sequence[str] = ()) -> StoredRun | None:
    """Give the newest run of a kind, in one of some states where they are given."""
    query = select(run).where(run.c.kind == kind).order_by(run.c.id.desc()).limit(1)
    found = connection.execute(query.where(run.c.state.in_(states)) if states else query).one_or_none()
    return _stored(found) if found else None


def newest(connection: Connection) -> str:
    """Give number and state of the newest run; changes whenever one begins or ends."""
    found = connection.execute(select(run.c.id, run.c.state).order_by(run.c.id.desc()).limit(1)).one_or_none()
    return f"{found.id}-{found.state}" if found else ""


def recent(connection: Connection, kind: str, limit: int) -> list[StoredRun]:
    """Give the newest runs of a kind, newest first."""
    query = select(run).where(run.c.kind == kind).order_by(run.c.id.desc()).limit(limit)
    return [_stored(row) for row in connection.execute(query)]


def find(connection: Connection, ident: int) -> StoredRun | None:
    """Give one run, or None."""
    found = connection.execute(select(run).where(run.c.id == ident)).one_or_none()
    return _stored(found) if found else None


def _stored(row: Any) -> StoredRun:  # noqa: ANN401 - a row of SQLAlchemy
    facts = row._mapping  # noqa: SLF001 - SQLAlchemy's public name
    return StoredRun(**{**facts, "asked": json.loads(row.asked), "result": json.loads(row.result)})
