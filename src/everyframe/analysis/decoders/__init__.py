"""Every picture format that is decoded, in the order in which signatures are tried."""

from typing import Final

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import (
    avif,
    bmp,
    gif,
    heif,
    ico,
    jp2,
    jpeg,
    jxl,
    known,
    more,
    pcx,
    png,
    pnm,
    psd,
    raw,
    tga,
    tiff,
    webp,
)
from everyframe.analysis.decoders.base import Decoded, Decoder

__all__ = ["DECODERS", "PLAUSIBLE", "Decoded", "Decoder", "find_decoder"]

#: Formats with a signature. Camera RAW stands before TIFF, whose signature most of it shares.
DECODERS: Final[tuple[Decoder, ...]] = (
    jpeg.DECODER,
    png.DECODER,
    gif.DECODER,
    webp.DECODER,
    raw.DECODER,
    tiff.DECODER,
    heif.DECODER,
    avif.DECODER,
    bmp.DECODER,
    jp2.DECODER,
    jxl.DECODER,
    psd.DECODER,
    ico.DECODER,
    pnm.DECODER,
    more.DECODER,
    tga.FOOTED,
)
#: The last resort, after archives and films: a structure in which every field fits, or libmagic's word.
PLAUSIBLE: Final[tuple[Decoder, ...]] = (
    pcx.DECODER,
    tga.DECODER,
    known.DECODER,
)


def find_decoder(blob: Blob, among: tuple[Decoder, ...] = DECODERS + PLAUSIBLE) -> tuple[Decoder, str] | None:
    """Give the first decoder whose signature a content carries, and its MIME type."""
    return next(((decoder, mime) for decoder in among if (mime := decoder.sniff(blob))), None)
