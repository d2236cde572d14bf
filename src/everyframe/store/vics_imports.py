"""Imports of other tools' cases: their files as a listing, and what they said beside it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from everyframe.model.clock import now
from everyframe.model.entry import Entry
from everyframe.model.features import Digests
from everyframe.model.states import FileOutcome, Provenance
from everyframe.store import files, schema
from everyframe.store.exchange_tables import vics_file, vics_import, vics_media

__all__ = [
    "Claim",
    "ClaimedFile",
    "Import",
    "add_claims",
    "add_import",
    "clear",
    "decided",
    "find",
    "heads",
    "imports",
    "mark_referenced",
    "promised",
    "set_head",
    "set_words",
    "stored_json",
    "to_decide",
]

F, M, S = schema.media_file, schema.media, schema.standing


@dataclass(frozen=True, slots=True)
class Import:
    """Hold one import: its source, the name and digest of its file, and what its label and the person said."""

    source_id: int
    file: bytes
    sha256: str
    version: str
    segment: str
    scheme: str
    person: str
    head: str = "[]"
    lint: str = "{}"
    decided_at: str | None = None

    @property
    def lint_counts(self) -> dict[str, int]:
        """Give how often the file had each oddity."""
        found: dict[str, int] = json.loads(self.lint)
        return found


@dataclass(frozen=True, slots=True)
class ClaimedFile:
    """Hold one occurrence that an import names: how it is listed (its ``path`` is where its bytes lie), and its own path."""

    entry: Entry
    path: bytes
    kept: str


@dataclass(frozen=True, slots=True)
class Claim:
    """Hold one content that an import names, with its occurrences."""

    md5: bytes
    sha1: bytes
    category: str | None
    kept: str
    files: tuple[ClaimedFile, ...]


def stored_json(value: object) -> str:
    """Write what an import said so that it comes back as it was, the order of its keys too; ASCII, whatever it holds."""
    return json.dumps(value, separators=(",", ":"))


def add_import(connection: Connection, new: Import) -> None:
    """Store an import that is about to be listed."""
    connection.execute(insert(vics_import).values(**asdict(new), at=now()))


def find(connection: Connection, source_id: int) -> Import | None:
    """Give the import that a source is, or None."""
    return next((i for i in imports(connection) if i.source_id == source_id), None)


def imports(connection: Connection) -> Iterator[Import]:
    """Give every import, oldest first."""
    names = [c for c in vics_import.c if c.name != "at"]
    for row in connection.execute(select(*names).order_by(vics_import.c.source_id)):
        yield Import(**dict(row._mapping) | {"file": bytes(row.file)})  # noqa: SLF001 - SQLAlchemy's public name


def set_head(connection: Connection, source_id: int, head: list[dict[str, Any]], lint: dict[str, int]) -> None:
    """Store what the file says of its case, and the lint report; both are known at its end."""
    values = {"head": stored_json(head), "lint": stored_json(lint)}
    connection.execute(update(vics_import).where(vics_import.c.source_id == source_id).values(values))


def set_words(connection: Connection, source_id: int, scheme: str, person: str) -> None:
    """Store under which scheme the categories stand, and whose they are."""
    values = {"scheme": scheme, "person": person}
    connection.execute(update(vics_import).where(vics_import.c.source_id == source_id).values(values))


def clear(connection: Connection, source_id: int) -> None:
    """Take away what a listing that was cut short had stored."""
    own = select(vics_media.c.id).where(vics_media.c.source_id == source_id)
    connection.execute(delete(vics_file).where(vics_file.c.vics_media_id.in_(own)))
    connection.execute(delete(vics_media).where(vics_media.c.source_id == source_id))
    files.remove_listing(connection, source_id)


def add_claims(connection: Connection, parent: files.Parent, claims: Sequence[Claim], first: int) -> int:
    """Store contents with their occurrences as a part of a listing; gives how many files that are."""
    ident = 1 + (connection.execute(select(func.max(vics_media.c.id))).scalar_one() or 0)
    flat = [(ident + n, f) for n, claim in enumerate(claims) for f in claim.files]
    start = files.add_listed(connection, parent, [(f.entry, f.path) for _, f in flat], first)
    connection.execute(
        insert(vics_media),
        [
            {
                "id": ident + n,
                "source_id": parent.source_id,
                "md5": c.md5,
                "sha1": c.sha1 or None,
                "category": c.category,
                "kept": c.kept,
            }
            for n, c in enumerate(claims)
        ],
    )
    rows = [{"media_file_id": start + n, "vics_media_id": i, "kept": f.kept} for n, (i, f) in enumerate(flat)]
    connection.execute(insert(vics_file), rows)
    return len(flat)


def promised(connection: Connection, file_id: int) -> tuple[bytes, bytes] | None:
    """Give the MD5 and SHA-1 (empty when none) that an import says a file has; None of any other file."""
    query = select(vics_media.c.md5, vics_media.c.sha1).join(vics_file, vics_file.c.vics_media_id == vics_media.c.id)
    row = connection.execute(query.where(vics_file.c.media_file_id == file_id)).one_or_none()
    return (bytes(row.md5), bytes(row.sha1 or b"")) if row else None


def broken_promise(connection: Connection, file_id: int, digests: Digests) -> str:
    """Tell, in words, where the bytes of an imported file are not those that the import names; empty where they are."""
    said = promised(connection, file_id)
    if said is None or (said[0] == digests.md5 and said[1] in (b"", digests.sha1)):
        return ""
    if said[0] == digests.md5:
        return f"the import names SHA-1 {said[1].hex()}, the file that came with it has {digests.sha1.hex()}"
    return f"the import names MD5 {said[0].hex()}, the file that came with it has {digests.md5.hex()}"


def mark_referenced(connection: Connection, source_id: int) -> int:
    """Say of every file whose bytes did not come, or were others, that it is referenced only; gives how many."""
    where = (F.c.source_id == source_id, F.c.outcome == FileOutcome.UNREADABLE, F.c.media_id.is_(None))
    return connection.execute(update(F).where(*where).values(provenance=Provenance.REFERENCED)).rowcount


def to_decide(connection: Connection, source_id: int) -> Iterator[tuple[str, list[int], int]]:
    """Give each category of an import with the Media it is to be in force for, and for how many something else is already.

    Those that nobody could read, or that cannot be viewed, are not among them.
    """
    joined = (
        vics_media.join(vics_file, vics_file.c.vics_media_id == vics_media.c.id)
        .join(F, F.c.id == vics_file.c.media_file_id)
        .join(M, M.c.id == F.c.media_id)
        .outerjoin(S, S.c.media_id == M.c.id)
    )
    where = (vics_media.c.source_id == source_id, vics_media.c.category.is_not(None), M.c.outcome == "viewable")
    own = vics_media.c.category
    for category in [*connection.execute(select(own).where(*where[:2]).distinct().order_by(own)).scalars()]:
        claimed = select(M.c.id).select_from(joined).where(*where, own == category).distinct()
        earlier = vics_media.alias("earlier")
        others = earlier.join(of := vics_file.alias("of"), of.c.vics_media_id == earlier.c.id)
        others = others.join(file := F.alias("file"), file.c.id == of.c.media_file_id)
        before = exists().select_from(others)
        before = before.where(
            file.c.media_id == M.c.id, earlier.c.source_id == source_id, earlier.c.id < vics_media.c.id
        )
        before = before.where(earlier.c.category.is_not(None), earlier.c.category != category)
        free = [*connection.execute(claimed.where(S.c.media_id.is_(None), ~before).order_by(M.c.id)).scalars()]
        total = connection.execute(select(func.count()).select_from(claimed.subquery())).scalar_one()
        yield category, free, total - len(free)


def decided(connection: Connection, source_id: int) -> None:
    """Note that the categories of an import are decisions now."""
    where = vics_import.c.source_id == source_id
    connection.execute(update(vics_import).where(where).values(decided_at=now()))


def heads(connection: Connection) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give what each import said of each of its cases, with the name of its file."""
    for one in imports(connection):
        for said in json.loads(one.head):
            yield one.file.decode(errors="backslashreplace"), said
