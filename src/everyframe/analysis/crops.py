"""Crops: a rectangle of a preview, as a picture of its own."""

from typing import Final

import numpy as np
import simplejpeg

from everyframe.analysis.renditions import encode, fit
from everyframe.model.features import Rendition

__all__ = ["SIDE", "cut"]

SIDE: Final = 640


def cut(jpeg: bytes, box: tuple[float, float, float, float]) -> Rendition:
    """Cut (left, top, width, height, as shares of the whole) out of a JPEG; at most 640 pixels on its longer side."""
    pixels = simplejpeg.decode_jpeg(jpeg, colorspace="RGB")
    high, wide = pixels.shape[:2]
    left, top, width, height = box
    x, y = min(wide - 1, int(left * wide)), min(high - 1, int(top * high))
    part = pixels[y : max(y + 1, round((top + height) * high)), x : max(x + 1, round((left + width) * wide))]
    return encode("crop", 0, fit(np.ascontiguousarray(part), SIDE))
