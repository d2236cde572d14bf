"""The result digest: one number for everything that intake found, whatever the order, the workers or the time.

Each MediaFile, Media, Warning and embedding becomes a line of canonical JSON without row numbers or times of ours; the
SHA-256 digests of the lines, sorted, are digested once more. Two cases with the same exhibits taken in with the same
stages, by the same versions, have the same digest. Looks, decisions, exclusions and Warnings of exports are not part of
it, nor what known sets and stacks say, which changes with the sets; nor are times of last access: whoever reads the source
on a writable mount changes those.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, select

from everyframe.audit.chain import canonical
from everyframe.store import schema
from everyframe.store.image_schema import recovered, volume

__all__ = ["result_digest"]

F, M = schema.media_file, schema.media
EXPORT = "export"  # the stage of a Warning that intake did not find
SUMMARY = ("id", "first_file_id", "occurrences", "folded", "looked", "known_by", "stacked_under", "aside")
FILE_FACTS = (
    "path", "member", "locator", "depth", "kind", "provenance", "size", "modified", "changed", "created",
    "outcome", "mime", "name_disagrees",
)  # fmt: skip


def result_digest(connection: Connection) -> str:
    """Compute the digest; 64 hexadecimal digits. Needs 33 bytes of memory a row."""
    lines = [hashlib.sha256(line.encode()).digest() for part in _parts(connection) for line in part]
    lines.sort()
    total = hashlib.sha256()
    for line in lines:
        total.update(line)
    return total.hexdigest()


def _parts(connection: Connection) -> Iterator[Iterator[str]]:
    e, over, up = schema.exhibit, schema.media.alias("over"), schema.media_file.alias("up")
    joined = (
        F.join(e, e.c.id == F.c.exhibit_id)
        .outerjoin(M, M.c.id == F.c.media_id)
        .outerjoin(over, over.c.id == F.c.folded_under)
        .outerjoin(up, up.c.id == F.c.parent_id)
    )
    facts = [F.c[name] for name in FILE_FACTS]
    names = [M.c.sha256, over.c.sha256.label("under"), e.c.reference, up.c.path.label("parent")]
    yield _lines(connection, "file", select(*facts, *names).select_from(joined))
    yield _lines(connection, "media", select(*(c for c in M.c if c.name not in SUMMARY)))
    for table in (schema.media_metadata, schema.media_time, schema.preview):
        left_out = ("media_id", "pack", "offset", "length")
        facts = [c for c in table.c if c.name not in left_out]
        yield _lines(connection, table.name, select(M.c.sha256, *facts).join(M, M.c.id == table.c.media_id))
    yield _lines(connection, "embedding", _embeddings())
    yield _lines(connection, "warning", _warnings())
    yield from _images(connection)


def _embeddings() -> Select[Any]:
    t, child = schema.embedding, schema.media.alias("child")
    facts = (t.c.ordinal, t.c.name, t.c.offset, t.c.distance, t.c.differs)
    joined = t.join(M, M.c.id == t.c.media_id).join(child, child.c.id == t.c.child_id)
    return select(M.c.sha256, child.c.sha256.label("child"), *facts).select_from(joined)


def _images(connection: Connection) -> Iterator[Iterator[str]]:
    """Give what only disk images have: their volumes, and what is known of recovered records."""
    r, v, s, e = recovered, volume, schema.source, schema.exhibit
    facts = [c for c in r.c if c.name != "media_file_id"]
    yield _lines(connection, "recovered", select(F.c.path, *facts).join(F, F.c.id == r.c.media_file_id))
    facts = [c for c in v.c if c.name not in ("id", "source_id")]
    joined = v.join(s, s.c.id == v.c.source_id).join(e, e.c.id == s.c.exhibit_id)
    yield _lines(connection, "volume", select(e.c.reference, *facts).select_from(joined))


def _warnings() -> Select[Any]:
    w, e = schema.warning, schema.exhibit
    joined = (
        w.outerjoin(M, M.c.id == w.c.media_id)
        .outerjoin(F, F.c.id == w.c.media_file_id)
        .outerjoin(e, e.c.id == w.c.exhibit_id)
    )
    found = select(M.c.sha256, F.c.path, e.c.reference, w.c.code, w.c.reason).select_from(joined)
    return found.where(w.c.stage != EXPORT)


def _lines(connection: Connection, kind: str, query: Select[Any]) -> Iterator[str]:
    found = connection.execute(query.execution_options(yield_per=2000))
    names = tuple(found.keys())
    for row in found:
        facts = {k: v.hex() if isinstance(v, bytes) else v for k, v in zip(names, row, strict=True)}
        yield canonical([kind, facts])
