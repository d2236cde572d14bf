"""PNG and APNG, with every chunk's checksum verified, which Pillow leaves out for picture data."""

import zlib

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import pillow
from everyframe.analysis.decoders.base import Decoded, Decoder
from everyframe.analysis.limits import Limits

__all__ = ["DECODER", "chunk_damage"]

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_NAME_LENGTH = 4


def sniff(blob: Blob) -> str:
    """Know a PNG by its signature; an animated one by ``acTL`` before the first picture data."""
    head = blob.head(4096)
    if not head.startswith(SIGNATURE):
        return ""
    data = head.find(b"IDAT")
    return "image/apng" if 0 < head.find(b"acTL") < (data if data >= 0 else len(head)) else "image/png"


def chunk_damage(blob: Blob) -> str:
    """Tell of the first chunk that is cut short or whose checksum is wrong, or of a missing end; empty when sound."""
    at = len(SIGNATURE)
    while True:
        head = blob.read_at(at, 8)
        if len(head) < 8:  # noqa: PLR2004 - length and name
            return f"cut short at byte {at + len(head)}: no end chunk"
        length, name = int.from_bytes(head[:4], "big"), head[4:8]
        if not name.isalpha():
            return f"no chunk at byte {at}"
        if at + 12 + length > blob.size:
            return f"chunk {name.decode('ascii')} at byte {at} is cut short"
        body = blob.read_at(at + 8, length + 4)
        if zlib.crc32(body[:-4], zlib.crc32(name)) != int.from_bytes(body[-4:], "big"):
            return f"chunk {name.decode('ascii')} at byte {at} has a wrong checksum"
        if name == b"IEND":
            return ""
        at += 12 + length


_PLAN = pillow.Plan(("PNG",), damage=chunk_damage)


def decode(blob: Blob, limits: Limits) -> Decoded:
    """Decode with Pillow, after a walk over the chunks."""
    return pillow.decode(blob, limits, _PLAN)


DECODER = Decoder("png", sniff, decode)
