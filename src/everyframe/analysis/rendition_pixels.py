"""The pixels of a preview that Everyframe encoded itself."""

import simplejpeg

from everyframe.analysis.pixels import Pixels
from everyframe.errors import VerificationError

__all__ = ["decode_rendition"]


def decode_rendition(data: bytes) -> Pixels:
    """Decode a preview to rows, columns, RGB (uint8); it is upright already.

    Raises:
        VerificationError: it is not what was encoded.
    """
    try:
        pixels: Pixels = simplejpeg.decode_jpeg(data, colorspace="RGB")
    except ValueError as error:
        raise VerificationError(f"a preview does not decode: {error}") from error
    return pixels
