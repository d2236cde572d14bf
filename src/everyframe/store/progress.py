"""How far intake has got, in figures cheap enough to ask for every second."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from everyframe.store import schema

__all__ = ["Progress", "exhibit_sources", "read_progress"]


@dataclass(frozen=True, slots=True)
class Progress:
    """Hold the figures; ``stamp`` changes whenever something that the account counts may have changed."""

    files: int
    jobs: int
    warnings: int
    stamp: str


def read_progress(connection: Connection) -> Progress:
    """Read the figures. Rows of ``media_file`` and ``warning`` are numbered without gaps, so the last tells how many."""
    f, w, m = schema.media_file, schema.warning, schema.media
    last = [connection.execute(select(func.coalesce(func.max(t.c.id), 0))).scalar_one() for t in (f, w, m)]
    jobs = connection.execute(select(func.count()).select_from(schema.job)).scalar_one()
    seq = connection.execute(select(func.coalesce(func.max(schema.audit.c.seq), 0))).scalar_one()
    return Progress(last[0], jobs, last[1], "-".join(str(n) for n in (*last, jobs, seq)))


def exhibit_sources(connection: Connection) -> list[dict[str, Any]]:
    """Give every exhibit with its sources, as the case page shows them."""
    e, s = schema.exhibit, schema.source
    columns = (e.c.reference, s.c.display, s.c.state, s.c.listed_at, s.c.done_at)
    query = select(*columns).outerjoin(s, s.c.exhibit_id == e.c.id).order_by(e.c.id, s.c.id)
    return [dict(row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - SQLAlchemy's public name
