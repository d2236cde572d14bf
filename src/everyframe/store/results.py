"""Committing what workers report: each result with its rows, summaries and Warnings in the caller's transaction."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, update

from everyframe.errors import EveryframeError
from everyframe.model.clock import now
from everyframe.model.entry import Entry
from everyframe.model.features import Analysis, Digests, Embedded
from everyframe.model.result import Examined, Expanded, Failed
from everyframe.model.states import FileOutcome, MediaKind, Provenance
from everyframe.model.warning import Problem, WarningCode
from everyframe.store import files, jobs, known_facts, media_rows, schema
from everyframe.store import statements as sql
from everyframe.store.packs import Place

__all__ = ["Results"]

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

    def examined(self, result: Examined) -> None:
        """Store one examined file with its content."""
        row = self._file(result.file_id)
        media = self._media(result.digests, result.analysis)
        archive = media["kind"] == MediaKind.ARCHIVE
        values = {
            "file_id": row.id,
            "new_media_id": media["id"],
            "new_outcome": _outcome(result, archive=archive),
            "new_mime": media["mime"],
            "new_name_disagrees": result.name_disagrees,
        }
        self._connection.execute(sql.SET_FILE, values)
        if row.media_id is None:
            problems = (*result.problems, SAME_AS_QUARANTINED) if media["quarantined"] else result.problems
            self._occurs(media["id"], row.id, under=None)
            self._warn(problems, exhibit_id=row.exhibit_id, media_file_id=row.id)
            if archive:
                jobs.add(self._connection, [row.id], "expand")
        occurrences = (row,) if row.media_id is None else self._occurrences(media["id"])
        for occurrence in occurrences if media["kind"] == MediaKind.IMAGE else ():
            self._embed(occurrence, media["id"])
        self._finish(row.id, "content")

    def expanded(self, result: Expanded) -> None:
        """Store the members of an archive; it is unreadable when not all of it could be listed."""
        row = self._file(result.file_id)
        parent = files.Parent(row.exhibit_id, row.source_id, row.id, bytes(row.path), row.depth + 1)
        files.add_listing(self._connection, parent, result.entries)
        outcome = FileOutcome.UNREADABLE if result.problems else FileOutcome.NOT_MEDIA
        self._connection.execute(sql.SET_OUTCOME, {"file_id": row.id, "new_outcome": outcome})
        self._warn(result.problems, exhibit_id=row.exhibit_id, media_file_id=row.id)
        self._finish(row.id, "expand")

    def failed(self, result: Failed, task: str) -> None:
        """Store a file that could not be read or was quarantined."""
        row = self._file(result.file_id)
        self._connection.execute(sql.SET_OUTCOME, {"file_id": row.id, "new_outcome": FileOutcome.UNREADABLE})
        if result.digests and row.media_id is None:
            media_id = self._quarantined(result.digests)
            self._connection.execute(
                update(schema.media_file).where(schema.media_file.c.id == row.id).values(media_id=media_id)
            )
            self._occurs(media_id, row.id, under=None)
        self._warn([result.problem], exhibit_id=row.exhibit_id, media_file_id=row.id)
        self._finish(row.id, task)

    def _file(self, file_id: int) -> Any:  # noqa: ANN401 - a row of media_file
        return self._connection.execute(sql.FILE, {"file_id": file_id}).one()

    def _occurrences(self, media_id: int) -> Sequence[Any]:
        """Give every MediaFile of a Media that is not itself embedded."""
        return self._connection.execute(sql.OCCURRENCES, {"of_media": media_id}).all()

    def _finish(self, file_id: int, task: str) -> None:
        self._connection.execute(sql.FINISH_JOB, {"file_id": file_id, "of_task": task})

    def _media(self, digests: Digests, analysis: Analysis | None) -> dict[str, Any]:
        """Find or add a content, with what the analysis found that was not known yet; gives its main columns."""
        found = self._connection.execute(sql.MEDIA, {"digest": digests.sha256}).one_or_none()
        if found is None and analysis is None:
            raise EveryframeError(f"content {digests.sha256.hex()} was taken for known, but it is not stored")
        if found is None:
            return self._new_media(digests, analysis)
        fresh = set(analysis.stages) - media_rows.stages(found.stages) if analysis else set()
        values: dict[str, Any] = dict(found._mapping)  # noqa: SLF001 - SQLAlchemy's public name
        if analysis and fresh:
            merged = media_rows.merge(found, analysis, fresh)
            self._connection.execute(update(schema.media).where(schema.media.c.id == found.id).values(merged))
            self._features(found.id, analysis, fresh, replace=True)
            known = self._connection.execute(sql.WARNED, {"of_media": found.id}).all()
            said = {(r.code, r.reason) for r in known}
            self._warn([p for p in analysis.problems if (p.code, p.reason) not in said], media_id=found.id)
            values |= merged
        return values

    def _new_media(self, digests: Digests, analysis: Analysis | None) -> dict[str, Any]:
        if analysis is None:
            raise TypeError("a new content needs its analysis")
        values = media_rows.columns(digests, analysis)
        media_id = int(self._connection.execute(sql.ADD_MEDIA, values).scalar_one())
        self._features(media_id, analysis, set(analysis.stages), replace=False)
        self._warn(analysis.problems, media_id=media_id)
        return values | {"id": media_id}

    def _quarantined(self, digests: Digests) -> int:
        found = self._connection.execute(sql.MEDIA, {"digest": digests.sha256}).one_or_none()
        if found is not None:
            return int(found.id)
        return int(self._connection.execute(sql.ADD_MEDIA, media_rows.quarantined(digests)).scalar_one())

    def _features(self, media_id: int, analysis: Analysis, fresh: set[str], *, replace: bool) -> None:
        if fresh & {"preview", "video"} and analysis.renditions:
            places = [(r, self._add_preview(r.data)) for r in analysis.renditions]
            self._put("preview", media_id, media_rows.previews(media_id, places), replace=replace)
        if analysis.metadata and "metadata" in fresh:
            row = media_rows.tags(media_id, analysis.metadata)
            self._put("media_metadata", media_id, [row], replace=replace)
            self._put("media_time", media_id, media_rows.times(media_id, analysis.metadata), replace=replace)
        if analysis.traits and "traits" in fresh:
            self._put("trait", media_id, [media_rows.traits(media_id, analysis.traits)], replace=replace)
        if analysis.hash and "pdq" in fresh:
            self._put("turned_hash", media_id, [media_rows.turned(media_id, analysis.hash)], replace=replace)
            if replace:
                known_facts.go_back(self._connection, media_id - 1)
        if "embedded" in fresh:
            rows = [self._embedding(media_id, n, e) for n, e in enumerate(analysis.embedded)]
            self._put("embedding", media_id, rows, replace=replace)

    def _put(self, table: str, media_id: int, rows: list[dict[str, Any]], *, replace: bool) -> None:
        if replace:
            self._connection.execute(sql.REMOVE[table], {"of_media": media_id})
        if rows:
            self._connection.execute(sql.ADD[table], rows)

    def _embedding(self, media_id: int, ordinal: int, item: Embedded) -> dict[str, Any]:
        child = self._media(item.digests, item.analysis)["id"]
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
        found = self._connection.execute(sql.EMBEDDED, {"of_media": media_id}).all()
        if not found or row.provenance == Provenance.EMBEDDED:
            return
        if row.media_id is not None and self._connection.execute(sql.HAS_EMBEDDED, {"file_id": row.id}).scalar_one():
            return
        parent = files.Parent(row.exhibit_id, row.source_id, row.id, bytes(row.path), row.depth)
        entries = [
            Entry(r.name.encode(), size=r.size, provenance=Provenance.EMBEDDED, locator=str(r.offset)) for r in found
        ]
        first = files.add_done(self._connection, parent, entries, [(r.child_id, r.mime) for r in found])
        for n, r in enumerate(found):
            self._occurs(r.child_id, first + n, under=media_id if r.differs is False else None)

    def _occurs(self, media_id: int, file_id: int, *, under: int | None) -> None:
        """Count one more MediaFile of a Media, and keep the summaries that depend on it."""
        if under is not None:
            self._connection.execute(sql.SET_FOLDED, {"file_id": file_id, "under": under})
        values = {"of_media": media_id, "file_id": file_id, "is_folded": under is not None}
        self._connection.execute(sql.COUNT_OCCURRENCE, values)

    def _warn(self, problems: Iterable[Problem], **about: int) -> None:
        rows = [{**about, "code": p.code, "reason": p.reason, "stage": p.stage, "at": now()} for p in problems]
        if rows:
            self._connection.execute(sql.ADD["warning"], rows)


def _outcome(result: Examined, *, archive: bool) -> FileOutcome:
    """Tell how far a file got: what is named a picture and is of no known type cannot be said to be no picture."""
    if any(p.code is WarningCode.NAME_DISAGREES for p in result.problems):
        return FileOutcome.UNREADABLE
    return FileOutcome.PENDING if archive else FileOutcome.DONE
