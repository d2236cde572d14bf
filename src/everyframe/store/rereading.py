"""Committing what came of reading a file again: more is taken in, nothing that stands is taken away.

What could not be shown and can be now takes the place of nothing. What was shown already stays as it is; the picture of
another decoder is kept beside it. Old Warnings stay; those of the new attempt are added where they say something new.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, func, select, update

from everyframe.model.entry import Entry
from everyframe.model.features import Analysis, Rendition
from everyframe.model.result import Examined, Expanded, Failed, Outcome
from everyframe.model.retry import Manner, Reread
from everyframe.model.states import FileOutcome, MediaKind, MediaOutcome, Provenance
from everyframe.model.warning import Problem, WarningCode
from everyframe.store import files, jobs, media_rows, schema, vics_imports, warnings
from everyframe.store import statements as sql
from everyframe.store.packs import Place
from everyframe.store.results import Results

__all__ = ["OTHER", "content_of", "store_again"]

F, M, P, W = schema.media_file, schema.media, schema.preview, schema.warning
OTHER: Final = "other"  # the role of a preview that another decoder made
Said = tuple[Reread, str]


def content_of(connection: Connection, file_id: int, task: str) -> str:
    """Give what the audit vouches for: the SHA-256 of a file's content, or the number of members of an archive."""
    if task == "expand":
        where = (F.c.parent_id == file_id, F.c.provenance != Provenance.EMBEDDED)
        return str(connection.execute(select(func.count()).select_from(F).where(*where)).scalar_one())
    query = select(M.c.sha256).join(F, F.c.media_id == M.c.id).where(F.c.id == file_id)
    row = connection.execute(query).scalar_one_or_none()
    return bytes(row).hex() if row is not None else ""


def store_again(
    connection: Connection, add_preview: Callable[[bytes], Place], outcome: Outcome, manner: Manner
) -> Said:
    """Store what a worker found on reading a file again, and say what came of it.

    Args:
        connection: the writing transaction.
        add_preview: puts a payload into the packs and gives its place.
        outcome: what the worker reports.
        manner: how it was read.
    """
    match outcome:
        case Failed():
            return Reread.FAILED, outcome.problem.reason
        case Expanded():
            return _expanded(connection, outcome)
        case Examined():
            return _Again(connection, add_preview, outcome, manner).store()


class _Again:
    """Store one content that was read again."""

    def __init__(
        self, connection: Connection, add_preview: Callable[[bytes], Place], outcome: Examined, manner: Manner
    ) -> None:
        self._connection = connection
        self._add_preview = add_preview
        self._outcome = outcome
        self._manner = manner

    def store(self) -> Said:
        row = self._connection.execute(sql.FILE, {"file_id": self._outcome.file_id}).one()
        broken = vics_imports.broken_promise(self._connection, row.id, self._outcome.digests)
        if broken:
            return Reread.DIFFERS, broken
        if row.media_id is None:
            self._take_in()
            return self._shown() if self._viewable else (Reread.READ, f"{self._outcome.digests.size} bytes were read")
        media = self._connection.execute(select(M).where(M.c.id == row.media_id)).one()
        if bytes(media.sha256) != self._outcome.digests.sha256:
            return self._differs(row)
        return self._known(media)

    def _known(self, media: Any) -> Said:  # noqa: ANN401 - a row of media
        """Store what was found of a content that stands in the case."""
        if media.outcome == MediaOutcome.VIEWABLE and self._manner is Manner.DECODER:
            return self._beside(media)
        if media.quarantined:
            return self._freed(media)
        if self._viewable:
            self._forget_stages(media.id)
            self._take_in()
            return self._shown()
        return Reread.FAILED, _reasons(self._outcome.analysis)

    @property
    def _viewable(self) -> bool:
        analysis = self._outcome.analysis
        return analysis is not None and analysis.outcome is MediaOutcome.VIEWABLE

    def _take_in(self) -> None:
        Results(self._connection, self._add_preview).examined(self._outcome)

    def _forget_stages(self, media_id: int) -> None:
        """Let what was found now count as new."""
        self._connection.execute(update(M).where(M.c.id == media_id).values(stages="", quarantined=False))

    def _shown(self) -> Said:
        analysis = self._outcome.analysis
        picture = analysis.picture if analysis else None
        by = picture.decoder if picture else "FFmpeg"
        damaged = f"; damaged: {picture.damaged}" if picture and picture.damaged else ""
        return Reread.SHOWN, f"can be looked at, by {by}{damaged}"

    def _freed(self, media: Any) -> Said:  # noqa: ANN401 - a row of media
        """Take in what workers had died on; its copies follow as ordinary work."""
        analysis = self._outcome.analysis
        if analysis is None or analysis.outcome is MediaOutcome.UNREADABLE:
            return Reread.FAILED, _reasons(analysis)
        self._forget_stages(media.id)
        copies = select(F.c.id).where(F.c.media_id == media.id, F.c.provenance != Provenance.EMBEDDED)
        others = [i for i in self._connection.execute(copies).scalars() if i != self._outcome.file_id]
        self._take_in()
        self._connection.execute(update(F).where(F.c.id.in_(others)).values(outcome=FileOutcome.PENDING))
        jobs.add(self._connection, others, "content")
        if analysis.kind is MediaKind.ARCHIVE:
            jobs.add(self._connection, [self._outcome.file_id, *others], "expand")
        return self._shown() if self._viewable else (Reread.READ, f"it is of type {analysis.mime}")

    def _differs(self, row: Any) -> Said:  # noqa: ANN401 - a row of media_file
        """Keep what was taken in; that the source gives other bytes now is a Warning of its own."""
        now_ = self._outcome.digests.sha256.hex()
        reason = f"read again, the file gives other bytes than those that were taken in (SHA-256 {now_})"
        _warn_once(self._connection, row.id, row.exhibit_id, Problem(WarningCode.SOURCE_CHANGED, reason, "read"))
        return Reread.DIFFERS, reason

    def _beside(self, media: Any) -> Said:  # noqa: ANN401 - a row of media
        """Keep the other decoder's picture beside the one that stands."""
        analysis = self._outcome.analysis
        viewer = next((r for r in analysis.renditions if r.role == "viewer"), None) if analysis else None
        if analysis is None or viewer is None:
            return Reread.FAILED, _reasons(analysis)
        other: Rendition = replace(viewer, role=OTHER)
        rows = media_rows.previews(media.id, [(other, self._add_preview(other.data))])
        self._connection.execute(P.delete().where(P.c.media_id == media.id, P.c.role == OTHER))
        self._connection.execute(sql.ADD["preview"], rows)
        by = analysis.picture.decoder if analysis.picture else ""
        return Reread.BESIDE, f"{by} shows it too; both pictures stand in the viewer"


def _expanded(connection: Connection, outcome: Expanded) -> Said:
    """Add the members behind those that are listed; where the first ones are others now, nothing is added."""
    row = connection.execute(sql.FILE, {"file_id": outcome.file_id}).one()
    where = (F.c.parent_id == row.id, F.c.provenance != Provenance.EMBEDDED)
    listed = connection.execute(select(F.c.member, F.c.size).where(*where).order_by(F.c.ordinal)).all()
    found = [(e.path, e.size) for e in outcome.entries]
    if found[: len(listed)] != [(bytes(r.member), r.size) for r in listed]:
        return Reread.DIFFERS, f"the first {len(listed)} members are others than those that were listed"
    fresh = outcome.entries[len(listed) :]
    reasons = "; ".join(p.reason for p in outcome.problems)
    for problem in outcome.problems if fresh else ():
        _warn_once(connection, row.id, row.exhibit_id, problem)
    if outcome.problems and not fresh:
        return Reread.FAILED, reasons
    _add_members(connection, row, fresh, len(listed))
    if not outcome.problems:
        connection.execute(sql.SET_OUTCOME, {"file_id": row.id, "new_outcome": FileOutcome.NOT_MEDIA})
    return Reread.MORE, f"{len(fresh)} further members are listed" + (f"; {reasons}" if reasons else "")


def _add_members(connection: Connection, row: Any, fresh: Sequence[Entry], first: int) -> None:  # noqa: ANN401 - a row of media_file
    parent = files.Parent(row.exhibit_id, row.source_id, row.id, bytes(row.path), row.depth + 1)
    for chunk in files.chunks(fresh):
        first += files.add_chunk(connection, parent, chunk, first)[0]


def _warn_once(connection: Connection, file_id: int, exhibit_id: int, problem: Problem) -> None:
    same = (W.c.media_file_id == file_id, W.c.code == problem.code, W.c.reason == problem.reason)
    if not connection.execute(select(func.count()).select_from(W).where(*same)).scalar_one():
        warnings.add_to_file(connection, file_id, exhibit_id, problem)


def _reasons(analysis: Analysis | None) -> str:
    said = "; ".join(dict.fromkeys(p.reason for p in analysis.problems)) if analysis else ""
    return said or "nothing of it can be shown"
