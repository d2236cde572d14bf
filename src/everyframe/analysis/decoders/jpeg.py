"""JPEG: shrunk while it is decoded; strictly first, since only that tells a corrupt stream from a whole one."""

from importlib.metadata import version
from typing import Final

import numpy as np
import simplejpeg
from PIL import Image

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import pillow
from everyframe.analysis.decoders.base import Decoded, Decoder
from everyframe.analysis.decoders.jpeg_rare import decode_rare
from everyframe.analysis.failures import DECODING, PixelLimitError, words
from everyframe.analysis.limits import Limits
from everyframe.analysis.orientation import jpeg_orientation, segments
from everyframe.analysis.pixels import Pixels, Raster, raster
from everyframe.model.features import Picture

__all__ = ["DECODER", "HASHABLE_SIDE", "VIEW_SIDE", "scale_for"]

NAME: Final = f"simplejpeg {version('simplejpeg')}"
#: A reduced decode keeps at least this much of the shorter side: PDQ then drifts by at most 10 bits (docs/formats.md).
HASHABLE_SIDE: Final = 512
#: And this much of the longer side, to be worth looking at.
VIEW_SIDE: Final = 900
#: Colour spaces as stored, and what each is decoded to.
_COLOURS: Final = {"YCbCr": "RGB", "RGB": "RGB", "Gray": "RGB", "CMYK": "CMYK", "YCCK": "CMYK"}


def sniff(blob: Blob) -> str:
    """Know a JPEG by its first two markers; JPEG-LS shares the first."""
    return "image/jpeg" if blob.head(3) == b"\xff\xd8\xff" else ""


def scale_for(width: int, height: int) -> int:
    """Give the strongest reduction (8, 4, 2 or 1) that keeps enough to hash and to look at."""
    short, long = min(width, height), max(width, height)
    return next((k for k in (8, 4, 2) if -(-short // k) >= HASHABLE_SIDE and -(-long // k) >= VIEW_SIDE), 1)


def decode(blob: Blob, limits: Limits) -> Decoded:
    """Decode with simplejpeg, or with Pillow and imagecodecs what that refuses (arithmetic, 12 bits, lossless)."""
    data = blob.data()
    try:
        height, width, colours, _ = simplejpeg.decode_jpeg_header(data, strict=False)
        pillow.within(width, height, limits)
        if colours in _COLOURS:
            return _decode(data, width, height, _COLOURS[colours])
    except PixelLimitError:
        raise
    except DECODING as error:
        return decode_rare(blob, limits, words(error))
    return decode_rare(blob, limits, colours)


def _decode(data: bytes, width: int, height: int, colours: str) -> Decoded:
    scale = scale_for(width, height)
    damage = ""
    try:
        pixels = _pixels(data, width, height, colours, scale, strict=True)
    except ValueError as error:
        damage = words(error)
        pixels = _pixels(data, width, height, colours, scale, strict=False)
    notes = ["" if colours == "RGB" else "CMYK", "" if scale == 1 else f"1/{scale} scale"]
    seen = "; ".join(note for note in notes if note)
    picture = Picture(width, height, 1, jpeg_orientation(data), NAME, seen, damage)
    if scale == 1:
        return Decoded(picture, raster(pixels, seen))

    def exact() -> Raster:
        return raster(_pixels(data, width, height, colours, 1, strict=False))

    return Decoded(picture, raster(pixels, seen), basis=f"1/{scale}", exact=exact)


def _pixels(data: bytes, width: int, height: int, colours: str, scale: int, *, strict: bool) -> Pixels:
    """Decode to at least a share of the size; CMYK by the rule of Adobe's marker, whose inks are stored inverted."""
    least_height, least_width = -(-height // scale), -(-width // scale)
    pixels: Pixels = simplejpeg.decode_jpeg(
        data, colours, min_height=least_height, min_width=least_width, min_factor=scale, strict=strict
    )
    if colours == "RGB":
        return pixels
    inks = 255 - pixels if _has_adobe_marker(data) else pixels
    return np.asarray(Image.frombytes("CMYK", (inks.shape[1], inks.shape[0]), inks.tobytes()).convert("RGB"))


def _has_adobe_marker(data: bytes) -> bool:
    return any(marker == 0xEE and body.startswith(b"Adobe") for marker, body in segments(data))  # noqa: PLR2004 - APP14


DECODER = Decoder("jpeg", sniff, decode)
