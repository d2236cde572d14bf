"""Exhibits and their sources, and the committed listing of each."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from everyframe.model.clock import now
from everyframe.model.entry import display_path
from everyframe.store import schema

__all__ = [
    "Source",
    "add_source",
    "exhibit_id",
    "find",
    "finish",
    "listed_totals",
    "mark_listed",
    "references",
    "sources",
    "stages_of",
]


@dataclass(frozen=True, slots=True)
class Source:
    """Hold one source of an exhibit: the folder or file that was pointed at.

    ``path`` is absolute, with every link resolved; ``state`` is ``listing``, ``listed`` or ``done``.
    """

    id: int
    exhibit_id: int
    reference: str
    path: bytes
    device: int
    inode: int
    filesystem: int
    state: str
    listing_digest: str

    @property
    def display(self) -> str:
        """Give the path as people see it."""
        return display_path(self.path)


def sources(connection: Connection) -> Iterator[Source]:
    """Give every source of the case, in the order they were added."""
    s, e = schema.source, schema.exhibit
    query = select(s, e.c.reference).join(e, e.c.id == s.c.exhibit_id).order_by(s.c.id)
    for r in connection.execute(query):
        yield Source(
            r.id,
            r.exhibit_id,
            r.reference,
            bytes(r.path),
            _unsigned(r.device),
            _unsigned(r.inode),
            _unsigned(r.filesystem),
            r.state,
            r.listing_digest,
        )


def find(connection: Connection, source_id: int) -> Source:
    """Give one source."""
    return next(s for s in sources(connection) if s.id == source_id)


def stages_of(connection: Connection, reference: str) -> tuple[str, ...]:
    """Name the stages that the newest run of intake over an exhibit was asked for; none when it was never taken in."""
    a = schema.audit.c
    query = select(a.body).where(a.action == "intake.start").order_by(a.seq.desc())
    bodies = (json.loads(text) for text in connection.execute(query).scalars())
    return next((tuple(b["stages"]) for b in bodies if b["exhibit"] == reference), ())


def exhibit_id(connection: Connection, reference: str) -> int:
    """Give the exhibit with this reference, made when new."""
    table = schema.exhibit
    found = connection.execute(select(table.c.id).where(table.c.reference == reference)).scalar_one_or_none()
    if found is None:
        values = {"reference": reference, "created_at": now()}
        found = connection.execute(insert(table).values(values).returning(table.c.id)).scalar_one()
    return int(found)


def add_source(connection: Connection, exhibit: int, path: bytes, *, device: int, inode: int, filesystem: int) -> int:
    """Add a source that is about to be listed; gives its id."""
    values = {
        "exhibit_id": exhibit,
        "path": path,
        "display": display_path(path),
        # SQLite keeps signed 64-bit numbers; some file systems use the sign bit
        "device": _signed(device),
        "inode": _signed(inode),
        "filesystem": _signed(filesystem),
        "state": "listing",
    }
    return int(connection.execute(insert(schema.source).values(values).returning(schema.source.c.id)).scalar_one())


def mark_listed(connection: Connection, source_id: int, digest: str) -> None:
    """State that the listing of a source stands in full."""
    _set(connection, source_id, state="listed", listing_digest=digest, listed_at=now())


def finish(connection: Connection, source_id: int) -> None:
    """State that every file of a source has been worked through."""
    _set(connection, source_id, state="done", done_at=now())


def listed_totals(connection: Connection) -> dict[int, tuple[int, int]]:
    """Give (files, bytes) that the committed listings name, per exhibit."""
    t = schema.listing
    query = select(t.c.exhibit_id, func.sum(t.c.files), func.sum(t.c.bytes)).group_by(t.c.exhibit_id)
    return {row[0]: (row[1], row[2]) for row in connection.execute(query)}


def references(connection: Connection) -> dict[int, str]:
    """Give the reference of every exhibit."""
    return dict(connection.execute(select(schema.exhibit.c.id, schema.exhibit.c.reference)).all())


def _set(connection: Connection, source_id: int, **values: str) -> None:
    connection.execute(update(schema.source).where(schema.source.c.id == source_id).values(**values))


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value


def _unsigned(value: int) -> int:
    return value + (1 << 64) if value < 0 else value
