"""What libmagic knows for a picture and no decoder above has a signature for: tried with Pillow, else said to be unread."""

from typing import Final

from PIL import Image

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import jxl, pillow
from everyframe.analysis.decoders.base import Decoded, Decoder
from everyframe.analysis.limits import Limits
from everyframe.analysis.magicfile import other_type

__all__ = ["DECODER", "TYPES"]

#: Types for which libmagic asks for enough bytes to be believed.
TYPES: Final = frozenset(
    {
        "image/jxl",
        "image/jxr",
        "image/bpg",
        "image/emf",
        "image/fits",
        "image/heif",
        "image/jls",
        "image/vnd.djvu",
        "image/vnd.djvu+multipage",
        "image/wmf",
        "image/x-dpx",
        "image/x-exr",
        "image/x-pict",
        "image/x-xcf",
        "image/x-xpixmap",
        "image/x-xpmi",
    }
)


def sniff(blob: Blob) -> str:
    """Ask libmagic."""
    mime = other_type(blob)
    return mime if mime in TYPES else ""


def decode(blob: Blob, limits: Limits) -> Decoded:
    """Decode with whatever part of Pillow takes it."""
    if blob.head(2) == b"\xff\x0a":
        return jxl.decode(blob, limits)
    Image.init()
    return pillow.decode(blob, limits, pillow.Plan(tuple(sorted({"XPM", "FITS"} & set(Image.OPEN)))))


DECODER = Decoder("known", sniff, decode)
