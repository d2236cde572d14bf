"""The listing of one archive: its members as entries, and what was wrong with it."""

import re
from collections.abc import Iterator

from everyframe.errors import EvidenceError
from everyframe.evidence.container import Container
from everyframe.evidence.limits import ArchiveLimits, Tally
from everyframe.evidence.member import RAW, Member
from everyframe.model.entry import Entry, display_path
from everyframe.model.states import EntryKind
from everyframe.model.warning import Problem, WarningCode

__all__ = ["Listing", "path_of"]

NAMED = 5
SUFFIX = re.compile(rb"\.(gz|bz2|xz|zst|lz4|lzma|lz|z)$", re.IGNORECASE)


def path_of(member: Member, archive: bytes) -> bytes:
    """Give the path a member is listed under: as recorded, else after the archive or its number."""
    if member.family == RAW and member.name == b"data":
        bare = SUFFIX.sub(b"", archive.rpartition(b"/")[2])
        return bare if bare and not archive.endswith(bare) else b"data"
    return member.name or b"member-%d" % member.ordinal


class Listing:
    """Go through the headers of an archive once; ``problems`` is complete when the entries are."""

    def __init__(self, container: Container, limits: ArchiveLimits, name: bytes) -> None:
        self._container = container
        self._tally = Tally(limits, container.length)
        self._name = name
        self._members = 0
        self._stopped = False
        self._encrypted: list[bytes] = []
        self._problems: list[Problem] = []

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Give what was wrong so far."""
        return tuple(self._problems)

    def entries(self) -> Iterator[Entry]:
        """Give the members in the order of the archive; directories are counted and not listed."""
        try:
            for member in self._container.members():
                self._members += 1
                excess = self._tally.listed(member.name, member.size or 0)
                if excess:
                    self.note(WarningCode.ARCHIVE_LIMIT, f"{excess}; listing stopped")
                if member.kind is not EntryKind.DIRECTORY and self._members <= self._tally.limits.members:
                    yield self._entry(member, excess)
                if excess:
                    self._stopped = True
                    break
        except EvidenceError as error:
            self._stopped = True
            self.note(WarningCode(error.code), str(error))
        self._conclude()

    def _entry(self, member: Member, excess: str) -> Entry:
        path = path_of(member, self._name)
        if member.encrypted:
            self._encrypted.append(path)
        return Entry(
            path=path[: self._tally.limits.name_bytes],
            kind=member.kind,
            size=member.size,
            modified=member.times.modified,
            accessed=member.times.accessed,
            changed=member.times.changed,
            created=member.times.created,
            locator=str(member.ordinal),
            problem=self._problem(member, excess or self._tally.member(member.size or 0)),
        )

    @staticmethod
    def _problem(member: Member, excess: str) -> Problem | None:
        if excess and member.kind is EntryKind.FILE:
            return Problem(WarningCode.ARCHIVE_LIMIT, excess)
        return Problem(WarningCode.ARCHIVE_ENCRYPTED, "encrypted") if member.encrypted else None

    def note(self, code: WarningCode, reason: str) -> None:
        """Add a problem of the whole archive."""
        self._problems.append(Problem(code, reason))

    def _conclude(self) -> None:
        """Add what only shows once the whole archive was gone through."""
        if self._encrypted:
            self.note(WarningCode.ARCHIVE_ENCRYPTED, self._encrypted_words())
        self._problems.extend(
            problem
            for problem in self._container.problems()
            if not (self._stopped and problem.code is WarningCode.ARCHIVE_BROKEN)
        )

    def _encrypted_words(self) -> str:
        count = len(self._encrypted)
        named = ", ".join(display_path(path) for path in self._encrypted[:NAMED])
        more = f" and {count - NAMED:,} more" if count > NAMED else ""
        return f"{count:,} of {self._members:,} members are encrypted: {named}{more}"
