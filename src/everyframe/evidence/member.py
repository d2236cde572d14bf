"""One member of an archive as libarchive tells of it: name, kind, size, and the times as the format records them."""

import stat
from dataclasses import dataclass

from everyframe.evidence.libarchive import call
from everyframe.evidence.times import local_text, utc_text
from everyframe.model.states import EntryKind

__all__ = [
    "CAB",
    "FAMILY",
    "ISO9660",
    "KINDS",
    "RAR",
    "RAR5",
    "RAW",
    "TAR",
    "XAR",
    "ZIP",
    "Member",
    "MemberTimes",
    "member_of",
]

FAMILY = 0xFF0000
ISO9660 = 0x040000
ZIP = 0x050000
TAR = 0x030000
RAW = 0x090000
XAR = 0x0A0000
LHA = 0x0B0000
CAB = 0x0C0000
RAR = 0x0D0000
SEVEN_ZIP = 0x0E0000
RAR5 = 0x100000

NO_ZONE = {LHA, CAB, RAR}
"""Formats that record a clock reading without its zone."""

CREATION = {LHA, RAR, SEVEN_ZIP, RAR5}
"""Formats whose third time is the creation of the file, which libarchive hands over as the time of change."""

KINDS = {
    0: EntryKind.FILE,  # not recorded; whatever content it has is not passed over
    stat.S_IFREG: EntryKind.FILE,
    stat.S_IFLNK: EntryKind.SYMLINK,
    stat.S_IFSOCK: EntryKind.SOCKET,
    stat.S_IFIFO: EntryKind.FIFO,
    stat.S_IFCHR: EntryKind.DEVICE,
    stat.S_IFBLK: EntryKind.DEVICE,
    stat.S_IFDIR: EntryKind.DIRECTORY,
}


@dataclass(frozen=True, slots=True)
class MemberTimes:
    """Hold the times of one member as ISO 8601 text, with an offset only where the format records an instant."""

    modified: str | None = None
    accessed: str | None = None
    changed: str | None = None
    created: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """Hold one header of an archive. ``name`` is empty where the archive records none."""

    ordinal: int
    name: bytes
    kind: EntryKind
    size: int | None
    encrypted: bool
    times: MemberTimes
    family: int


def _name(entry: int, field: str) -> bytes:
    """Give a name's bytes as recorded, or as UTF-8 where the format records characters."""
    name: bytes | None = call(f"entry_{field}", entry)
    if name is not None:
        return name
    try:
        wide: str | None = call(f"entry_{field}_w", entry)
    except ValueError:
        return b""
    return (wide or "").encode("utf-8", "surrogatepass")


def _time(entry: int, field: str, *, zone: bool) -> str | None:
    if not call(f"entry_{field}_is_set", entry):
        return None
    write = utc_text if zone else local_text
    return write(call(f"entry_{field}", entry), call(f"entry_{field}_nsec", entry))


def _times(entry: int, family: int) -> MemberTimes:
    """Give the times, under the names the format has for them."""
    zone = family not in NO_ZONE
    modified, accessed, changed, created = (
        _time(entry, field, zone=zone) for field in ("mtime", "atime", "ctime", "birthtime")
    )
    if family == ISO9660 and modified == accessed == changed:
        return MemberTimes(modified, created=created)
    if family in CREATION:
        return MemberTimes(modified, accessed, created=created or changed)
    return MemberTimes(modified, accessed, changed, created)


def member_of(archive: int, entry: int, ordinal: int) -> Member:
    """Read one header. A hard link without content of its own is a link; its bytes are listed under the first name."""
    family = call("format", archive) & FAMILY
    size = call("entry_size", entry) if call("entry_size_is_set", entry) else None
    kind = KINDS.get(stat.S_IFMT(call("entry_filetype", entry)), EntryKind.UNKNOWN)
    if _name(entry, "hardlink") and not size:
        kind, size = EntryKind.SYMLINK, None
    return Member(
        ordinal=ordinal,
        name=(family == RAR5 and call("entry_pathname_utf8", entry)) or _name(entry, "pathname"),
        kind=kind,
        size=size,
        encrypted=bool(call("entry_is_data_encrypted", entry)),
        times=_times(entry, family),
        family=family,
    )
