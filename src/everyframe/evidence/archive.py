"""The archive reader: whatever libarchive reads, from a seekable stream, with nothing unpacked to disk."""

import io
from collections.abc import Callable, Iterator
from typing import BinaryIO, ClassVar

from everyframe.errors import EvidenceError
from everyframe.evidence.container import Container, unreadable
from everyframe.evidence.limits import ArchiveLimits, Tally
from everyframe.evidence.listing import Listing, path_of
from everyframe.evidence.streamed import recognise
from everyframe.evidence.zipped import recognise_zip
from everyframe.model.entry import Entry
from everyframe.model.states import EntryKind
from everyframe.model.warning import Problem, WarningCode

__all__ = ["ArchiveLimits", "ArchiveReader"]

NO_MEMORY = "needs more memory than there is"


class ArchiveReader:
    """Read one archive; the stream stays the caller's to close.

    A member's path is a name and nothing else: absolute paths, ``..`` and repeated names are kept as recorded. A member is
    unpacked into memory, whole or not at all. ``passes`` counts how often the archive was begun for reading: members
    opened in the order they were listed cost one pass, going back costs another.
    """

    NAME: ClassVar[str] = "archive"
    DESCRIPTION: ClassVar[str] = "an archive or compressed file, as far as libarchive reads it"

    def __init__(self, stream: BinaryIO, name: bytes, limits: ArchiveLimits, beat: Callable[[], None]) -> None:
        self._name = name
        self._limits = limits
        self._container = _container(stream, limits, beat)
        self._tally = Tally(limits, self._container.length)
        self.problems: tuple[Problem, ...] = ()

    @property
    def passes(self) -> int:
        """Count how often the archive was begun for reading."""
        return self._container.passes

    def entries(self) -> Iterator[Entry]:
        """List the members that are files or special; ``problems`` says, once they are through, what was wrong."""
        self.problems = ()
        listing = Listing(self._container, self._limits, self._name)
        try:
            yield from listing.entries()
        except MemoryError:
            listing.note(WarningCode.ARCHIVE_LIMIT, NO_MEMORY)
        finally:
            self.problems = listing.problems

    def open(self, entry: Entry) -> BinaryIO:
        """Unpack one member into memory."""
        if entry.kind is not EntryKind.FILE or not entry.locator.isdecimal():
            raise EvidenceError(f"{entry.display}: not a file to be opened")
        if entry.problem is not None:
            raise EvidenceError(f"{entry.display}: {entry.problem.reason}", entry.problem.code)
        try:
            self._stand_on(entry)
            return self._unpack(int(entry.locator))
        except EvidenceError as error:
            raise EvidenceError(f"{entry.display}: {error}", error.code) from error
        except MemoryError as error:
            raise EvidenceError(f"{entry.display}: {NO_MEMORY}", "archive-limit") from error

    def _stand_on(self, entry: Entry) -> None:
        member = self._container.stand_on(int(entry.locator))
        if member is None or path_of(member, self._name)[: self._limits.name_bytes] != entry.path:
            raise EvidenceError("the archive is not as it was listed", "source-changed")

    def _unpack(self, ordinal: int) -> BinaryIO:
        counts = self._tally.begin(ordinal)
        content = io.BytesIO()
        for chunk in self._container.chunks():
            content.write(chunk)
            if counts:
                self._tally.unpacked(len(chunk))
            if words := self._tally.member(content.tell()):
                raise EvidenceError(words, "archive-limit")
        content.seek(0)
        return content

    def close(self) -> None:
        """Let go of what libarchive holds."""
        self._container.close()


def _container(stream: BinaryIO, limits: ArchiveLimits, beat: Callable[[], None]) -> Container:
    """Find what reads these bytes: a zip by its first bytes, what libarchive knows, a zip behind something else."""
    most = limits.members + 1
    try:
        length = stream.seek(0, io.SEEK_END)
        found = (
            recognise_zip(stream, length, beat, anywhere=False, most=most)
            or recognise(stream, length, beat)
            or recognise_zip(stream, length, beat, anywhere=True, most=most)
        )
    except OSError as error:
        raise unreadable(error) from error
    except MemoryError as error:
        raise EvidenceError(NO_MEMORY, "archive-limit") from error
    if found is None:
        raise EvidenceError("not an archive of a kind that is read, or too little of it is left", "archive-broken")
    return found
