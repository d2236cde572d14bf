"""Disk images as they stand in a case: what each holds, what of it nobody could read, and its digests."""

import json
import os
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from everyframe.model.account import Unread
from everyframe.model.clock import now
from everyframe.model.disk import UNREAD, Layout, Recovered, Segment, VolumeState
from everyframe.store import schema
from everyframe.store.image_schema import image, recovered, volume

__all__ = [
    "add_image",
    "add_recovered",
    "remove_image",
    "segments",
    "set_verified",
    "stored_hashes",
    "unread",
    "verified",
    "volume_states",
]


def add_image(connection: Connection, source_id: int, layout: Layout) -> None:
    """Store what an image holds; what an earlier listing stored of it is taken away first."""
    remove_image(connection, source_id)
    facts = layout.facts
    values = {
        "source_id": source_id,
        "container": facts.container,
        "size": facts.size,
        "partition_table": layout.table,
        "segments": json.dumps([[s.path.hex(), s.size, s.modified_ns] for s in facts.segments]),
        "hashes": json.dumps(dict(facts.hashes)),
        "notes": json.dumps(dict(facts.notes)),
    }
    connection.execute(insert(image).values(values))
    rows = [
        {
            "source_id": source_id,
            "ordinal": n,
            "key": os.fsencode(v.key),
            "offset": v.offset,
            "size": v.size,
            "kind": v.kind,
            "label": v.label,
            "state": v.state.value,
            "reason": v.reason,
            "within": None if v.within is None else os.fsencode(v.within),
        }
        for n, v in enumerate(layout.volumes)
    ]
    if rows:
        connection.execute(insert(volume), rows)


def remove_image(connection: Connection, source_id: int) -> None:
    """Take away what is stored of an image."""
    for table in (volume, image):
        connection.execute(delete(table).where(table.c.source_id == source_id))


def add_recovered(connection: Connection, rows: Sequence[tuple[int, Recovered]]) -> None:
    """Store what is known of recovered records, each by its MediaFile."""
    values = [
        {
            "media_file_id": file_id,
            "state": found.state.value,
            "deleted": found.deleted,
            "unallocated": found.unallocated,
            "physical_location": found.offset,
        }
        for file_id, found in rows
    ]
    if values:
        connection.execute(insert(recovered), values)


def segments(connection: Connection, source_id: int) -> tuple[Segment, ...] | None:
    """Give the files of an image as they were when it was listed; None for a source that is none."""
    text = connection.execute(select(image.c.segments).where(image.c.source_id == source_id)).scalar_one_or_none()
    return None if text is None else tuple(Segment(bytes.fromhex(p), size, at) for p, size, at in json.loads(text))


def volume_states(connection: Connection, source_id: int) -> dict[str, VolumeState]:
    """Give the state of each volume as it was when the image was listed."""
    query = select(volume.c.key, volume.c.state).where(volume.c.source_id == source_id)
    return {os.fsdecode(r.key): VolumeState(r.state) for r in connection.execute(query)}


def stored_hashes(connection: Connection, source_id: int) -> tuple[dict[str, str], int] | None:
    """Give the hashes that an image stores, and the bytes of its disk; None for a source that is none."""
    row = connection.execute(select(image.c.hashes, image.c.size).where(image.c.source_id == source_id)).one_or_none()
    return None if row is None else (json.loads(row.hashes), int(row.size))


def verified(connection: Connection, source_id: int) -> dict[str, Any] | None:
    """Give what the whole disk was digested to; None when it was not."""
    text = connection.execute(select(image.c.verified).where(image.c.source_id == source_id)).scalar_one_or_none()
    found: dict[str, Any] | None = json.loads(text) if text else None
    return found


def set_verified(connection: Connection, source_id: int, digests: dict[str, str], words: str) -> None:
    """Store the digests of the whole disk, and what holding them against the stored ones gave."""
    text = json.dumps({"digests": digests, "result": words, "at": now()})
    connection.execute(update(image).where(image.c.source_id == source_id).values(verified=text))


def unread(connection: Connection) -> list[tuple[int, Unread]]:
    """Give every stretch that nobody could read as files, with the id of its exhibit."""
    s, e = schema.source, schema.exhibit
    query = (
        select(volume, s.c.exhibit_id, e.c.reference)
        .join(s, s.c.id == volume.c.source_id)
        .join(e, e.c.id == s.c.exhibit_id)
        .where(volume.c.state.in_([state.value for state in UNREAD]))
        .order_by(volume.c.source_id, volume.c.ordinal)
    )
    return [(r.exhibit_id, Unread(r.reference, r.offset, r.size, _reason(r))) for r in connection.execute(query)]


def _reason(row: Any) -> str:  # noqa: ANN401 - a row of volume
    name = os.fsdecode(row.key)
    return f"{name}: {row.kind}: {row.reason}" if name else f"{row.kind}: {row.reason}"
