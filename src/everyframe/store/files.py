"""MediaFiles as they are listed: rows that stand before any content is opened."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, select

from everyframe.model.clock import now
from everyframe.model.entry import Entry, display_path
from everyframe.model.states import EntryKind, FileOutcome
from everyframe.store import image_schema, images, schema
from everyframe.store import statements as sql

__all__ = ["Parent", "add_chunk", "add_done", "add_listed", "add_listing", "chunks", "remove_listing", "vouch"]

MIME = {
    EntryKind.SYMLINK: "inode/symlink",
    EntryKind.SOCKET: "inode/socket",
    EntryKind.FIFO: "inode/fifo",
    EntryKind.DEVICE: "inode/device",
}
CHUNK = 250  # more would hold up those who decide meanwhile


@dataclass(frozen=True, slots=True)
class Parent:
    """Name what a listing belongs to: a source, or (``file_id``) an archive or picture within it."""

    exhibit_id: int
    source_id: int
    file_id: int | None = None
    path: bytes = b""
    depth: int = 0


def add_entries(connection: Connection, parent: Parent, entries: Sequence[Entry], first: int) -> tuple[int, int]:
    """Store listed entries, with a job for each that has content; gives (files, bytes).

    Args:
        connection: the writing transaction.
        parent: what contains them.
        entries: in the reader's order.
        first: ordinal of the first one within its container.
    """
    if not entries:
        return 0, 0
    start = _next_id(connection)
    rows = [_row(start + n, first + n, parent, entry) for n, entry in enumerate(entries)]
    warnings = [_warning(start + n, parent, entry) for n, entry in enumerate(entries) if entry.problem]
    jobs = [
        {"media_file_id": r["id"], "task": "content", "state": "planned", "deaths": 0}
        for r in rows
        if r["outcome"] is FileOutcome.PENDING
    ]
    for table, values in (("media_file", rows), ("warning", warnings), ("job", jobs)):
        if values:
            connection.execute(sql.ADD[table], values)
    images.add_recovered(connection, [(start + n, e.recovered) for n, e in enumerate(entries) if e.recovered])
    return len(rows), sum(r["size"] or 0 for r in rows)


def add_listed(connection: Connection, parent: Parent, entries: Sequence[tuple[Entry, bytes]], first: int) -> int:
    """Store a part of a listing whose files have a path of their own beside where their bytes lie; gives the first id."""
    start = _next_id(connection)
    add_chunk(connection, parent, [e for e, _ in entries], first)
    renamed = [
        {"file_id": start + n, "new_path": p, "new_display": display_path(p)} for n, (_, p) in enumerate(entries)
    ]
    connection.execute(sql.SET_PATH, renamed)
    return start


def add_listing(connection: Connection, parent: Parent, entries: Iterable[Entry]) -> tuple[int, int]:
    """Store a whole listing; gives (files, bytes)."""
    files = size = 0
    for chunk in chunks(entries):
        added = add_chunk(connection, parent, chunk, files)
        files, size = files + added[0], size + added[1]
    return files, size


def chunks(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Cut a listing into parts that are stored at once."""
    rest = iter(entries)
    while chunk := list(itertools.islice(rest, CHUNK)):
        yield chunk


def add_chunk(connection: Connection, parent: Parent, chunk: Sequence[Entry], first: int) -> tuple[int, int]:
    """Store one part of a listing with the row that vouches for its length; gives (files, bytes)."""
    added = add_entries(connection, parent, chunk, first)
    vouch(connection, parent, *added)
    return added


def remove_listing(connection: Connection, source_id: int) -> None:
    """Take away what a listing that was cut short had stored; no content of it was opened."""
    ids = select(schema.media_file.c.id).where(schema.media_file.c.source_id == source_id)
    connection.execute(delete(schema.job).where(schema.job.c.media_file_id.in_(ids)))
    connection.execute(delete(image_schema.recovered).where(image_schema.recovered.c.media_file_id.in_(ids)))
    connection.execute(delete(schema.warning).where(schema.warning.c.media_file_id.in_(ids)))
    connection.execute(delete(schema.media_file).where(schema.media_file.c.source_id == source_id))
    connection.execute(delete(schema.listing).where(schema.listing.c.source_id == source_id))


def add_done(
    connection: Connection, parent: Parent, entries: Sequence[Entry], contents: Sequence[tuple[int, str]]
) -> int:
    """Store entries whose contents (Media id, MIME type) are known already, with their listing; gives the first id."""
    start = _next_id(connection)
    rows = [
        _row(start + n, n, parent, entry) | {"media_id": media, "mime": mime, "outcome": FileOutcome.DONE}
        for n, (entry, (media, mime)) in enumerate(zip(entries, contents, strict=True))
    ]
    connection.execute(sql.ADD["media_file"], rows)
    vouch(connection, parent, len(rows), sum(r["size"] or 0 for r in rows))
    return start


def vouch(connection: Connection, parent: Parent, files: int, size: int) -> None:
    """Store the row that says how many files a listing names; the account is held against it."""
    values = {
        "source_id": parent.source_id,
        "exhibit_id": parent.exhibit_id,
        "parent_id": parent.file_id,
        "files": files,
        "bytes": size,
        "at": now(),
    }
    connection.execute(sql.ADD["listing"], values)


def _next_id(connection: Connection) -> int:
    return 1 + (connection.execute(sql.LAST_FILE).scalar_one() or 0)


def _row(ident: int, ordinal: int, parent: Parent, entry: Entry) -> dict[str, Any]:
    path = parent.path + b"/" + entry.path.lstrip(b"/") if parent.file_id else entry.path
    return {
        "id": ident,
        "exhibit_id": parent.exhibit_id,
        "source_id": parent.source_id,
        "parent_id": parent.file_id,
        "ordinal": ordinal,
        "depth": parent.depth,
        "path": path,
        "display": display_path(path),
        "member": entry.path,
        "locator": entry.locator,
        "kind": entry.kind,
        "provenance": entry.provenance,
        "size": entry.size,
        "modified": entry.modified,
        "accessed": entry.accessed,
        "changed": entry.changed,
        "created": entry.created,
        "outcome": _outcome(entry),
        "mime": MIME.get(entry.kind),
        "media_id": None,
    }


def _outcome(entry: Entry) -> FileOutcome:
    if entry.problem is not None or entry.kind in (EntryKind.DIRECTORY, EntryKind.UNKNOWN):
        return FileOutcome.UNREADABLE
    return FileOutcome.PENDING if entry.kind is EntryKind.FILE else FileOutcome.NOT_MEDIA


def _warning(ident: int, parent: Parent, entry: Entry) -> dict[str, Any]:
    problem = entry.problem
    return {
        "exhibit_id": parent.exhibit_id,
        "media_file_id": ident,
        "code": problem.code if problem else "",
        "reason": problem.reason if problem else "",
        "stage": (problem.stage if problem else "") or "listing",
        "at": now(),
    }
