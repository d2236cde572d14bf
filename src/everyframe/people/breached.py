"""Passwords from breaches: a file of SHA-1 digests that the agency puts into its home, searched where it lies.

The file is the published list "ordered by hash": a line each, 40 hexadecimal digits, a colon and a count, sorted. It has
tens of gigabytes, so that nothing of it is read but the lines on the way to a digest.
"""

import hashlib
from pathlib import Path
from typing import BinaryIO, Final

from everyframe.errors import UsageError
from everyframe.store.scheme_files import home

__all__ = ["FILE", "is_breached"]

#: Of the agency, in ``EVERYFRAME_HOME``.
FILE: Final = "breached-passwords.txt"
_DIGITS: Final = 40
_MOST_LINE: Final = 200


def is_breached(password: str, file: Path | None = None) -> bool:
    """Tell whether a password stands in the file; False where there is none.

    Raises:
        UsageError: the file is not what it has to be.
    """
    path = file or home() / FILE
    if not path.is_file():
        return False
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as stream:
        return _search(stream, wanted, path)


def _search(stream: BinaryIO, wanted: bytes, path: Path) -> bool:
    """Halve the file until one line is left; a place in the middle of a line stands for the line behind it."""
    low, high = 0, stream.seek(0, 2)
    while low < high:
        middle = (low + high) // 2
        found = _line_behind(stream, middle, path)
        if found is None or found >= wanted:
            high = middle
        else:
            low = middle + 1
    return _line_behind(stream, low, path) == wanted


def _line_behind(stream: BinaryIO, at: int, path: Path) -> bytes | None:
    """Give the digest of the first line that begins at a place or behind it; None at the end."""
    stream.seek(max(0, at - 1))
    if at:
        stream.readline(_MOST_LINE)
    line = stream.readline(_MOST_LINE).strip()
    if not line:
        return None
    digest = line.partition(b":")[0].upper()
    if len(digest) != _DIGITS or digest.strip(b"0123456789ABCDEF"):
        raise UsageError(f"{path} is not a list of SHA-1 digests, a line each and sorted; put another in its place")
    return digest
