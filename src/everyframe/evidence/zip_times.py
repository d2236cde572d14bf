"""The times of a zip member: an MS-DOS clock reading without a zone and, in optional fields, instants.

The finest field that has a time gives it.
"""

import struct
import zlib
from collections.abc import Iterator

from everyframe.evidence.member import MemberTimes
from everyframe.evidence.times import FILETIME_EPOCH, NANOSECONDS, dos_text, utc_text

__all__ = ["extra_fields", "more_in_local", "times_of", "unicode_name"]

NTFS = 0x000A
EXTENDED = 0x5455
UNIX = 0x5855
UNICODE_PATH = 0x7075


def extra_fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Give the optional fields; a field that runs past the end is passed over."""
    position = 0
    while position + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, position)
        if size and position + 4 + size <= len(data):
            yield kind, data[position + 4 : position + 4 + size]
        position += 4 + size


def unicode_name(name: bytes, extra: dict[int, bytes]) -> bytes:
    """Give the UTF-8 form of a name where one is kept for exactly this name, else the name."""
    body = extra.get(UNICODE_PATH, b"")
    fits = len(body) > 5 and body[0] == 1 and struct.unpack_from("<L", body, 1)[0] == zlib.crc32(name)  # noqa: PLR2004 - as the format has it
    return body[5:] if fits else name


def more_in_local(extra: dict[int, bytes]) -> bool:
    """Tell whether the member's own header has times that the central directory only announces."""
    return bool(extra.get(EXTENDED, b"\0")[0] & 6)


def times_of(extra: dict[int, bytes], date: int, time: int) -> MemberTimes:
    """Take each time from the finest field that has it."""
    sources = [_ntfs(extra.get(NTFS, b"")), _extended(extra.get(EXTENDED, b"")), _unix(extra.get(UNIX, b""))]
    modified, accessed, created = (next((s[i] for s in sources if s[i]), None) for i in range(3))
    return MemberTimes(modified or dos_text(date, time), accessed, created=created)


def _ntfs(body: bytes) -> list[str | None]:
    """Read modification, access and creation as 100 ns ticks since 1601, UTC."""
    for kind, value in extra_fields(body[4:]):
        if kind == 1 and len(value) >= 24:  # noqa: PLR2004 - three ticks of eight bytes
            ticks = struct.unpack_from("<3Q", value)
            return [utc_text(*divmod((t - FILETIME_EPOCH) * 100, NANOSECONDS)) if t else None for t in ticks]
    return [None] * 3


def _extended(body: bytes) -> list[str | None]:
    """Read modification, access and creation as seconds of the Unix clock, each there or not."""
    found: list[str | None] = [None] * 3
    position = 1
    for bit in range(3):
        if body and body[0] >> bit & 1 and position + 4 <= len(body):
            found[bit] = utc_text(struct.unpack_from("<l", body, position)[0])
            position += 4
    return found


def _unix(body: bytes) -> list[str | None]:
    """Read the older field of access and modification as seconds of the Unix clock."""
    if len(body) < 8:  # noqa: PLR2004 - two times of four bytes
        return [None] * 3
    accessed, modified = struct.unpack_from("<2l", body)
    return [utc_text(modified), utc_text(accessed), None]
