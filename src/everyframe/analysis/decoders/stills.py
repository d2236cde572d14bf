"""A few frames spread over an animated picture or a document of several pages."""

from collections.abc import Callable

import numpy as np
from PIL import Image

from everyframe.analysis.failures import DECODING, words
from everyframe.analysis.limits import Limits
from everyframe.analysis.pixels import Pixels, to_rgb

__all__ = ["spread", "stills"]


def spread(count: int, wanted: int) -> list[int]:
    """Choose up to ``wanted`` of ``count`` numbers, evenly, the first and the last among them."""
    if count <= wanted:
        return list(range(count))
    return [round(i * (count - 1) / (wanted - 1)) for i in range(wanted)]


def stills(image: Image.Image, frames: int, limits: Limits, beat: Callable[[], None]) -> tuple[tuple[Pixels, ...], str]:
    """Decode frames spread over the picture's length, as far as the budget of pixels reaches.

    Pages of a document are reached one by one; frames of an animation only through all those before them, so that only
    its first ``animation_pixels`` are walked. Given with them, in words, is why one could not be shown.
    """
    size = image.width * image.height
    reach = frames
    if image.format not in {"TIFF", "MPO", "PSD", "ICO"}:
        reach = max(1, min(frames, limits.animation_pixels // max(1, size)))
    shown = []
    lost = ""
    for number in spread(reach, limits.frames_shown):
        beat()
        try:
            image.seek(number)
            if image.width * image.height > limits.max_pixels:
                continue
            shown.append(_small(image, limits.frame_side))
        except DECODING as error:
            lost = f"frame {number + 1}: {words(error)}"
            break
    return (tuple(shown) if len(shown) > 1 else ()), lost


def _small(image: Image.Image, side: int) -> Pixels:
    image.load()
    if max(image.size) > side * 2 and image.mode in {"RGB", "RGBA", "L"}:
        frame = image.reduce(max(image.size) // side)
    else:
        frame = image.copy()
    rgb, _ = to_rgb(frame)
    rgb.thumbnail((side, side), Image.Resampling.BILINEAR)
    return np.asarray(rgb)
