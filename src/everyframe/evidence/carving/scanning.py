"""Where something may begin: one look at every byte, with what stands around it.

A table tells by two bytes whether anything of interest can stand here; only then more is compared. Each mark is sought by
the two of its bytes that are rarest.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from everyframe.evidence.carving.asf import asf
from everyframe.evidence.carving.bmff import bmff
from everyframe.evidence.carving.bmp import bmp
from everyframe.evidence.carving.compiled import compiled
from everyframe.evidence.carving.ebml import ebml
from everyframe.evidence.carving.flv import flv
from everyframe.evidence.carving.gif import gif
from everyframe.evidence.carving.jpeg import jpeg
from everyframe.evidence.carving.mpeg import program, timed_transport, transport
from everyframe.evidence.carving.png import png
from everyframe.evidence.carving.riff import avi, webp
from everyframe.evidence.carving.space import Parser
from everyframe.evidence.carving.tiff import fuji, tiff
from everyframe.evidence.carving.zipped import zipped

__all__ = ["AHEAD", "BEHIND", "MARKS", "Mark", "next_mark", "tables"]

AHEAD: Final = 1024
"""Bytes behind a place that are looked at."""
BEHIND: Final = 8
"""Bytes before a place at which its file can begin."""


class Mark:
    """Tell one beginning: bytes at places counted from the file's first, and the parser that it is handed to.

    Args:
        parser: finds how far the file reaches.
        parts: place and bytes of what has to stand there.
        rare: place of the two bytes by which it is sought; they are part of one of the parts.
        every: distance and number of sync bytes that have to follow, for transport streams.
    """

    def __init__(
        self, parser: Parser, *parts: tuple[int, bytes], rare: int = 0, every: tuple[int, int] = (0, 0)
    ) -> None:
        self.parser = parser
        self.parts = parts
        self.rare = rare
        self.every = every


MARKS: Final[tuple[Mark, ...]] = (
    *(
        Mark(jpeg, (0, b"\xff\xd8\xff"), (3, bytes([n])))
        for n in (*range(0xC0, 0xD0), 0xDB, 0xDD, *range(0xE0, 0xF0), 0xFE)
    ),
    Mark(png, (0, b"\x89PNG\r\n\x1a\n")),
    Mark(gif, (0, b"GIF87a")),
    Mark(gif, (0, b"GIF89a")),
    *(Mark(bmp, (0, b"BM"), (6, bytes(4)), (14, bytes([n, 0, 0, 0]))) for n in (12, 40, 52, 56, 64, 108, 124)),
    *(Mark(tiff, (0, head)) for head in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"IIRO", b"IIRS", b"MMOR")),
    Mark(fuji, (0, b"FUJIFILMCCD-RAW ")),
    Mark(webp, (0, b"RIFF"), (8, b"WEBPVP8")),
    Mark(avi, (0, b"RIFF"), (8, b"AVI LIST")),
    Mark(bmff, (0, b"\0\0"), (4, b"ftyp"), rare=4),
    Mark(bmff, (0, b"\0\0"), (4, b"moov\0\0"), (12, b"mvhd"), rare=4),
    Mark(bmff, (4, b"mdat"), rare=4),
    Mark(bmff, (0, b"\0\0\0\x08wide"), rare=4),
    Mark(bmff, (0, b"\0\0"), (4, b"skip"), rare=4),
    Mark(bmff, (0, b"\0\0\0\x14pnot"), rare=4),
    Mark(ebml, (0, b"\x1a\x45\xdf\xa3")),
    Mark(asf, (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11")),
    Mark(flv, (0, b"FLV\x01"), (5, b"\0\0\0\x09\0\0\0\0")),
    Mark(program, (0, b"\0\0\1\xba"), rare=2),
    *(Mark(transport, (0, b"\x47\x40" + pid), every=(188, 5)) for pid in (b"\0", b"\x11")),
    *(Mark(timed_transport, (4, b"\x47\x40" + pid), rare=4, every=(192, 5)) for pid in (b"\0", b"\x11")),
    Mark(zipped, (0, b"PK\3\4")),
)
"""Everything that is sought; the first of several that stand at one place is taken."""


def tables() -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.int64]]:
    """Return what `next_mark` looks up: (65536,) uint8, (m, 32, 2) uint8 and (m, 4) int64."""
    pairs = np.zeros(1 << 16, np.uint8)
    bytes_, facts = np.zeros((len(MARKS), 32, 2), np.uint8), np.zeros((len(MARKS), 4), np.int64)
    for n, mark in enumerate(MARKS):
        known = {place + k: byte for place, part in mark.parts for k, byte in enumerate(part)}
        for k, (place, byte) in enumerate(sorted(known.items())):
            bytes_[n, k] = place, byte
        facts[n] = mark.rare, len(known), *mark.every
        pair = known[mark.rare] | known[mark.rare + 1] << 8
        pairs[pair] = pairs[pair] or n + 1
    return pairs, bytes_, facts


@compiled
def _stands(data: NDArray[np.uint8], first: int, bytes_: NDArray[np.uint8], facts: NDArray[np.int64]) -> bool:
    size = len(data)
    for k in range(facts[1]):
        place = first + np.int64(bytes_[k, 0])
        if place >= size or data[place] != bytes_[k, 1]:
            return False
    for k in range(1, facts[3]):
        place = first + np.int64(bytes_[0, 0]) + k * facts[2]
        if place >= size or data[place] != 0x47:
            return False
    return True


@compiled
def next_mark(
    data: NDArray[np.uint8],
    place: int,
    stop: int,
    pairs: NDArray[np.uint8],
    bytes_: NDArray[np.uint8],
    facts: NDArray[np.int64],
) -> tuple[int, int]:
    """Return the next place from which something is sought, with the number of the mark there; -1 where there is none."""
    last = min(stop, len(data) - 1)
    while place < last:
        first = np.int64(pairs[np.int64(data[place]) | np.int64(data[place + 1]) << 8])
        if first > 0:
            pair = data[place], data[place + 1]
            for n in range(first - 1, len(facts)):
                begin = place - facts[n, 0]
                if begin >= 0 and data[place] == pair[0] and _stands(data, begin, bytes_[n], facts[n]):
                    return place, n
        place += 1
    return -1, 0
