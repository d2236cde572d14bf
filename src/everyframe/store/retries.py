"""Wishes to read a file again, and what came of each, as rows that are only added."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from everyframe.model.clock import now
from everyframe.model.retry import Asked, Manner, Reread, offers
from everyframe.model.states import MediaKind, Provenance
from everyframe.store import schema, sources
from everyframe.store.ids import id_list, id_select
from everyframe.store.retry_schema import retry, retry_result
from everyframe.store.sources import Source

__all__ = ["Pending", "Told", "Warned", "add_result", "add_retry", "pending", "place", "targets", "told", "warned"]

R, D, W, F, M = retry.c, retry_result.c, schema.warning, schema.media_file, schema.media


@dataclass(frozen=True, slots=True)
class Pending:
    """Hold a wish that nothing has come of yet: its row, operation, Warning, manner, and who asked."""

    id: int
    op: str
    warning_id: int
    manner: Manner
    actor: str


@dataclass(frozen=True, slots=True)
class Told:
    """Hold a wish with what came of it; ``outcome`` is empty while it waits."""

    op: str
    warning_id: int
    manner: str
    actor: str
    at: str
    outcome: str
    words: str
    done_at: str


@dataclass(frozen=True, slots=True)
class Warned:
    """Hold what a Warning is about, as far as reading again needs it."""

    code: str
    stage: str
    kind: str | None
    media_id: int | None
    media_file_id: int | None

    @property
    def manners(self) -> tuple[Manner, ...]:
        """Give the manners that are offered."""
        about = self.media_id is not None or self.media_file_id is not None
        return offers(self.code, self.kind) if about else ()

    @property
    def task(self) -> str:
        """Name the work: reading the content, or listing the members of an archive."""
        archive = self.kind == MediaKind.ARCHIVE or self.stage == "expand" or self.code.startswith("archive-")
        return "expand" if archive else "content"


def warned(connection: Connection, ids: Sequence[int]) -> dict[int, Warned]:
    """Give what some Warnings are about; one that there is not, is left out."""
    own = M.alias("own")
    query = (
        select(W.c.id, W.c.code, W.c.stage, M.c.kind, own.c.kind.label("file_kind"), W.c.media_id, W.c.media_file_id)
        .select_from(
            W.outerjoin(M, M.c.id == W.c.media_id)
            .outerjoin(F, F.c.id == W.c.media_file_id)
            .outerjoin(own, own.c.id == F.c.media_id)
        )
        .where(W.c.id.in_(id_select()))
    )
    rows = connection.execute(query, id_list(ids))
    return {r.id: Warned(r.code, r.stage, r.kind or r.file_kind, r.media_id, r.media_file_id) for r in rows}


def targets(connection: Connection, about: Warned) -> list[int]:
    """Give the files whose bytes can be read for a Warning, the first one first; none when all lie inside pictures."""
    where = F.c.media_id == about.media_id if about.media_id is not None else F.c.id == about.media_file_id
    query = select(F.c.id).where(where, F.c.provenance != Provenance.EMBEDDED).order_by(F.c.id)
    return list(connection.execute(query).scalars())


def place(connection: Connection, file_id: int) -> tuple[Source, str]:
    """Give the source a file lies in, and its path as people see it."""
    row = connection.execute(select(F.c.source_id, F.c.display).where(F.c.id == file_id)).one()
    return sources.find(connection, row.source_id), row.display


def add_retry(connection: Connection, asked: Asked) -> int:
    """Store a wish; gives its row."""
    values = {"op": asked.op, "warning_id": asked.warning_id, "manner": asked.manner, "actor": asked.actor}
    return int(connection.execute(insert(retry).values(values | {"at": now()}).returning(R.id)).scalar_one())


def pending(connection: Connection, warnings: Sequence[int] | None = None) -> list[Pending]:
    """Give the wishes that wait, in the order they were made: all, or those about some Warnings."""
    done = select(D.retry_id)
    query = select(R.id, R.op, R.warning_id, R.manner, R.actor).where(R.id.not_in(done)).order_by(R.id)
    found = [Pending(r.id, r.op, r.warning_id, Manner(r.manner), r.actor) for r in connection.execute(query)]
    return found if warnings is None else [one for one in found if one.warning_id in set(warnings)]


def add_result(connection: Connection, one: Pending, file: tuple[int, str], outcome: Reread, words: str) -> None:
    """Store what came of a wish; ``file`` is the MediaFile that was read, and the task."""
    values = {"op": one.op, "retry_id": one.id, "media_file_id": file[0], "task": file[1], "outcome": outcome}
    connection.execute(insert(retry_result).values(values | {"words": words, "at": now()}))


def told(connection: Connection, warnings: Sequence[int]) -> dict[int, list[Told]]:
    """Give everything that was asked for about some Warnings, and what came of it, oldest first."""
    query = (
        select(retry, D.outcome, D.words, D.at.label("done_at"))
        .outerjoin(retry_result, D.retry_id == R.id)
        .where(R.warning_id.in_(id_select()))
        .order_by(R.id)
    )
    found: dict[int, list[Told]] = {}
    for r in connection.execute(query, id_list(warnings)):
        one = Told(r.op, r.warning_id, r.manner, r.actor, r.at, r.outcome or "", r.words or "", r.done_at or "")
        found.setdefault(r.warning_id, []).append(one)
    return found
