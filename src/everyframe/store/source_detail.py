"""What is known of each source, for the screen of sources: what it is, its volumes, what was checked, how runs ended."""

import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from everyframe.model.disk import UNREAD, VolumeState
from everyframe.model.entry import display_path
from everyframe.model.states import FileOutcome
from everyframe.store import schema
from everyframe.store.exchange_tables import vics_import
from everyframe.store.image_schema import image, volume

__all__ = ["IntakeRun", "SourceDetail", "VolumeDetail", "intake_runs", "source_details"]


@dataclass(frozen=True, slots=True)
class VolumeDetail:
    """Hold a stretch of a disk image: its name, place and size in bytes, what it holds, and whether it could be read."""

    name: str
    offset: int
    size: int
    kind: str
    label: str
    state: str
    reason: str
    unread: bool


@dataclass(slots=True)
class SourceDetail:
    """Hold one source.

    Args:
        id: its number.
        reference: of its exhibit.
        display: its path.
        state: ``listing``, ``listed`` or ``done``.
        kind: ``folder``, ``file``, ``image`` or ``vics``.
        container: of an image.
        files: listed, with what is inside them.
        bytes: the same.
        pending: files that nothing is said of yet.
        unreadable: files.
        size: of the disk inside an image.
        table: its partition table.
        hashes: as stored in the image.
        verified: digests, result and time; empty when the disk was not digested.
        volumes: of an image.
        segments: files of an image.
        listed_at: UTC, or None.
        done_at: the same.
    """

    id: int
    reference: str
    display: str
    state: str
    listed_at: str | None
    done_at: str | None
    kind: str = "folder"
    container: str = ""
    files: int = 0
    bytes: int = 0
    pending: int = 0
    unreadable: int = 0
    size: int = 0
    table: str = ""
    segments: int = 0
    hashes: dict[str, str] = field(default_factory=dict)
    verified: dict[str, Any] = field(default_factory=dict)
    volumes: list[VolumeDetail] = field(default_factory=list)

    @property
    def unread_bytes(self) -> int:
        """Give how many bytes of the disk nobody could read as files."""
        return sum(v.size for v in self.volumes if v.unread)


@dataclass(frozen=True, slots=True)
class IntakeRun:
    """Hold a run of intake as the audit has it; ``done`` is None where no end was recorded."""

    exhibit: str
    sources: list[str]
    actor: str
    started_at: str
    ended_at: str | None
    files: int
    done: bool | None


def source_details(connection: Connection) -> list[SourceDetail]:
    """Give every source, in the order they were added."""
    s, e = schema.source, schema.exhibit
    columns = (s.c.id, e.c.reference, s.c.display, s.c.state, s.c.listed_at, s.c.done_at)
    query = select(*columns).join(e, e.c.id == s.c.exhibit_id).order_by(e.c.id, s.c.id)
    found = {row.id: SourceDetail(*row) for row in connection.execute(query)}
    for step in (_counts, _single, _images, _volumes, _imports):
        step(connection, found)
    return list(found.values())


def _counts(connection: Connection, found: dict[int, SourceDetail]) -> None:
    t, f = schema.listing, schema.media_file
    listed = select(t.c.source_id, func.sum(t.c.files), func.sum(t.c.bytes)).group_by(t.c.source_id)
    for ident, files, size in connection.execute(listed):
        found[ident].files, found[ident].bytes = int(files), int(size)
    outcomes = (FileOutcome.PENDING, FileOutcome.UNREADABLE)
    counted = select(f.c.source_id, f.c.outcome, func.count()).where(f.c.outcome.in_(outcomes))
    for ident, outcome, number in connection.execute(counted.group_by(f.c.source_id, f.c.outcome)):
        setattr(found[ident], "pending" if outcome == FileOutcome.PENDING else "unreadable", number)


def _single(connection: Connection, found: dict[int, SourceDetail]) -> None:
    """Tell files from folders: a file that was pointed at is the only one at the top, under its own name."""
    f = schema.media_file
    for ident, detail in found.items():
        query = select(f.c.display).where(f.c.source_id == ident, f.c.parent_id.is_(None)).limit(2)
        names = connection.execute(query).scalars().all()
        if len(names) == 1 and detail.display.endswith(f"/{names[0]}"):
            detail.kind = "file"


def _images(connection: Connection, found: dict[int, SourceDetail]) -> None:
    for row in connection.execute(select(image)):
        one = found[row.source_id]
        one.kind, one.container, one.size, one.table = "image", row.container, row.size, row.partition_table
        one.segments, one.hashes = len(json.loads(row.segments)), json.loads(row.hashes)
        one.verified = json.loads(row.verified) if row.verified else {}


def _volumes(connection: Connection, found: dict[int, SourceDetail]) -> None:
    unread = {state.value for state in UNREAD}
    for v in connection.execute(select(volume).order_by(volume.c.source_id, volume.c.ordinal)):
        state = VolumeState(v.state).value
        own = (display_path(bytes(v.key)), v.offset, v.size, v.kind, v.label, state, v.reason, state in unread)
        found[v.source_id].volumes.append(VolumeDetail(*own))


def _imports(connection: Connection, found: dict[int, SourceDetail]) -> None:
    for ident in connection.execute(select(vics_import.c.source_id)).scalars():
        found[ident].kind = "vics"


def intake_runs(connection: Connection, limit: int) -> list[IntakeRun]:
    """Give the newest runs of intake, newest first; a run that was killed has no end on record."""
    a = schema.audit.c
    query = select(a.at, a.actor, a.action, a.body).where(a.action.in_(("intake.start", "intake.end")))
    rows = connection.execute(query.order_by(a.seq.desc()).limit(2 * limit)).all()
    found: list[IntakeRun] = []
    nothing: tuple[str | None, dict[str, Any]] = (None, {})
    end = nothing
    for row in rows:
        body = json.loads(row.body)
        if row.action == "intake.end":
            end = (row.at, body) if body["exhibit"] else end  # that of files read again ends no run
            continue
        at, said = end
        own = (body["exhibit"], body["sources"], row.actor, row.at, at, said.get("files", 0), said.get("done"))
        found.append(IntakeRun(*own))
        end = nothing
    return found[:limit]
