"""The plan: which sources are taken in, and the listing of each, committed before any content is opened."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection

from everyframe.audit.chain import canonical
from everyframe.errors import EvidenceError, ExhibitError, SourceKnown
from everyframe.evidence.folder import FolderReader
from everyframe.evidence.source import SourceIdentity, fingerprint, overlaps
from everyframe.intake.progress import Progress
from everyframe.model.entry import Entry, display_path
from everyframe.model.warning import Problem, WarningCode
from everyframe.store import audit_log, files, sources
from everyframe.store.case import Case
from everyframe.store.sources import Source

__all__ = ["ListingDigest", "check_unchanged", "is_there", "list_source", "plan_sources"]


class ListingDigest:
    """Digest a listing while it passes: names, kinds, sizes and modification times."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def watch(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Pass entries through."""
        for e in entries:
            self._hash.update(canonical([e.path.hex(), e.kind, e.size, e.modified]).encode())
            yield e

    def hexdigest(self) -> str:
        """Give the digest so far."""
        return self._hash.hexdigest()


def plan_sources(
    case: Case, paths: Sequence[Path], reference: str, actor: str, *, another: bool = False
) -> list[Source]:
    """Find or add the sources of an exhibit.

    With ``another`` the caller vouches that a source is not the one of another exhibit that it looks like: sticks that are
    mounted at one place, one after the other, may have the same numbers.

    Raises:
        SourceKnown: one was taken in before under another exhibit, or overlaps with one that was.
        ExhibitError: one cannot be read, or lies in the case itself.
    """
    identities = [_identify(case, path) for path in paths]
    for n, identity in enumerate(identities):
        if any(overlaps(identity, other) for other in identities[:n]):
            raise SourceKnown(
                f"{display_path(identity.realpath)} is named twice, or lies within another source named here"
            )
    with case.database.write() as connection:
        known = [s for s in sources.sources(connection) if not another or s.reference == reference]
        return [_find_or_add(connection, known, identity, reference, actor) for identity in identities]


def _identify(case: Case, path: Path) -> SourceIdentity:
    try:
        identity, own = fingerprint(path), fingerprint(case.directory)
    except EvidenceError as error:
        raise ExhibitError(f"the source cannot be read: {error}") from error
    if identity.realpath == own.realpath or identity.realpath.startswith(own.realpath + b"/"):
        raise ExhibitError(f"{path} lies within the case itself; a source is what was seized")
    return identity


def _find_or_add(
    connection: Connection, known: list[Source], identity: SourceIdentity, reference: str, actor: str
) -> Source:
    for source in known:
        if not overlaps(_identity(source), identity):
            continue
        if source.reference == reference and source.path == identity.realpath:
            return source
        here, there = display_path(identity.realpath), source.display
        if source.reference == reference and len(there) == len(here):
            raise SourceKnown(f"{here} is the same as {there}, which exhibit {reference} holds: name it by that path")
        raise SourceKnown(
            f"{here} was taken in before, as or within exhibit {source.reference} ({there}); nothing is taken in twice. "
            f"To go on with that exhibit: everyframe intake CASE {there} --exhibit {source.reference}. "
            "If this is another stick or disk at the same place, say so: --another"
        )
    exhibit = sources.exhibit_id(connection, reference)
    source_id = sources.add_source(
        connection,
        exhibit,
        identity.realpath,
        device=identity.device,
        inode=identity.inode,
        filesystem=identity.filesystem,
    )
    audit_log.append(connection, actor, "source.add", {"exhibit": reference, "path": display_path(identity.realpath)})
    return sources.find(connection, source_id)


def is_there(source: Source) -> bool:
    """Tell whether a source is still what it was when it was listed."""
    try:
        return overlaps(_identity(source), fingerprint(source.path))
    except EvidenceError:
        return False


def list_source(case: Case, source: Source, actor: str, progress: Progress, pause: Callable[[], bool]) -> None:
    """Commit the listing of a source; what a listing that was cut short left is taken away first.

    ``pause`` is called after each part; when it says True the listing ends there, and is made anew by the next run.
    """
    parent = files.Parent(source.exhibit_id, source.id)
    with case.database.write() as connection:
        files.remove_listing(connection, source.id)
    digest, total = ListingDigest(), 0
    with closing(FolderReader(source.path)) as reader:
        for chunk in files.chunks(digest.watch(reader.entries())):
            with case.database.write() as connection:
                added, _ = files.add_chunk(connection, parent, chunk, total)
            total += added
            progress.stages["listed"] += added
            if pause():
                return
    with case.database.write() as connection:
        sources.mark_listed(connection, source.id, digest.hexdigest())
        body = {"exhibit": source.reference, "source": source.display, "files": total, "digest": digest.hexdigest()}
        audit_log.append(connection, actor, "source.listed", body)


def check_unchanged(case: Case, source: Source) -> Problem | None:
    """List a source once more, storing nothing; gives a Warning when it is not as it was."""
    digest, total = ListingDigest(), 0
    try:
        with closing(FolderReader(source.path)) as reader:
            total = sum(1 for _ in digest.watch(reader.entries()))
    except EvidenceError as error:
        return Problem(WarningCode.SOURCE_CHANGED, f"{source.display} can no longer be listed: {error}", "listing")
    with case.database.read() as connection:
        before = sources.find(connection, source.id).listing_digest
    if digest.hexdigest() == before:
        return None
    reason = f"{source.display} now lists {total} names, or other sizes or times than when it was taken in"
    return Problem(WarningCode.SOURCE_CHANGED, reason, "listing")


def _identity(source: Source) -> SourceIdentity:
    return SourceIdentity(source.path, source.device, source.inode, source.filesystem)
