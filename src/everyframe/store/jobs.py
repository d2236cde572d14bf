"""Jobs: what intake still has to do, and what it was doing when it was last stopped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, literal, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from everyframe.model.states import MediaKind, Provenance
from everyframe.store import schema

__all__ = [
    "Chain",
    "Job",
    "Left",
    "add",
    "chain",
    "finished",
    "left",
    "mark_started",
    "plan_missing",
    "planned",
    "put_back",
    "record_death",
    "reset_started",
]


@dataclass(frozen=True, slots=True)
class Job:
    """Hold one thing to do: examine the content of a MediaFile, or expand an archive into its members."""

    file_id: int
    task: str
    source_id: int
    parent_id: int | None
    depth: int
    size: int
    deaths: int
    interrupted: bool
    member: bytes
    locator: str
    listed_size: int | None


@dataclass(frozen=True, slots=True)
class Chain:
    """Hold one step on the way to a content: the member's recorded name and how its container finds it."""

    file_id: int
    member: bytes
    locator: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Left:
    """Hold what is still to do."""

    files: int
    bytes: int


def planned(connection: Connection, limit: int, source_ids: Sequence[int]) -> list[Job]:
    """Give jobs of these sources that nobody works on, in listing order; those interrupted before come first."""
    j, f = schema.job, schema.media_file
    columns = (f.c.source_id, f.c.parent_id, f.c.depth, f.c.size, f.c.member, f.c.locator)
    query = (
        select(j, *columns)
        .join(f, f.c.id == j.c.media_file_id)
        .where(j.c.state.in_(("planned", "again")), f.c.source_id.in_(source_ids))
        .order_by(j.c.state, j.c.media_file_id, j.c.task)
        .limit(limit)
    )
    return [
        Job(
            r.media_file_id,
            r.task,
            r.source_id,
            r.parent_id,
            r.depth,
            r.size or 0,
            r.deaths,
            r.state == "again",
            bytes(r.member),
            r.locator,
            r.size,
        )
        for r in connection.execute(query)
    ]


def mark_started(connection: Connection, jobs: Sequence[Job]) -> None:
    """Store that these jobs are about to be worked on; stands before any of their bytes are touched."""
    _set_state(connection, [j.file_id for j in jobs], "started")


def reset_started(connection: Connection) -> int:
    """Turn jobs that a stopped run left started into jobs to be tried again, each on its own; gives their number."""
    table = schema.job
    return connection.execute(update(table).where(table.c.state == "started").values(state="again")).rowcount


def put_back(connection: Connection) -> None:
    """Turn started jobs into planned ones: the run was asked to stop, and they were not touched."""
    table = schema.job
    connection.execute(update(table).where(table.c.state == "started").values(state="planned"))


def record_death(connection: Connection, file_id: int, task: str) -> int:
    """Store that a worker died on this job; gives how many did by now."""
    table = schema.job
    where = (table.c.media_file_id == file_id, table.c.task == task)
    connection.execute(update(table).where(*where).values(deaths=table.c.deaths + 1))
    return int(connection.execute(select(table.c.deaths).where(*where)).scalar_one())


def finished(connection: Connection, done: Sequence[tuple[int, str]]) -> None:
    """Take finished jobs off the list."""
    table = schema.job
    for task in {t for _, t in done}:
        ids = [i for i, t in done if t == task]
        connection.execute(delete(table).where(table.c.media_file_id.in_(ids), table.c.task == task))


def add(connection: Connection, file_ids: Iterable[int], task: str) -> None:
    """Plan a task for some files; what is planned already stays as it is."""
    rows = [{"media_file_id": i, "task": task, "state": "planned", "deaths": 0} for i in file_ids]
    if rows:
        connection.execute(upsert(schema.job).on_conflict_do_nothing(), rows)


def left(connection: Connection, source_ids: Sequence[int]) -> Left:
    """Count what is still to do for these sources."""
    j, f = schema.job, schema.media_file
    query = select(func.count(), func.coalesce(func.sum(f.c.size), 0)).select_from(
        j.join(f, f.c.id == j.c.media_file_id)
    )
    row = connection.execute(query.where(f.c.source_id.in_(source_ids))).one()
    return Left(row[0], row[1])


def plan_missing(connection: Connection, stages: Sequence[str], source_ids: Sequence[int]) -> int:
    """Plan again every content of these sources that lacks one of these stages; gives how many contents that are."""
    m, f, j = schema.media, schema.media_file, schema.job
    wanted = (
        select(func.min(f.c.id), literal("content"), literal("planned"), literal(0))
        .join(m, m.c.id == f.c.media_id)
        .where(
            m.c.kind.in_((MediaKind.IMAGE, MediaKind.VIDEO)),
            f.c.source_id.in_(source_ids),
            f.c.provenance != Provenance.EMBEDDED,
            m.c.quarantined.is_(False),
            or_(*(m.c.stages.not_like(f"%,{stage},%") for stage in stages)),
        )
        .group_by(m.c.id)
    )
    columns = ["media_file_id", "task", "state", "deaths"]
    return connection.execute(upsert(j).from_select(columns, wanted).on_conflict_do_nothing()).rowcount


def chain(connection: Connection, file_id: int) -> list[Chain]:
    """Give the steps from the source to a file, outermost container first."""
    f = schema.media_file
    steps: list[Chain] = []
    at: int | None = file_id
    while at is not None:
        row = connection.execute(select(f).where(f.c.id == at)).one()
        steps.append(Chain(row.id, bytes(row.member), row.locator, row.size))
        at = row.parent_id
    return steps[::-1]


def _set_state(connection: Connection, ids: Sequence[int], state: str) -> None:
    table = schema.job
    connection.execute(update(table).where(table.c.media_file_id.in_(ids)).values(state=state))
