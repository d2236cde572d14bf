"""ISO 9660, with the long names of Rock Ridge and Joliet, through libarchive: The Sleuth Kit shows no Rock Ridge names.

A disc written as ISO 9660 and UDF at once is read by its ISO 9660 part, which names the same files.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from everyframe.errors import EvidenceError
from everyframe.evidence.archive import ArchiveReader
from everyframe.evidence.disk.iso_places import places_of
from everyframe.evidence.disk.media import Bytes, stream_of
from everyframe.evidence.disk.pieces import PIECES
from everyframe.evidence.limits import ArchiveLimits
from everyframe.model.entry import Entry
from everyframe.model.states import EntryKind
from everyframe.model.warning import Problem, WarningCode

__all__ = ["IsoFileSystem"]

LIMITS = ArchiveLimits(ratio=1 << 40, member_bytes=1 << 30)


class IsoFileSystem:
    """Read one disc. There are no deleted records, and what lies outside of its files is not looked into.

    Raises:
        EvidenceError: libarchive cannot make sense of it.
    """

    kind = "ISO 9660"

    def __init__(self, data: Bytes) -> None:
        self.problems: list[Problem] = []
        self.places: set[tuple[int, int]] = set()
        self._data, self._size = data, data.size
        try:
            self._reader = ArchiveReader(stream_of(data), b"", LIMITS, _nothing)
        except EvidenceError as error:
            raise EvidenceError(f"its file system cannot be opened: {error}", "volume-unreadable") from error

    def live(self) -> Iterator[Entry]:
        """List the files in byte order of their paths."""
        found = sorted(self._reader.entries(), key=lambda e: e.path.split(b"/"))
        self.problems.extend(Problem(WarningCode.VOLUME_DAMAGED, p.reason, "listing") for p in self._reader.problems)
        yield from map(_located, self._placed(found))

    def _placed(self, found: list[Entry]) -> list[Entry]:
        """Give files that are too large to be unpacked the pieces that they lie in, where those are all there."""
        large = {e.path for e in found if e.problem and e.problem.code is WarningCode.ARCHIVE_LIMIT and e.size}
        try:
            places = places_of(self._data, large) if large else {}
        except OSError:
            places = {}
        sound = {p: pieces for p, pieces in places.items() if all(a + n <= self._size for a, n in pieces)}
        return [
            replace(e, problem=None, locator="c" + "+".join(f"{a}-{n}" for a, n in sound[e.path]))
            if e.path in large and sum(n for _, n in sound.get(e.path, ())) == e.size
            else e
            for e in found
        ]

    def recovered(self) -> Iterator[Entry]:
        """List nothing: discs are not written to twice."""
        return iter(())

    def free(self) -> Iterator[tuple[int, int]]:
        """Give nothing: where its files stand is not known here."""
        return iter(())

    def open(self, locator: str) -> BinaryIO:
        """Unpack one file into memory."""
        number, _, path = locator.partition(" ")
        return self._reader.open(Entry(bytes.fromhex(path), EntryKind.FILE, locator=number))


def _nothing() -> None:
    return None


def _located(entry: Entry) -> Entry:
    """Put the path into the locator: libarchive is asked for a number, and held against the name that it had."""
    if PIECES.fullmatch(entry.locator):
        return entry
    return replace(entry, locator=f"{entry.locator} {entry.path.hex()}")
