"""AVIF, still and animated."""

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import boxes, pillow
from everyframe.analysis.decoders.base import Decoded, Decoder
from everyframe.analysis.limits import Limits

__all__ = ["DECODER"]


def _mend(blob: Blob) -> bytes:
    return pillow.fill(blob, boxes.declared_length(blob))


_PLAN = pillow.Plan(("AVIF",), damage=boxes.box_damage, mend=_mend)


def sniff(blob: Blob) -> str:
    """Know an AVIF by its brands."""
    found = boxes.brands(blob)
    if b"avis" in found[:1]:
        return "image/avif-sequence"
    return "image/avif" if b"avif" in found and found[0] in {b"avif", b"mif1", b"msf1", b"miaf"} else ""


def decode(blob: Blob, limits: Limits) -> Decoded:
    """Decode with Pillow."""
    return pillow.decode(blob, limits, _PLAN)


DECODER = Decoder("avif", sniff, decode)
