"""The plan: which sources are taken in, and the listing of each, committed before any content is opened."""

import hashlib
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection

from everyframe.audit.chain import canonical
from everyframe.errors import EvidenceError, ExhibitError, SourceKnown
from everyframe.evidence.folder import FolderReader
from everyframe.evidence.source import SourceIdentity, fingerprint, overlaps
from everyframe.intake import image_lister
from everyframe.intake.progress import Progress
from everyframe.model.disk import Layout
from everyframe.model.entry import Entry, display_path
from everyframe.model.warning import Problem, WarningCode
from everyframe.store import audit_log, files, images, sources, warnings
from everyframe.store.case import Case
from everyframe.store.sources import Source

__all__ = [
    "ListingDigest",
    "check_image",
    "check_unchanged",
    "inspect_sources",
    "is_there",
    "list_source",
    "plan_sources",
]


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


def list_source(
    case: Case,
    source: Source,
    actor: str,
    progress: Progress,
    pause: Callable[[], bool],
    layout: Layout | None = None,
    *,
    carving: bool = True,
) -> None:
    """Commit the listing of a source; what a listing that was cut short left is taken away first.

    ``pause`` is called after each part; when it says True the listing ends there, and is made anew by the next run.
    ``layout`` is what the source holds, when it is a disk image; with ``carving``, lost files are looked for in it.
    """
    parent = files.Parent(source.exhibit_id, source.id)
    with case.database.write() as connection:
        files.remove_listing(connection, source.id)
        if layout is not None:
            images.add_image(connection, source.id, layout)
    digest, total = ListingDigest(), 0
    problems: list[Problem] = list(layout.problems) if layout else []
    stopped: list[bool] = []

    def wants_to_stop() -> bool:
        stopped.extend([True] if not stopped and pause() else [])
        return bool(stopped)

    with closing(_entries(source, layout, problems, wants_to_stop, carving=carving)) as entries:
        for chunk in files.chunks(digest.watch(entries)):
            with case.database.write() as connection:
                added, _ = files.add_chunk(connection, parent, chunk, total)
            total += added
            progress.stages["listed"] += added
            if wants_to_stop():
                return
    if stopped:
        return
    with case.database.write() as connection:
        warnings.add_to_exhibit(connection, source.exhibit_id, problems)
        sources.mark_listed(connection, source.id, digest.hexdigest())
        body = {"exhibit": source.reference, "source": source.display, "files": total, "digest": digest.hexdigest()}
        audit_log.append(connection, actor, "source.listed", body)


def _entries(
    source: Source, layout: Layout | None, problems: list[Problem], pause: Callable[[], bool], *, carving: bool
) -> Generator[Entry]:
    """List a folder or file here, an image volume by volume in processes of their own."""
    if layout is None:
        with closing(FolderReader(source.path)) as reader:
            yield from reader.entries()
        return
    for volume in layout.volumes:
        if (volume.searchable if carving else volume.readable) and not pause():
            yield from image_lister.list_volume(source.path, volume.key, problems, pause, carving=carving)


def inspect_sources(paths: Sequence[Path]) -> dict[bytes, Layout]:
    """Look into those sources that are disk images; gives what each holds, by its real path.

    Raises:
        ExhibitError: one is an image that cannot be read.
    """
    found = {}
    for path in paths:
        if path.is_file():
            real = os.path.realpath(os.fsencode(path))
            try:
                layout = image_lister.inspect_image(real)
            except EvidenceError as error:
                raise ExhibitError(
                    f"{path} is {error}" if str(error).startswith("a") else f"{path}: {error}"
                ) from error
            if layout is not None:
                found[real] = layout
    return found


def check_image(case: Case, source: Source, layout: Layout | None) -> None:
    """Hold an image against what it was when it was listed.

    Raises:
        ExhibitError: a volume was opened with a key then, and is locked now.
    """
    with case.database.read() as connection:
        before = images.volume_states(connection, source.id)
    now_ = {v.key: v.state for v in layout.volumes} if layout else {}
    locked = [k or "the disk" for k, state in before.items() if state == "unlocked" and now_.get(k) != state]
    if locked:
        raise ExhibitError(
            f"{locked[0]} of {source.display} was opened with a key when it was listed; name the file of keys again: --keys"
        )


def _changed_segments(case: Case, source: Source) -> str | None:
    """Tell what changed of the files of an image; nothing when they are as they were, None for what is no image."""
    with case.database.read() as connection:
        before = images.segments(connection, source.id)
    if before is None:
        return None
    for segment in before:
        try:
            found = os.stat(segment.path)  # noqa: PTH116 - paths are bytes
        except OSError as error:
            return f"{display_path(segment.path)}: {error.strerror}"
        if (found.st_size, found.st_mtime_ns) != (segment.size, segment.modified_ns):
            return f"{display_path(segment.path)} has another size or time of modification than when it was taken in"
    return ""


def check_unchanged(case: Case, source: Source) -> Problem | None:
    """List a source once more, storing nothing; gives a Warning when it is not as it was.

    Of an image, the sizes and times of its files are held against what they were.
    """
    if (words := _changed_segments(case, source)) is not None:
        return Problem(WarningCode.SOURCE_CHANGED, words, "listing") if words else None
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
