"""A case made without any evidence: rows in bulk, so that a million pictures stand within a minute.

The account of such a case balances, and every kind of cell occurs: films, animations, damaged pictures, copies, embedded
thumbnails that show the same and that differ, unreadable files and files that are no media.
"""

import json
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    case,
    cast,
    func,
    insert,
    literal,
    null,
    select,
)
from sqlalchemy.sql.selectable import CTE

from everyframe.model.clock import now
from everyframe.store import schema
from everyframe.store.case import Case, NewCase
from everyframe.store.packs import PackWriter, Place
from everyframe.testing.drawings import Drawing, draw

__all__ = ["synthetic_case"]

ACTOR = "synthetic"
COPY_EVERY, THUMBNAIL_EVERY, DIFFERS_EVERY, TAGS_EVERY = 10, 20, 100, 5
FILM, ANIMATION, DAMAGED = (25, 3), (97, 5), (50, 7)
FRAMES = 4
NOT_MEDIA, UNREADABLE = 6, 9  # tenths of the other files, added up; the rest are pending
Cell = ColumnElement[Any]


def synthetic_case(directory: Path, *, media: int, pictures: int = 48, scheme: str = "projectvic-us") -> Case:
    """Make a case with so many Media in the grid (and a few more that are not), in two exhibits.

    Args:
        directory: empty or missing.
        media: ids 1 to ``media``, in the order of the listing.
        pictures: distinct drawings, used in turn.
        scheme: id of the category scheme.
    """
    made = Case.create(directory, NewCase(number="SYN-2026-0001", organization="Synthetic", scheme=scheme), actor=ACTOR)
    drawings = [draw(seed) for seed in range(pictures)]
    writer = PackWriter(directory / "previews", {})
    places = [[writer.add(d.grid), writer.add(d.viewer), writer.add(d.frame)] for d in drawings]
    with made.database.write() as connection:
        _packs(connection, writer)
        _exhibits(connection)
        drawn = _drawn(connection, drawings, places)
        _fill(connection, drawn, media, pictures)
        _listings(connection)
    writer.close()
    return made


def _fill(connection: Connection, drawn: Table, media: int, pictures: int) -> None:
    n = _numbers(1, media)
    joined = n.join(drawn, drawn.c.k == n.c.n % pictures)
    _media(connection, n, drawn, joined)
    _files(connection, n, media)
    _copies(connection, media)
    for role, ordinal in (("grid", 0), ("viewer", 0), *(("frame", i) for i in range(FRAMES))):
        _previews(connection, (n, drawn, joined), role, ordinal, pictures)
    _tags(connection, media)
    _warnings(connection, media)
    _thumbnails(connection, drawn, media, pictures)
    _others(connection, max(2, media // 50))


def _numbers(first: int, last: int, step: int = 1) -> CTE:
    series = select(literal(first).label("n")).where(literal(first) <= last).cte("series", recursive=True)
    return series.union_all(select(series.c.n + step).where(series.c.n + step <= last))


def _every(n: Cell, each: tuple[int, int], yes: Any, no: Any) -> Cell:  # noqa: ANN401 - any SQL value
    return case((n % each[0] == each[1], yes), else_=no)


def _insert(connection: Connection, table: Table, values: dict[str, Any], source: Any, *where: Any) -> None:  # noqa: ANN401 - SQL
    cells = [v if isinstance(v, ColumnElement) else (null() if v is None else literal(v)) for v in values.values()]
    query = select(*(cell.label(name) for cell, name in zip(cells, values, strict=True))).select_from(source)
    connection.execute(insert(table).from_select(list(values), query.where(*where)))


def _packs(connection: Connection, writer: PackWriter) -> None:
    rows = [{"number": number, "committed": length} for number, length in writer.sync().items()]
    connection.execute(insert(schema.pack), rows)


def _exhibits(connection: Connection) -> None:
    for ident, reference, place in ((1, "SYN/1", b"/evidence/SYN-1"), (2, "SYN/2", b"/evidence/SYN-2")):
        connection.execute(insert(schema.exhibit).values(id=ident, reference=reference, created_at=now()))
        values = {"id": ident, "exhibit_id": ident, "path": place, "display": place.decode(), "listed_at": now()}
        values |= {"device": 0, "inode": ident, "filesystem": 0, "state": "done", "done_at": now()}
        connection.execute(insert(schema.source).values(values))


def _drawn(connection: Connection, drawings: Sequence[Drawing], places: Sequence[Sequence[Place]]) -> Table:
    """Keep the drawings in a temporary table that the large inserts join."""
    names = (
        "width",
        "height",
        *(f"{p}_{c}" for p in ("grid", "viewer", "frame") for c in ("pack", "offset", "length")),
    )
    columns = [Column("k", Integer, primary_key=True), *(Column(name, Integer) for name in names)]
    table = Table("drawn", MetaData(), *columns, prefixes=["TEMPORARY"])
    table.create(connection)
    rows = [
        dict(zip(("k", *names), (k, d.width, d.height, *(n for place in three for n in place)), strict=True))
        for k, (d, three) in enumerate(zip(drawings, places, strict=True))
    ]
    connection.execute(insert(table), rows)
    return table


def _digest(prefix: str, n: Cell, size: int) -> Cell:
    return cast(func.printf(f"{prefix}%0{size - len(prefix)}d", n), LargeBinary)


def _media(connection: Connection, n: CTE, drawn: Table, joined: Any) -> None:  # noqa: ANN401 - a join
    i = n.c.n
    values = _base(i, "m") | {
        "id": i,
        "size": 1_500_000 + i * 7919 % 3_000_000,
        "kind": _every(i, FILM, "video", "image"),
        "mime": _every(i, FILM, "video/mp4", "image/jpeg"),
        "width": drawn.c.width * 3,
        "height": drawn.c.height * 3,
        "frames": _every(i, ANIMATION, 12, 1),
        "damaged": _every(i, DAMAGED, "premature end of the stream", ""),
        "duration_ms": _every(i, FILM, 4000 + i * 991 % 900_000, null()),
        "container": _every(i, FILM, "mp4", null()),
        "codec": _every(i, FILM, "h264", null()),
        "frames_shown": _every(i, FILM, FRAMES, null()),
        "first_file_id": i,
        "occurrences": _every(i, (COPY_EVERY, 0), 2, 1),
        "folded": False,
    }
    _insert(connection, schema.media, values, joined)


def _base(i: Cell, prefix: str) -> dict[str, Any]:
    return {
        "sha256": _digest(prefix, i, 32),
        "md5": _digest(prefix, i, 16),
        "sha1": _digest(prefix, i, 20),
        "outcome": "viewable",
        "stages": ",metadata,pdq,preview,",
        "quarantined": False,
        "decoder": "synthetic 1",
        "seen": "",
        "orientation": 1,
        "pdq": _digest("p", i, 32),
        "pdq_quality": 20 + i % 80,
        "pdq_basis": "full",
        "looked": False,
    }


def _file_row(ident: Cell, name: Cell, exhibit: Cell, size: Cell) -> dict[str, Any]:
    day = func.printf("2025-%02d-%02dT%02d:%02d:00+00:00", ident % 12 + 1, ident % 28 + 1, ident % 24, ident % 60)
    return {
        "id": ident,
        "exhibit_id": exhibit,
        "source_id": exhibit,
        "ordinal": ident,
        "depth": 0,
        "path": cast(name, LargeBinary),
        "display": name,
        "locator": "",
        "kind": "file",
        "provenance": "live",
        "size": size,
        "modified": day,
        "outcome": "done",
        "mime": "image/jpeg",
        "name_disagrees": False,
    }


def _files(connection: Connection, n: CTE, media: int) -> None:
    i, m = n.c.n, schema.media
    name = func.printf("DCIM/%dCANON/IMG_%04d.JPG", 100 + i / 1000, i % 10_000)
    exhibit = case((i * 4 > media * 3, 2), else_=1)
    values = _file_row(i, name, exhibit, m.c.size) | {"media_id": i}
    _insert(connection, schema.media_file, values, n.join(m, m.c.id == i))


def _copies(connection: Connection, media: int) -> None:
    n, m = _numbers(COPY_EVERY, media, COPY_EVERY), schema.media
    i = n.c.n
    values = _file_row(media + i / COPY_EVERY, func.printf("Backup/copy of IMG_%04d.JPG", i), literal(2), m.c.size)
    _insert(connection, schema.media_file, values | {"media_id": i}, n.join(m, m.c.id == i))


def _previews(
    connection: Connection,
    source: tuple[CTE, Table, Any],
    role: str,
    ordinal: int,
    pictures: int,
) -> None:
    n, drawn, joined = source
    if role == "frame":
        joined = n.join(drawn, drawn.c.k == (n.c.n + ordinal) % pictures)
    values = {
        "media_id": n.c.n,
        "role": role,
        "ordinal": ordinal,
        "width": drawn.c.width,
        "height": drawn.c.height,
        "mime": "image/jpeg",
        "pack": drawn.c[f"{role}_pack"],
        "offset": drawn.c[f"{role}_offset"],
        "length": drawn.c[f"{role}_length"],
    }
    several = (n.c.n % FILM[0] == FILM[1]) | (n.c.n % ANIMATION[0] == ANIMATION[1])
    _insert(connection, schema.preview, values, joined, *([several] if role == "frame" else []))


def _tags(connection: Connection, media: int) -> None:
    n = _numbers(TAGS_EVERY, media, TAGS_EVERY)
    i = n.c.n
    raw = zlib.compress(json.dumps({"EXIF:Make": "Drawn", "EXIF:ISO": 200, "EXIF:FNumber": "2.8"}).encode())
    values: dict[str, Any] = {
        "media_id": i,
        "make": "Drawn",
        "model": func.printf("D-%d", i % 4),
        "lens": "50 mm",
        "software": "",
    }
    values |= {"serial": func.printf("SN%06d", i % 4), "unique_id": "", "file_number": func.printf("100-%04d", i)}
    values |= {"latitude": 50.0 + i % 100 / 1000.0, "longitude": 6.0, "altitude": 120.0, "reader": "synthetic 1"}
    _insert(connection, schema.media_metadata, values | {"raw": raw}, n)
    taken = func.printf("2025:%02d:%02d 12:%02d:00", i % 12 + 1, i % 28 + 1, i % 60)
    values = {"media_id": i, "ordinal": 0, "source": "EXIF:DateTimeOriginal", "text": taken, "utc": null()}
    _insert(connection, schema.media_time, values, n)


def _warnings(connection: Connection, media: int) -> None:
    n = _numbers(DAMAGED[1], media, DAMAGED[0])
    values = {"media_id": n.c.n, "code": "damaged", "reason": "premature end of the stream", "stage": "preview"}
    _insert(connection, schema.warning, values | {"at": now()}, n)


def _thumbnails(connection: Connection, drawn: Table, media: int, pictures: int) -> None:
    """Embed a small picture in every twentieth Media; a few show something else."""
    n = _numbers(THUMBNAIL_EVERY, media, THUMBNAIL_EVERY)
    i, first = n.c.n, media + media // COPY_EVERY
    ident, child = first + i / THUMBNAIL_EVERY, media + i / THUMBNAIL_EVERY
    differs = i % DIFFERS_EVERY == 0
    joined = n.join(drawn, drawn.c.k == (i + case((differs, 7), else_=0)) % pictures)
    size = {"width": 160, "height": 120, "frames": 1, "damaged": "", "size": 6000 + i % 4000}
    kind = {"kind": "image", "mime": "image/jpeg", "first_file_id": ident, "occurrences": 1}
    values = _base(i, "t") | {"id": child, "folded": case((differs, False), else_=True)} | size | kind
    _insert(connection, schema.media, values, joined)
    name = func.printf("DCIM/%dCANON/IMG_%04d.JPG/ThumbnailImage", 100 + i / 1000, i % 10_000)
    row = _file_row(ident, name, case((i * 4 > media * 3, 2), else_=1), 6000 + i % 4000)
    row |= {"provenance": "embedded", "media_id": child, "parent_id": i, "depth": 1, "ordinal": 0}
    _insert(connection, schema.media_file, row | {"folded_under": case((differs, null()), else_=i)}, n)
    found: dict[str, Any] = {"media_id": i, "ordinal": 0, "child_id": child, "name": "ThumbnailImage", "offset": 2048}
    found |= {"distance": case((differs, 118), else_=4), "differs": differs}
    _insert(connection, schema.embedding, found, n)
    place: dict[str, Any] = {"pack": drawn.c.grid_pack, "offset": drawn.c.grid_offset, "length": drawn.c.grid_length}
    shape = {"width": drawn.c.width, "height": drawn.c.height, "mime": "image/jpeg"}
    for role in ("grid", "viewer"):
        _insert(connection, schema.preview, {"media_id": child, "role": role, "ordinal": 0} | shape | place, joined)


def _others(connection: Connection, count: int) -> None:
    """Add files that are no media, files that cannot be read, and files that are still pending."""
    last = connection.execute(select(func.max(schema.media_file.c.id))).scalar_one()
    n = _numbers(1, count)
    i = n.c.n
    outcome = case((i % 10 < NOT_MEDIA, "not-media"), (i % 10 < UNREADABLE, "unreadable"), else_="pending")
    row = _file_row(last + i, func.printf("Documents/report %04d.docx", i), literal(1), 20_000 + i)
    row |= {
        "outcome": outcome,
        "mime": case((i % 10 < NOT_MEDIA, "application/pdf"), else_=null()),
        "name_disagrees": null(),
    }
    _insert(connection, schema.media_file, row, n)
    f = schema.media_file
    values = {"media_file_id": f.c.id, "exhibit_id": f.c.exhibit_id, "code": "unreadable-file", "at": now()}
    values |= {"reason": "Input/output error", "stage": "read"}
    _insert(connection, schema.warning, values, f, f.c.outcome == "unreadable")
    jobs = {"media_file_id": f.c.id, "task": "content", "state": "planned", "deaths": 0}
    _insert(connection, schema.job, jobs, f, f.c.outcome == "pending")


def _listings(connection: Connection) -> None:
    f = schema.media_file
    sums = select(f.c.source_id, f.c.exhibit_id, func.count(), func.coalesce(func.sum(f.c.size), 0), literal(now()))
    columns = ["source_id", "exhibit_id", "files", "bytes", "at"]
    connection.execute(insert(schema.listing).from_select(columns, sums.group_by(f.c.source_id, f.c.exhibit_id)))
