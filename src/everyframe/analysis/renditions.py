"""Previews: small, upright, re-encoded as JPEG, so that no original is ever served."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import simplejpeg
from PIL import Image

from everyframe.analysis.limits import Limits
from everyframe.analysis.pixels import Pixels, upright
from everyframe.model.features import Rendition

__all__ = ["MIME", "encode", "fit", "frames"]

MIME: Final = "image/jpeg"
_QUALITY: Final = 80


def fit(pixels: Pixels, side: int) -> Pixels:
    """Reduce pixels until both sides fit; never enlarge."""
    height, width = pixels.shape[:2]
    long = max(height, width)
    if long <= side:
        return pixels
    size = max(1, round(width * side / long)), max(1, round(height * side / long))
    small = Image.fromarray(np.ascontiguousarray(pixels)).resize(size, Image.Resampling.BOX, reducing_gap=1.0)
    return np.asarray(small)


def encode(role: str, ordinal: int, pixels: Pixels) -> Rendition:
    """Encode pixels as they are."""
    solid = np.ascontiguousarray(pixels)
    data = simplejpeg.encode_jpeg(solid, quality=_QUALITY, colorspace="RGB", colorsubsampling="420")
    return Rendition(role, ordinal, pixels.shape[1], pixels.shape[0], MIME, data)


def frames(stills: Iterable[Pixels], orientation: int, limits: Limits) -> tuple[Rendition, ...]:
    """Give the frame renditions of an animation, a document or a film, in order."""
    return tuple(
        encode("frame", ordinal, upright(fit(still, limits.frame_side), orientation))
        for ordinal, still in enumerate(stills)
    )
