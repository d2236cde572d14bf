"""Carved files as they are opened again: by the pieces that they lie in."""

import re
from typing import BinaryIO

from everyframe.evidence.disk.media import Bytes, buffered

__all__ = ["PIECES", "open_pieces"]

PIECES = re.compile(r"c(\d+-\d+(?:\+\d+-\d+)*)")
"""The locator of a carved file: offset and size of each piece."""


def open_pieces(data: Bytes, locator: str) -> BinaryIO:
    """Open a carved file by its pieces."""
    pieces = [(int(a), int(b)) for a, _, b in (p.partition("-") for p in locator[1:].split("+"))]
    size = sum(length for _, length in pieces)

    def read(offset: int, length: int) -> bytes:
        parts, at = [], 0
        for start, held in pieces:
            skip = max(offset - at, 0)
            if skip < held and length > 0:
                part = data.read(start + skip, min(length, held - skip))
                parts.append(part)
                offset, length = offset + len(part), length - len(part)
            at += held
        return b"".join(parts)

    return buffered(read, size)
