"""One Media in full: everything that is stored of it, for the viewer."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, Table, func, select

from everyframe.store import schema
from everyframe.store.clues import read_clues
from everyframe.store.known_facts import read_hits
from everyframe.store.remarks import notes_of, tags_of
from everyframe.store.stack_members import read_stack

__all__ = ["MOST", "read_media", "read_tags"]

M, F, E = schema.media, schema.media_file, schema.exhibit
MOST = 200  # rows of one kind that are given; the total stands beside them
DIGESTS = ("sha256", "sha1", "md5", "pdq", "upright_pdq")
FACTS = (
    "id", "size", "kind", "mime", "outcome", "width", "height", "frames", "orientation", "decoder", "seen", "damaged",
    "pdq_quality", "upright_quality", "pdq_basis", "container", "duration_ms", "frame_rate", "codec", "audio_codec",
    "frames_shown", "occurrences",
)  # fmt: skip
OCCURRENCE = (
    "id", "display", "provenance", "size", "modified", "accessed", "changed", "created", "name_disagrees",
    "exclusion_id",
)  # fmt: skip
MADE = (
    "make", "model", "serial", "lens", "software", "unique_id", "file_number", "latitude", "longitude", "altitude",
    "reader",
)  # fmt: skip

Json = dict[str, Any]


def read_media(connection: Connection, media_id: int) -> Json | None:
    """Give one Media as the viewer reads it, or None when there is none with this id."""
    row = connection.execute(select(M).where(M.c.id == media_id)).one_or_none()
    if row is None:
        return None
    return {
        **_pick(row, FACTS),
        "digests": {name: bytes(row._mapping[name]).hex() for name in DIGESTS if row._mapping[name]},  # noqa: SLF001 - public name
        "looked": bool(row.looked),
        "renditions": _renditions(connection, media_id),
        "files": _files(connection, F.c.media_id == media_id),
        "folded": _files(connection, F.c.folded_under == media_id),
        "metadata": _metadata(connection, media_id),
        "times": _rows(connection, schema.media_time, media_id, ("source", "text", "utc")),
        "embedded": _embedded(connection, media_id),
        "known": read_hits(connection, media_id),
        "stack": read_stack(connection, media_id),
        "warnings": _warnings(connection, media_id),
        "looks": _looks(connection, media_id),
        "decisions": _decisions(connection, media_id),
        "tags": tags_of(connection, media_id),
        "notes": [asdict(note) for note in notes_of(connection, media_id)],
        "clues": read_clues(connection, media_id=media_id),
    }


def read_tags(connection: Connection, media_id: int) -> Any:  # noqa: ANN401 - whatever the metadata reader gave
    """Give every tag of a Media as its reader gave it, or None when there are none."""
    t = schema.media_metadata
    raw = connection.execute(select(t.c.raw).where(t.c.media_id == media_id)).scalar_one_or_none()
    return json.loads(zlib.decompress(raw)) if raw else None


def _pick(row: Row[Any], names: Sequence[str]) -> Json:
    return {name: row._mapping[name] for name in names}  # noqa: SLF001 - SQLAlchemy's public name


def _rows(connection: Connection, table: Table, media_id: int, names: Sequence[str]) -> list[Json]:
    query = select(table).where(table.c.media_id == media_id).order_by(table.c.ordinal)
    return [_pick(row, names) for row in connection.execute(query)]


def _renditions(connection: Connection, media_id: int) -> list[Json]:
    p = schema.preview
    query = select(p).where(p.c.media_id == media_id).order_by(p.c.role, p.c.ordinal)
    return [_pick(row, ("role", "ordinal", "width", "height", "length")) for row in connection.execute(query)]


def _files(connection: Connection, where: Any) -> Json:  # noqa: ANN401 - an SQL condition
    total = connection.execute(select(func.count()).select_from(F).where(where)).scalar_one()
    query = select(F, E.c.reference).join(E, E.c.id == F.c.exhibit_id).where(where).order_by(F.c.id).limit(MOST)
    rows = [_pick(r, OCCURRENCE) | {"exhibit": r.reference} for r in connection.execute(query)]
    return {"total": total, "rows": rows}


def _metadata(connection: Connection, media_id: int) -> Json | None:
    t = schema.media_metadata
    row = connection.execute(select(t).where(t.c.media_id == media_id)).one_or_none()
    return _pick(row, MADE) if row else None


def _embedded(connection: Connection, media_id: int) -> list[Json]:
    t = schema.embedding
    query = (
        select(t, M.c.width, M.c.height, M.c.mime, M.c.size)
        .join(M, M.c.id == t.c.child_id)
        .where(t.c.media_id == media_id)
        .order_by(t.c.ordinal)
    )
    names = ("child_id", "name", "offset", "distance", "differs", "width", "height", "mime", "size")
    return [_pick(row, names) for row in connection.execute(query)]


def _warnings(connection: Connection, media_id: int) -> Json:
    w = schema.warning
    about = [w.c.media_id == media_id, w.c.media_file_id.in_(select(F.c.id).where(F.c.media_id == media_id))]
    total, rows = 0, []
    for where in about:
        total += connection.execute(select(func.count()).select_from(w).where(where)).scalar_one()
        query = select(w).where(where).order_by(w.c.id).limit(MOST)
        rows += [_pick(r, ("code", "reason", "stage", "at")) for r in connection.execute(query)]
    return {"total": total, "rows": rows[:MOST]}


def _looks(connection: Connection, media_id: int) -> Json:
    t = schema.look
    total = connection.execute(select(func.count()).where(t.c.media_id == media_id)).scalar_one()
    query = select(t).where(t.c.media_id == media_id).order_by(t.c.id.desc()).limit(MOST)
    names = ("actor", "at", "width", "height", "duration_ms", "on_screen", "manner")
    return {"total": total, "rows": [_pick(r, names) for r in connection.execute(query)]}


def _decisions(connection: Connection, media_id: int) -> Json:
    t = schema.decision
    total = connection.execute(select(func.count()).where(t.c.media_id == media_id)).scalar_one()
    query = select(t).where(t.c.media_id == media_id).order_by(t.c.id.desc()).limit(MOST)
    names = ("kind", "scheme", "code", "actor", "at")
    return {"total": total, "rows": [_pick(r, names) for r in connection.execute(query)]}
