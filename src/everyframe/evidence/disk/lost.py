"""Files that no directory names: carved from what no live file owns, and from stretches without a file system."""

from collections.abc import Iterable, Iterator

from everyframe.errors import EvidenceError
from everyframe.evidence.carving import Carved, Notice, State, carve
from everyframe.evidence.disk.media import Bytes
from everyframe.model.disk import Recovered, RecoveredState
from everyframe.model.entry import Entry
from everyframe.model.states import Provenance
from everyframe.model.warning import Problem, WarningCode

__all__ = ["carved_entries"]

FOLDER = b"$Carved"
STATES = {
    State.WHOLE: (RecoveredState.INTACT, b""),
    State.FRAGMENT: (RecoveredState.FRAGMENT, b"fragments/"),
    State.EMBEDDED: (RecoveredState.EMBEDDED, b"embedded/"),
}
STEP = 32 << 10


class _Forgiving:
    """Read for the search alone: what cannot be read is passed over as zeros, and counted.

    Whoever opens a file that lies there meets the error itself.
    """

    def __init__(self, data: Bytes) -> None:
        self._data = data
        self.unread = 0

    def read(self, offset: int, length: int) -> bytes:
        try:
            return self._data.read(offset, length)
        except OSError:
            if length <= STEP:
                self.unread += length
                return bytes(length)
        parts = (self.read(at, min(STEP, offset + length - at)) for at in range(offset, offset + length, STEP))
        return b"".join(parts)


def carved_entries(
    data: Bytes, free: Iterable[tuple[int, int]], listed: set[tuple[int, int]], problems: list[Problem]
) -> Iterator[Entry]:
    """Search the free stretches of a volume.

    Args:
        data: of the volume.
        free: offset and length of what belongs to no live file.
        listed: place and size of what deleted records have given in one piece; it is not given again.
        problems: takes what was left out.
    """
    source = _Forgiving(data)
    try:
        for found in carve(source.read, free, note=lambda notice: problems.append(_limit(notice))):
            if len(found.pieces) > 1 or (found.offset, found.size) not in listed:
                yield _entry(found)
    except EvidenceError as error:
        problems.append(
            Problem(WarningCode.VOLUME_DAMAGED, f"the search for lost files ended early: {error}", "listing")
        )
    if source.unread:
        words = f"{source.unread:,} bytes could not be read in the search for lost files"
        problems.append(Problem(WarningCode.VOLUME_DAMAGED, words, "listing"))


def _limit(notice: Notice) -> Problem:
    return Problem(WarningCode.RECORDS_LIMIT, f"carving: {notice.text}", "listing")


def _entry(found: Carved) -> Entry:
    state, folder = STATES[found.state]
    name = f"{found.offset:014d}.{found.kind}".encode()
    pieces = "+".join(f"{offset}-{size}" for offset, size in found.pieces)
    return Entry(
        FOLDER + b"/" + folder + name,
        size=found.size,
        provenance=Provenance.CARVED,
        locator=f"c{pieces}",
        recovered=Recovered(state, found.offset, deleted=False, unallocated=True),
    )
