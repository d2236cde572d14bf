"""What is handed out, content by content: read in batches, so that a million of them need no more memory than a thousand."""

import heapq
import itertools
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Select, exists, func, select

from everyframe.model.states import MediaKind
from everyframe.store import schema
from everyframe.store.exchange_choice import Choice, of_files, of_media
from everyframe.store.exchange_tables import vics_file, vics_media
from everyframe.store.ids import id_list, id_select

__all__ = ["Content", "Counts", "contents", "count"]

F, M, E = schema.media_file, schema.media, schema.exhibit
S, D = schema.standing, schema.decision
UP, UP_MEDIA = F.alias("up"), M.alias("up_media")
BATCH = 500
PICTURES_AND_FILMS = (MediaKind.IMAGE, MediaKind.VIDEO)
Row = dict[str, Any]


@dataclass(slots=True)
class Content:
    """Hold one content with all that is known of it.

    Args:
        md5: 16 bytes.
        media: the row of ``media``; None of a content that an import names and nobody has read.
        files: its occurrences in the order listed, each with its exhibit's ``reference``, its parent's ``up_path`` and
            ``up_md5``, and ``kept``, what an import said of it.
        tags: every tag of its metadata, group and name to value.
        category: what is in force: scheme, code, actor, at, op; empty when nothing is.
        decided: a decision was made of it at some time.
        warnings: code and reason.
        claims: what imports said of it, oldest first: source, category, kept.
    """

    md5: bytes
    media: Row | None = None
    files: list[Row] = field(default_factory=list)
    tags: dict[str, Any] = field(default_factory=dict)
    category: Row = field(default_factory=dict)
    decided: bool = False
    warnings: list[tuple[str, str]] = field(default_factory=list)
    claims: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Counts:
    """Hold what is chosen: contents that are pictures or films, their files, and the files that are of no such content."""

    media: int
    files: int
    other_files: int


def count(connection: Connection, choice: Choice) -> Counts:
    """Count what is chosen."""
    media = connection.execute(_wanted(select(func.count()), connection, choice)).scalar_one()
    where = of_files(connection, choice)
    joined = F.join(M, M.c.id == F.c.media_id)
    files = select(func.count()).select_from(joined).where(where, M.c.kind.in_(PICTURES_AND_FILMS))
    every = select(func.count()).select_from(F).where(where)
    own = connection.execute(files).scalar_one()
    claimed = connection.execute(
        select(func.count()).select_from(_unread()).where(where, F.c.media_id.is_(None))
    ).scalar_one()
    return Counts(int(media), int(own + claimed), int(connection.execute(every).scalar_one() - own - claimed))


def contents(connection: Connection, choice: Choice) -> Iterator[Content]:
    """Give every chosen content that is a picture or film, in the order in which the first file of each was listed.

    A content that an import names and nobody has read comes as a Content without ``media``, unless its bytes are in the
    case from elsewhere: then its files stand with those.
    """
    read = _wanted(select(M.c.first_file_id, M.c.id, M.c.md5), connection, choice).order_by(M.c.first_file_id)
    unread = (
        select(func.min(F.c.id).label("first"), vics_media.c.md5)
        .select_from(_unread())
        .where(
            of_files(connection, choice),
            F.c.media_id.is_(None),
            ~exists().where(_same_in_case(), of_media(connection, choice)),
        )
        .group_by(vics_media.c.md5)
        .order_by("first")
    )
    rows = heapq.merge(
        ((r[0], r[1], bytes(r[2])) for r in connection.execute(read.execution_options(yield_per=BATCH))),
        ((r[0], 0, bytes(r[1])) for r in connection.execute(unread.execution_options(yield_per=BATCH))),
    )
    while batch := list(itertools.islice(rows, BATCH)):
        yield from _filled(connection, choice, batch)


def _wanted(query: Select[Any], connection: Connection, choice: Choice) -> Select[Any]:
    return query.where(M.c.kind.in_(PICTURES_AND_FILMS), of_media(connection, choice))


def _unread() -> Any:  # noqa: ANN401 - a join
    return F.join(vics_file, vics_file.c.media_file_id == F.c.id).join(
        vics_media, vics_media.c.id == vics_file.c.vics_media_id
    )


def _same_in_case() -> Any:  # noqa: ANN401 - a condition
    return (M.c.md5 == vics_media.c.md5) & M.c.kind.in_(PICTURES_AND_FILMS)


def _filled(connection: Connection, choice: Choice, batch: Sequence[tuple[int, int, bytes]]) -> Iterator[Content]:
    found = [Content(md5) for _, _, md5 in batch]
    by_id = {ident: c for (_, ident, _), c in zip(batch, found, strict=True) if ident}
    by_md5: dict[bytes, Content] = {}
    for content in found:
        by_md5.setdefault(content.md5, content)  # of two contents with one MD5, an unread file goes to the first
    _facts(connection, by_id)
    _files(connection, choice, by_id, by_md5)
    _decisions(connection, by_id)
    _claims(connection, found)
    yield from found


def _facts(connection: Connection, by_id: dict[int, Content]) -> None:
    ids = id_list(by_id)
    for row in connection.execute(select(M).where(M.c.id.in_(id_select())), ids):
        by_id[row.id].media = _row(row)
    t, w = schema.media_metadata, schema.warning
    for row in connection.execute(select(t.c.media_id, t.c.raw).where(t.c.media_id.in_(id_select())), ids):
        if row.raw:
            by_id[row.media_id].tags = json.loads(zlib.decompress(row.raw))
    query = select(w.c.media_id, w.c.code, w.c.reason).where(w.c.media_id.in_(id_select())).order_by(w.c.id)
    for row in connection.execute(query, ids):
        by_id[row.media_id].warnings.append((row.code, row.reason))


def _files(connection: Connection, choice: Choice, by_id: dict[int, Content], by_md5: dict[bytes, Content]) -> None:
    names = (UP.c.path.label("up_path"), UP_MEDIA.c.md5.label("up_md5"), vics_file.c.kept, vics_file.c.vics_media_id)
    joined = (
        F.join(E, E.c.id == F.c.exhibit_id)
        .outerjoin(UP, UP.c.id == F.c.parent_id)
        .outerjoin(UP_MEDIA, UP_MEDIA.c.id == UP.c.media_id)
        .outerjoin(vics_file, vics_file.c.media_file_id == F.c.id)
    )
    query = select(F, E.c.reference, *names).select_from(joined).where(of_files(connection, choice))
    for row in connection.execute(query.where(F.c.media_id.in_(id_select())).order_by(F.c.id), id_list(by_id)):
        by_id[row.media_id].files.append(_row(row))
    claimed = joined.join(vics_media, vics_media.c.id == vics_file.c.vics_media_id)
    unread = select(F, E.c.reference, *names, vics_media.c.md5).select_from(claimed)
    where = (of_files(connection, choice), F.c.media_id.is_(None), vics_media.c.md5.in_(list(by_md5)))
    for row in connection.execute(unread.where(*where).order_by(F.c.id)):
        by_md5[bytes(row.md5)].files.append(_row(row))
    for content in by_md5.values():
        content.files.sort(key=lambda f: int(f["id"]))


def _decisions(connection: Connection, by_id: dict[int, Content]) -> None:
    query = select(S.c.media_id, S.c.scheme, S.c.code, D.c.actor, D.c.at, D.c.op).join(D, D.c.id == S.c.decision_id)
    for row in connection.execute(query.where(S.c.media_id.in_(id_select())), id_list(by_id)):
        by_id[row.media_id].category = _row(row)
    made = select(D.c.media_id).distinct().where(D.c.media_id.in_(id_select()))
    for ident in connection.execute(made, id_list(by_id)).scalars():
        by_id[ident].decided = True


def _claims(connection: Connection, found: Sequence[Content]) -> None:
    of: dict[int, Content] = {f["vics_media_id"]: c for c in found for f in c.files if f["vics_media_id"]}
    query = select(vics_media).where(vics_media.c.id.in_(id_select())).order_by(vics_media.c.id)
    for row in connection.execute(query, id_list(of)):
        of[row.id].claims.append(_row(row))


def _row(row: Any) -> Row:  # noqa: ANN401 - a row of a query
    return dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
