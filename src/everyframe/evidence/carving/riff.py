"""RIFF: WebP and AVI, chunk by chunk, also where an AVI goes on in further parts (OpenDML)."""

from everyframe.evidence.carving.carved import Extent
from everyframe.evidence.carving.space import View

__all__ = ["avi", "webp"]

PICTURE = {b"VP8 ", b"VP8L", b"VP8X"}
PICTURE_CHUNKS = PICTURE | {b"ALPH", b"ANIM", b"ANMF", b"ICCP", b"EXIF", b"XMP "}
FILM_CHUNKS = {b"LIST", b"JUNK", b"idx1", b"JUNQ", b"vedt", b"ISMP", b"IDIT", b"strh", b"strf", b"indx"}
STREAM_CHUNKS = {b"dc", b"db", b"wb", b"tx", b"pc", b"iv", b"sb", b"dd"}
LEAST = 4096


def webp(view: View, start: int) -> Extent | None:
    """Find how far a WebP picture reaches (RFC 9649)."""
    size = int.from_bytes(view.read(start + 4, 4), "little")
    end = start + 8 + size
    first = view.read(start + 12, 18)
    if size < 18 or size % 2 or first[:4] not in PICTURE or not _picture_begins(first):
        return None
    position = start + 12
    while position + 8 <= min(end, view.size):
        head = view.read(position, 8)
        body = int.from_bytes(head[4:], "little")
        if not (head[:4] in PICTURE_CHUNKS or head[:4].isalnum()) or position + 8 + body > end:
            break
        position += 8 + body + body % 2
    if position == end and end <= view.size:
        return Extent("webp", end, whole=True, sure=end)
    short = min(position, view.size)
    if short - start < LEAST:
        return None
    return Extent("webp", short, whole=False, why="a chunk that does not hold", sure=start + 30)


def _picture_begins(head: bytes) -> bool:
    if head[:4] == b"VP8 ":
        return head[11:14] == b"\x9d\x01\x2a" and not head[8] & 1
    if head[:4] == b"VP8L":
        return head[8:9] == b"\x2f" and head[12] >> 5 == 0
    return head[4:8] == b"\x0a\0\0\0" and head[9:12] == b"\0\0\0"


def avi(view: View, start: int) -> Extent | None:
    """Find how far an AVI film reaches."""
    if view.read(start + 12, 4) != b"LIST" or view.read(start + 20, 8) != b"hdrlavih":
        return None
    position, end, film = start, start, False
    while view.read(position, 4) == b"RIFF" and view.read(position + 8, 4) in {b"AVI ", b"AVIX"}:
        behind = position + 8 + int.from_bytes(view.read(position + 4, 4), "little")
        if position > start and view.read(position + 8, 4) == b"AVI ":
            break
        reached, moving = _part(view, position + 12, min(behind, view.size))
        film = film or moving
        if reached != behind:
            if not film or reached - start < LEAST:
                return None
            return Extent("avi", reached, whole=False, why="a chunk that does not hold", sure=start + 32)
        end = position = behind + behind % 2 * (view.read(behind, 1) == b"\0")
        end = behind
    return Extent("avi", end, whole=True, sure=end) if film else None


def _part(view: View, position: int, end: int) -> tuple[int, bool]:
    """Walk the chunks of one part; gives how far they hold, and whether there was anything of a film."""
    film = False
    while position + 8 <= end:
        head = view.read(position, 12)
        size = int.from_bytes(head[4:8], "little")
        behind = position + 8 + size + size % 2
        if head[:4] == b"LIST" and head[8:12] == b"movi":
            film = True
            reached = _streams(view, position + 12, min(behind, end))
            if reached < position + 8 + size:
                return reached, film
        elif head[:4] not in FILM_CHUNKS and not _stream(head):
            return position, film
        if behind > end + 1:
            return min(end, view.size), film
        position = min(behind, end) if behind > end else behind
    return position, film


def _stream(head: bytes) -> bool:
    return (head[:2].isalnum() and head[2:4] in STREAM_CHUNKS) or head[:2] == b"ix"


def _streams(view: View, position: int, end: int) -> int:
    """Walk the frames; gives how far they hold."""
    while position + 8 <= end:
        head = view.read(position, 12)
        size = int.from_bytes(head[4:8], "little")
        if head[:4] == b"LIST" and head[8:12] == b"rec ":
            position += 12
            continue
        if not _stream(head) and head[:4] not in FILM_CHUNKS:
            return position
        if position + 8 + size > end:
            return end if position + 8 + size >= view.size else position
        position += 8 + size + size % 2
    return max(position, end)
