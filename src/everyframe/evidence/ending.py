"""Whether an archive ends as its format says, where libarchive does not tell that the end is missing."""

import struct
import zlib
from collections.abc import Callable

from everyframe.evidence.container import Peek
from everyframe.evidence.member import CAB, ISO9660, RAR, RAR5, TAR

__all__ = ["missing_end"]

TAR_BLOCK = 512
ISO_VOLUME = 32 * 1024
RAR_TAIL = 64 * 1024
NO_END_MARK = "there is no end mark: it may be cut short"


def _tar(peek: Peek, length: int) -> str:
    last = peek(max(0, length - TAR_BLOCK), TAR_BLOCK)
    return NO_END_MARK if len(last) < TAR_BLOCK or any(last) else ""


def _iso(peek: Peek, length: int) -> str:
    volume = peek(ISO_VOLUME, 2048)
    return _cut(int.from_bytes(volume[80:84], "little") * int.from_bytes(volume[128:130], "little"), length)


def _cabinet(peek: Peek, length: int) -> str:
    start = peek(0, 12)
    return _cut(int.from_bytes(start[8:12], "little"), length) if start[:4] == b"MSCF" else ""


def _cut(declared: int, length: int) -> str:
    return f"cut short: {length:,} bytes of {declared:,} declared" if declared > length else ""


def _rar4(peek: Peek, length: int) -> str:
    return _marked(peek, length, b"\x7b", lambda tail, at: tail[at - 2 : at] == _crc(tail[at : at + 5])[:2])


def _rar5(peek: Peek, length: int) -> str:
    return _marked(peek, length, b"\x03\x05", lambda tail, at: tail[at - 4 : at] == _crc(tail[at : at + 4]))


def _crc(data: bytes) -> bytes:
    return struct.pack("<L", zlib.crc32(data))


def _marked(peek: Peek, length: int, mark: bytes, checks: Callable[[bytes, int], bool]) -> str:
    """Look near the end for an end block whose checksum is right; something may stand behind it."""
    tail = peek(max(0, length - RAR_TAIL), RAR_TAIL)
    at = tail.rfind(mark)
    while at >= 0 and not checks(tail, at):
        at = tail.rfind(mark, 0, at)
    return "" if at >= 0 else NO_END_MARK


CHECKS: dict[int, Callable[[Peek, int], str]] = {TAR: _tar, ISO9660: _iso, CAB: _cabinet, RAR: _rar4, RAR5: _rar5}


def missing_end(family: int, peek: Peek, length: int) -> str:
    """Say what is missing, or nothing."""
    check = CHECKS.get(family)
    return check(peek, length) if check else ""
