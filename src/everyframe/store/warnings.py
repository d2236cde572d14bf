"""Stored Warnings, as they stand for files, exhibits and contents."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select

from everyframe.model.clock import now
from everyframe.model.warning import Problem
from everyframe.store import schema

__all__ = ["StoredWarning", "add_to_exhibit", "add_to_file", "add_to_media", "count", "read_warnings", "totals"]

W, F, E = schema.warning, schema.media_file, schema.exhibit


@dataclass(frozen=True, slots=True)
class StoredWarning:
    """Hold one Warning. One about a content names its first MediaFile and says how many ``files`` it stands for."""

    id: int
    code: str
    reason: str
    stage: str
    exhibit: str
    path: str
    media_file_id: int | None
    media_id: int | None
    files: int
    at: str

    def as_json(self) -> dict[str, Any]:
        """Give it as scripts read it."""
        return asdict(self)


def read_warnings(
    connection: Connection, *, code: str = "", exhibit: str = "", after: int = 0, limit: int | None = None
) -> Iterator[StoredWarning]:
    """Give Warnings in the order they were stored, from the one behind ``after`` on."""
    m = schema.media
    file_id = func.coalesce(W.c.media_file_id, m.c.first_file_id)
    query = (
        select(W, F.c.display, E.c.reference, F.c.id.label("file_id"), m.c.occurrences)
        .select_from(
            W.outerjoin(m, m.c.id == W.c.media_id)
            .outerjoin(F, F.c.id == file_id)
            .outerjoin(E, E.c.id == func.coalesce(W.c.exhibit_id, F.c.exhibit_id))
        )
        .where(W.c.id > after)
        .order_by(W.c.id)
        .limit(limit)
        .execution_options(yield_per=1000)
    )
    if code:
        query = query.where(W.c.code == code)
    if exhibit:
        query = query.where(E.c.reference == exhibit)
    for r in connection.execute(query):
        files = r.occurrences if r.media_id is not None else int(r.media_file_id is not None)
        yield StoredWarning(
            r.id, r.code, r.reason, r.stage, r.reference or "", r.display or "", r.file_id, r.media_id, files, r.at
        )


def totals(connection: Connection) -> dict[str, int]:
    """Count Warnings per code."""
    query = select(W.c.code, func.count()).group_by(W.c.code).order_by(func.count().desc(), W.c.code)
    return dict(connection.execute(query).all())


def count(connection: Connection) -> int:
    """Count all Warnings."""
    return int(connection.execute(select(func.count()).select_from(W)).scalar_one())


def add_to_exhibit(connection: Connection, exhibit_id: int, problems: Iterable[Problem]) -> None:
    """Store Warnings about an exhibit as a whole."""
    rows = [
        {"exhibit_id": exhibit_id, "code": p.code, "reason": p.reason, "stage": p.stage, "at": now()} for p in problems
    ]
    if rows:
        connection.execute(insert(W), rows)


def add_to_file(connection: Connection, file_id: int, exhibit_id: int, problem: Problem) -> None:
    """Store a Warning about one file."""
    row = {"exhibit_id": exhibit_id, "media_file_id": file_id, "code": problem.code, "reason": problem.reason}
    connection.execute(insert(W).values(row | {"stage": problem.stage, "at": now()}))


def add_to_media(connection: Connection, problems: Iterable[tuple[int, Problem]]) -> None:
    """Store Warnings about contents (Media id, what); one that stands there already is not stored again."""
    for media_id, problem in problems:
        same = (W.c.media_id == media_id, W.c.code == problem.code, W.c.reason == problem.reason)
        if not connection.execute(select(func.count()).where(*same)).scalar_one():
            row = {"media_id": media_id, "code": problem.code, "reason": problem.reason, "stage": problem.stage}
            connection.execute(insert(W), row | {"at": now()})
