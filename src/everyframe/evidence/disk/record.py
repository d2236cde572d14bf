"""One record of a file system as The Sleuth Kit shows it: its streams, where they stand, and what is left of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytsk3

from everyframe.evidence.disk.extents import Extents
from everyframe.evidence.disk.stamps import Stamps
from everyframe.evidence.times import utc_text
from everyframe.model.disk import Recovered, RecoveredState
from everyframe.model.entry import Entry
from everyframe.model.states import EntryKind, Provenance
from everyframe.model.warning import Problem, WarningCode

__all__ = ["Content", "Record", "gone", "record_of", "recovered_of"]

NTFS_DATA, NTFS_NAME, HFS_DATA, HFS_RESOURCE, PLAIN = 128, 48, 4352, 4353, 1
KINDS = {
    pytsk3.TSK_FS_META_TYPE_REG: EntryKind.FILE, pytsk3.TSK_FS_META_TYPE_DIR: EntryKind.DIRECTORY,
    pytsk3.TSK_FS_META_TYPE_LNK: EntryKind.SYMLINK, pytsk3.TSK_FS_META_TYPE_FIFO: EntryKind.FIFO,
    pytsk3.TSK_FS_META_TYPE_CHR: EntryKind.DEVICE, pytsk3.TSK_FS_META_TYPE_BLK: EntryKind.DEVICE,
    pytsk3.TSK_FS_META_TYPE_SOCK: EntryKind.SOCKET,
}  # fmt: skip
NO_PLACE = int(pytsk3.TSK_FS_ATTR_RUN_FLAG_FILLER) | int(pytsk3.TSK_FS_ATTR_RUN_FLAG_SPARSE)
MOST_RUNS = 1 << 20
LARGER = 4
"""A file larger than so many times its volume is taken for a damaged record, not for a sparse file."""


@dataclass(frozen=True, slots=True)
class Content:
    """Hold one stream: its name (empty for the main one), size, place (start, length in bytes of the volume)."""

    locator: str
    name: bytes
    size: int
    runs: tuple[tuple[int, int], ...]
    resident: bool
    encrypted: bool


@dataclass(frozen=True, slots=True)
class Record:
    """Hold one record: ``contents`` are its streams, ``owned`` also what holds its structure."""

    kind: EntryKind
    in_use: bool
    sequence: int
    size: int
    times: Stamps
    contents: tuple[Content, ...]
    owned: tuple[Content, ...]
    own_name: bytes

    def entries(self, path: bytes, volume: int) -> Iterator[Entry]:
        """Give the entries of a live record under a name; directories give only their named streams."""
        if self.kind not in (EntryKind.FILE, EntryKind.DIRECTORY):
            yield self.times.on(Entry(path, self.kind, self.size))
            return
        if self.kind is EntryKind.FILE and not self.contents:
            yield self.times.on(Entry(path, size=None if self.size else 0, problem=_no_stream(self.size)))
        for content in self.contents:
            if content.name or self.kind is EntryKind.FILE:
                yield self.entry(path, content, volume)

    def entry(self, path: bytes, content: Content, volume: int) -> Entry:
        """Give the entry of one stream."""
        full = path + b":" + content.name if content.name else path
        problem = None
        if content.encrypted:
            problem = Problem(WarningCode.VOLUME_LOCKED, "encrypted by the file system (EFS)")
        elif content.size > LARGER * volume + (1 << 30):
            problem = Problem(
                WarningCode.UNREADABLE_FILE, f"declares {content.size:,} bytes, on a volume of {volume:,}"
            )
        size = None if problem and not content.encrypted else content.size
        return self.times.on(Entry(full, EntryKind.FILE, size, locator=content.locator, problem=problem))


def _no_stream(size: int) -> Problem:
    return Problem(WarningCode.UNREADABLE_FILE, f"no stream of its {size:,} bytes is recorded")


def record_of(file: Any, block: int, kind: str) -> Record:  # noqa: ANN401 - the library has no types
    """Read one record.

    Args:
        file: of pytsk3.
        block: bytes of a block.
        kind: of the file system.
    """
    meta = file.info.meta
    if meta is None:
        raise OSError(5, "no such record")
    wanted = {"NTFS": (NTFS_DATA,), "HFS+": (HFS_DATA, HFS_RESOURCE)}.get(kind, (PLAIN,))
    found = [_content(a, block, kind, int(meta.addr)) for a in file]
    contents = tuple(c for t, c in found if t in wanted and not (t == HFS_RESOURCE and not c.size))
    what = KINDS.get(meta.type, EntryKind.UNKNOWN)
    if what is EntryKind.DIRECTORY and kind != "NTFS":
        contents = ()
    return Record(
        kind=what,
        in_use=bool(meta.flags & pytsk3.TSK_FS_META_FLAG_ALLOC),
        sequence=int(meta.seq),
        size=int(meta.size),
        times=_times(meta, zone=kind not in ("FAT12", "FAT16", "FAT32", "exFAT")),
        contents=contents,
        owned=tuple(c for _, c in found),
        own_name=_own_name(file) if kind == "NTFS" else b"",
    )


def _content(attribute: Any, block: int, kind: str, inode: int) -> tuple[int, Content]:  # noqa: ANN401 - no types
    info = attribute.info
    number = int(info.type)
    runs = tuple(
        (int(run.addr) * block, int(run.len) * block)
        for run, _ in zip(attribute, range(MOST_RUNS), strict=False)
        if not int(run.flags) & NO_PLACE
    )
    name = bytes(info.name or b"") if kind == "NTFS" and number == NTFS_DATA else b""
    if number == HFS_RESOURCE:
        name = b"rsrc"
    flags = int(info.flags)
    resident, encrypted = bool(flags & pytsk3.TSK_FS_ATTR_RES), bool(flags & pytsk3.TSK_FS_ATTR_ENC)
    return number, Content(f"{inode}-{number}-{int(info.id)}", name, int(info.size), runs, resident, encrypted)


def _times(meta: Any, *, zone: bool) -> Stamps:  # noqa: ANN401 - the library has no types
    """Give the times as recorded; FAT keeps a clock reading without its zone, which this process takes for UTC."""
    found = []
    for field in ("mtime", "atime", "ctime", "crtime"):
        seconds = int(getattr(meta, field))
        text = utc_text(seconds, int(getattr(meta, field + "_nano"))) if seconds else None
        found.append(text if zone or text is None else text.removesuffix("+00:00"))
    return Stamps(*found)


def _own_name(file: Any) -> bytes:  # noqa: ANN401 - the library has no types
    """Give the name that an NTFS record keeps of itself."""
    best = b""
    for attribute in file:
        info = attribute.info
        if int(info.type) != NTFS_NAME or not 66 < int(info.size) < 1024:  # noqa: PLR2004 - a name of 1 to 255 characters
            continue
        try:
            raw: bytes = file.read_random(0, int(info.size), NTFS_NAME, int(info.id))
        except OSError:
            continue
        name = raw[66 : 66 + 2 * raw[64]].decode("utf-16-le", "replace").encode("utf-8", "replace")
        if len(name) > len(best):
            best = name
    return best.replace(b"/", b"_")


def gone(path: bytes, why: str, size: int | None = None, record: Record | None = None) -> Entry:
    """Give the entry of a deleted file of which no content is left."""
    state = RecoveredState.NAME_ONLY if record is None else RecoveredState.OVERWRITTEN
    problem = Problem(WarningCode.DELETED_GONE, f"deleted, and its content is gone: {why}")
    entry = Entry(path, size=size, provenance=Provenance.DELETED, problem=problem, recovered=Recovered(state))
    return record.times.on(entry) if record else entry


def recovered_of(path: bytes, record: Record, content: Content, owned: Extents, volume: int) -> Entry:
    """Give the entry of a deleted stream, with how much of it is still its own."""
    full = path + b":" + content.name if content.name else path
    if content.size > LARGER * volume + (1 << 30):
        return gone(full, f"its record declares {content.size:,} bytes, on a volume of {volume:,}", None, record)
    state, taken = _state(content, owned)
    if state is RecoveredState.NAME_ONLY:
        return gone(full, "the record keeps no place of it")
    if state is RecoveredState.OVERWRITTEN:
        return gone(full, "its place belongs to live files", content.size, record)
    offset = content.runs[0][0] if content.runs else None
    entry = Entry(
        full,
        size=content.size,
        provenance=Provenance.DELETED,
        locator=content.locator,
        recovered=Recovered(state, offset, unallocated=not taken),
    )
    return record.times.on(entry)


def _state(content: Content, owned: Extents) -> tuple[RecoveredState, int]:
    """Tell the state of a deleted stream, and how many of its bytes live files own."""
    if content.resident:
        return RecoveredState.INTACT, 0
    if not content.size:
        return RecoveredState.NAME_ONLY, 0
    stretches, left = [], content.size
    for start, length in content.runs:
        stretches.append((start, min(length, left)))
        left -= min(length, left)
    placed = content.size - left
    taken = owned.covered(stretches)
    if not placed or taken >= placed:
        return RecoveredState.OVERWRITTEN, taken
    partly = taken or left
    return (RecoveredState.PARTLY_REALLOCATED if partly else RecoveredState.INTACT), taken
