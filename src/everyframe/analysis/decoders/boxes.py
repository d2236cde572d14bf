"""ISO base media boxes: the frame of HEIC, AVIF, JPEG 2000 and CR3 files, walked to find what is missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from everyframe.analysis.blob import Blob

__all__ = ["Box", "box_damage", "brands", "declared_length", "walk"]

_MOST: Final = 256


@dataclass(frozen=True, slots=True)
class Box:
    """Hold one box: its type, where it starts and where it ends by its own account."""

    kind: bytes
    start: int
    end: int


def walk(blob: Blob) -> Iterator[Box]:
    """Give the outermost boxes, in order, until the end or until one makes no sense."""
    at = 0
    for _ in range(_MOST):
        head = blob.read_at(at, 16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:
            length = blob.size - at
        if len(head) < 8 or length < 8:  # noqa: PLR2004 - length and type
            return
        yield Box(head[4:8], at, at + length)
        at += length


def brands(blob: Blob) -> tuple[bytes, ...]:
    """Give the major and then the compatible brands; none when the file does not start with them."""
    head = blob.head(256)
    length = min(int.from_bytes(head[:4], "big"), len(head))
    if head[4:8] != b"ftyp" or length < 12:  # noqa: PLR2004 - length, type, brand
        return ()
    return (head[8:12], *(head[at : at + 4] for at in range(16, length - 3, 4)))


def declared_length(blob: Blob) -> int:
    """Give the end of the last box by its own account."""
    return max((box.end for box in walk(blob)), default=0)


def box_damage(blob: Blob) -> str:
    """Tell of the first box that is cut short; empty when all are whole."""
    for box in walk(blob):
        if box.end > blob.size:
            kind = "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in box.kind)  # noqa: PLR2004 - ASCII
            return f"box {kind} at byte {box.start} declares {box.end - box.start} bytes, has {blob.size - box.start}"
    return ""
