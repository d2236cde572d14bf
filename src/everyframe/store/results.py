"""Committing what workers report: each result with its rows, summaries and Warnings in the caller's transaction."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from everyframe.model.clock import now
from everyframe.model.entry import Entry
from everyframe.model.features import Analysis, Digests, Embedded
from everyframe.model.result import Examined, Expanded, Failed
from everyframe.model.states import FileOutcome, MediaKind, Provenance
from everyframe.model.warning import Problem, WarningCode
from everyframe.store import files, jobs, media_rows, schema
from everyframe.store.packs import Place

__all__ = ["Results"]

FILE_TABLE = schema.media_file
SAME_AS_QUARANTINED = Problem(WarningCode.QUARANTINED, "the same bytes as a file that two workers died on")


class Results:
    """Commit results inside one writing transaction.

    Args:
        connection: the transaction.
        add_preview: puts a payload into the packs and gives its place.
    """

    def __init__(self, connection: Connection, add_preview: Callable[[bytes], Place]) -> None:
        self._connection = connection
        self._add_preview = add_preview

    def examined(self, result: Examined) -> int:
        """Store one examined file; gives the id of its Media."""
        row = self._file(result.file_id)
        media_id = self._media(result.digests, result.kind, result.mime, result.analysis, result.file_id)
        media = media_rows.facts(self._connection, media_id)
        problems = (*result.problems, SAME_AS_QUARANTINED) if media.quarantined else result.problems
        archive = media.kind == MediaKind.ARCHIVE
        values = {
            "media_id": media_id,
            "outcome": FileOutcome.PENDING if archive else FileOutcome.DONE,
            "mime": media.mime,
            "name_disagrees": result.name_disagrees,
        }
        again = row.media_id is not None
        self._update(result.file_id, values)
        if archive and not again:
            jobs.add(self._connection, [result.file_id], "expand")
        if not again:
            self._occurs(media_id, result.file_id, folded_under=None)
            self._warn(problems, exhibit_id=row.exhibit_id, media_file_id=result.file_id)
        for occurrence in self._occurrences(media_id) if again else (row,):
            self._embed(occurrence, media_id)
        jobs.finished(self._connection, [(result.file_id, "content")])
        return media_id

    def expanded(self, result: Expanded) -> None:
        """Store the members of an archive; it is unreadable when not all of it could be listed."""
        row = self._file(result.file_id)
        parent = files.Parent(row.exhibit_id, row.source_id, row.id, bytes(row.path), row.depth + 1)
        files.add_listing(self._connection, parent, result.entries)
        outcome = FileOutcome.UNREADABLE if result.problems else FileOutcome.NOT_MEDIA
        self._update(row.id, {"outcome": outcome})
        self._warn(result.problems, exhibit_id=row.exhibit_id, media_file_id=row.id)
        jobs.finished(self._connection, [(row.id, "expand")])

    def failed(self, result: Failed, task: str) -> None:
        """Store a file that could not be read or was quarantined."""
        row = self._file(result.file_id)
        values: dict[str, Any] = {"outcome": FileOutcome.UNREADABLE}
        if result.digests and row.media_id is None:
            values["media_id"] = self._quarantined(result.digests, result.file_id)
            self._occurs(values["media_id"], result.file_id, folded_under=None)
        self._update(row.id, values)
        self._warn([result.problem], exhibit_id=row.exhibit_id, media_file_id=row.id)
        jobs.finished(self._connection, [(row.id, task)])

    def _file(self, file_id: int) -> Any:  # noqa: ANN401 - a row of media_file
        return self._connection.execute(select(FILE_TABLE).where(FILE_TABLE.c.id == file_id)).one()

    def _occurrences(self, media_id: int) -> Sequence[Any]:
        """Give every MediaFile of a Media that is not itself embedded."""
        where = (FILE_TABLE.c.media_id == media_id, FILE_TABLE.c.provenance != Provenance.EMBEDDED)
        return self._connection.execute(select(FILE_TABLE).where(*where).order_by(FILE_TABLE.c.id)).all()

    def _update(self, file_id: int, values: dict[str, Any]) -> None:
        self._connection.execute(update(FILE_TABLE).where(FILE_TABLE.c.id == file_id).values(values))

    def _media(self, digests: Digests, kind: MediaKind, mime: str, analysis: Analysis | None, file_id: int) -> int:
        table = schema.media
        found = media_rows.find(self._connection, digests.sha256)
        if found is None:
            values = media_rows.columns(digests, kind, mime, analysis) | {"first_file_id": file_id}
            media_id = self._connection.execute(insert(table).values(values).returning(table.c.id)).scalar_one()
            fresh = set(analysis.stages) if analysis else set()
        else:
            media_id = found.id
            fresh = set(analysis.stages) - media_rows.stages(found.stages) if analysis else set()
            if analysis and fresh:
                merged = media_rows.merge(found, kind, mime, analysis, fresh)
                self._connection.execute(update(table).where(table.c.id == media_id).values(merged))
        if analysis:
            first = found is None
            self._features(media_id, analysis, fresh)
            self._warn([p for p in analysis.problems if first or p.stage in fresh], media_id=media_id)
        return int(media_id)

    def _quarantined(self, digests: Digests, file_id: int) -> int:
        found = media_rows.find(self._connection, digests.sha256)
        if found is not None:
            return int(found.id)
        values = media_rows.quarantined(digests) | {"first_file_id": file_id}
        returning = insert(schema.media).values(values).returning(schema.media.c.id)
        return int(self._connection.execute(returning).scalar_one())

    def _features(self, media_id: int, analysis: Analysis, fresh: set[str]) -> None:
        if fresh & {"preview", "video"} and analysis.renditions:
            places = [(r, self._add_preview(r.data)) for r in analysis.renditions]
            media_rows.replace(self._connection, schema.preview, media_id, media_rows.previews(media_id, places))
        if analysis.metadata and "metadata" in fresh:
            media_rows.replace(
                self._connection, schema.media_metadata, media_id, [media_rows.tags(media_id, analysis.metadata)]
            )
            media_rows.replace(
                self._connection, schema.media_time, media_id, media_rows.times(media_id, analysis.metadata)
            )
        if "embedded" in fresh:
            rows = [self._embedding(media_id, n, e) for n, e in enumerate(analysis.embedded)]
            media_rows.replace(self._connection, schema.embedding, media_id, rows)

    def _embedding(self, media_id: int, ordinal: int, item: Embedded) -> dict[str, Any]:
        child = self._media(item.digests, item.analysis.kind, item.analysis.mime, item.analysis, 0)
        return {
            "media_id": media_id,
            "ordinal": ordinal,
            "child_id": child,
            "name": item.name,
            "offset": item.offset,
            "distance": item.distance,
            "differs": item.differs,
        }

    def _embed(self, row: Any, media_id: int) -> None:  # noqa: ANN401 - a row of media_file
        """List what is embedded in this occurrence, unless that was done for it before."""
        e, m = schema.embedding, schema.media
        query = select(e, m.c.size, m.c.mime).join(m, m.c.id == e.c.child_id).where(e.c.media_id == media_id)
        found = self._connection.execute(query.order_by(e.c.ordinal)).all()
        if not found or row.provenance == Provenance.EMBEDDED or self._has_embedded(row.id):
            return
        parent = files.Parent(row.exhibit_id, row.source_id, row.id, bytes(row.path), row.depth)
        entries = [
            Entry(r.name.encode(), size=r.size, provenance=Provenance.EMBEDDED, locator=str(r.offset)) for r in found
        ]
        first = files.add_done(self._connection, parent, entries, [(r.child_id, r.mime) for r in found])
        for n, r in enumerate(found):
            self._occurs(r.child_id, first + n, folded_under=media_id if r.differs is False else None)

    def _has_embedded(self, file_id: int) -> bool:
        where = (FILE_TABLE.c.parent_id == file_id, FILE_TABLE.c.provenance == Provenance.EMBEDDED)
        return self._connection.execute(select(func.count()).where(*where)).scalar_one() > 0

    def _occurs(self, media_id: int, file_id: int, *, folded_under: int | None) -> None:
        """Count one more MediaFile of a Media, and keep the summaries that depend on it."""
        table = schema.media
        if folded_under is not None:
            self._update(file_id, {"folded_under": folded_under})
        row = self._connection.execute(
            select(table.c.first_file_id, table.c.occurrences, table.c.folded).where(table.c.id == media_id)
        ).one()
        values = {
            "first_file_id": min(row.first_file_id, file_id) if row.occurrences else file_id,
            "occurrences": row.occurrences + 1,
            "folded": folded_under is not None and (row.folded or not row.occurrences),
        }
        self._connection.execute(update(table).where(table.c.id == media_id).values(values))

    def _warn(self, problems: Iterable[Problem], **about: int) -> None:
        rows = [{**about, "code": p.code, "reason": p.reason, "stage": p.stage, "at": now()} for p in problems]
        if rows:
            self._connection.execute(insert(schema.warning), rows)
