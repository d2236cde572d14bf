"""What is handed out, file by file: every chosen occurrence with its state, its content and what was decided."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, func, select

from everyframe.store import folding, schema
from everyframe.store.account import state_of
from everyframe.store.exchange_choice import Choice, of_files

__all__ = ["count_files", "decisions", "exhibits", "files"]

F, M, E = schema.media_file, schema.media, schema.exhibit
S, D = schema.standing, schema.decision
FILE = (
    "id", "exhibit_id", "parent_id", "path", "display", "provenance", "size", "modified", "accessed", "changed", "created",
    "media_id", "name_disagrees",
)  # fmt: skip
MEDIA = ("sha256", "sha1", "md5", "kind", "width", "height", "duration_ms", "pdq", "pdq_quality", "damaged", "looked")
Row = dict[str, Any]


def count_files(connection: Connection, choice: Choice) -> int:
    """Count the chosen files."""
    query = select(func.count()).select_from(F).where(of_files(connection, choice))
    return int(connection.execute(query).scalar_one())


def files(connection: Connection, choice: Choice) -> Iterator[Row]:
    """Give every chosen file in the order listed."""
    joined = (
        folding.under(F.join(E, E.c.id == F.c.exhibit_id).outerjoin(M, M.c.id == F.c.media_id))
        .outerjoin(S, S.c.media_id == M.c.id)
        .outerjoin(D, D.c.id == S.c.decision_id)
    )
    columns = (
        *(F.c[n] for n in FILE),
        *(M.c[n] for n in MEDIA),
        func.coalesce(F.c.mime, M.c.mime).label("mime"),
        E.c.reference,
        state_of().label("state"),
        S.c.scheme,
        S.c.code,
        D.c.actor,
        D.c.at.label("decided_at"),
    )
    query = select(*columns).select_from(joined).where(of_files(connection, choice)).order_by(F.c.id)
    for row in connection.execute(query.execution_options(yield_per=1000)):
        yield dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name


def exhibits(connection: Connection, choice: Choice) -> list[Row]:
    """Give the chosen exhibits, each with its sources as people see them."""
    s = schema.source
    query = select(E.c.id, E.c.reference, E.c.created_at).order_by(E.c.id)
    if choice.exhibits:
        query = query.where(E.c.reference.in_(choice.exhibits))
    shown = connection.execute(select(s.c.exhibit_id, s.c.display).order_by(s.c.id)).all()
    return [
        dict(row._mapping) | {"sources": [d for i, d in shown if i == row.id]}  # noqa: SLF001 - the same
        for row in connection.execute(query)
    ]


def decisions(connection: Connection, choice: Choice) -> Iterator[Row]:
    """Give every decision, undone ones and undoings too, on content of which a file was chosen, oldest first."""
    content = (M.c.md5, M.c.sha1, M.c.sha256, M.c.mime)
    query = select(D, *content).join(M, M.c.id == D.c.media_id).order_by(D.c.id)
    if not choice.everything:
        chosen = select(F.c.media_id).where(of_files(connection, choice), F.c.media_id.is_not(None))
        query = query.where(D.c.media_id.in_(chosen))
    for row in connection.execute(query.execution_options(yield_per=1000)):
        yield dict(row._mapping)  # noqa: SLF001 - the same
