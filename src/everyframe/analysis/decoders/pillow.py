"""Pillow, used strictly first and leniently second, with its limits and warnings under control."""

import io
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

import PIL
from PIL import Image, ImageFile

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders.base import Decoded
from everyframe.analysis.decoders.stills import stills
from everyframe.analysis.failures import DECODING, PixelLimitError, RefusedError, words
from everyframe.analysis.limits import Limits
from everyframe.analysis.pixels import Pixels, pil_raster
from everyframe.model.features import Picture
from everyframe.model.warning import Problem, WarningCode

__all__ = [
    "NAME",
    "Plan",
    "controlled",
    "count_frames",
    "decode",
    "fill",
    "is_flat",
    "joined",
    "orientation_of",
    "within",
]

NAME: Final = f"Pillow {PIL.__version__}"
#: Words in Pillow's warnings that mean the pixels are not all there; its other warnings are about tags.
_DAMAGE: Final = ("truncat", "corrupt", "invalid", "broken")
_HIGHEST: Final = 8
_FILL: Final = 64 << 20


@contextmanager
def controlled(limits: Limits, *, lenient: bool = False) -> Iterator[list[str]]:
    """Hold Pillow to our pixel limit, and collect the warnings that tell of damage.

    Raises:
        PixelLimitError: for what Pillow calls a decompression bomb.
    """
    said: list[str] = []
    before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
    Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = limits.max_pixels, lenient
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield said
        said += [words(w.message) for w in caught if isinstance(w.message, Warning) and _tells_damage(str(w.message))]
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        declared = re.search(r"\d+", str(error))
        raise PixelLimitError(f"declares {declared and declared[0]} pixels, limit {limits.max_pixels}") from error
    finally:
        Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = before


def _tells_damage(text: str) -> bool:
    return any(word in text.lower() for word in _DAMAGE)


def within(width: int, height: int, limits: Limits) -> None:
    """Refuse a picture whose header declares more pixels than the limit, or none.

    Raises:
        PixelLimitError: with both figures.
        RefusedError: when a side is not positive.
    """
    if width <= 0 or height <= 0:
        raise RefusedError(f"declares {width} x {height} pixels")
    if width * height > limits.max_pixels:
        raise PixelLimitError(f"declares {width} x {height} = {width * height} pixels, limit {limits.max_pixels}")


def orientation_of(image: Image.Image) -> int:
    """Give the EXIF orientation that Pillow finds, or 1."""
    try:
        value = image.getexif().get(0x0112, 1)
    except DECODING:
        return 1
    return value if isinstance(value, int) and 1 <= value <= _HIGHEST else 1


def count_frames(image: Image.Image, limits: Limits) -> tuple[int, tuple[Problem, ...], str]:
    """Count frames or pages up to the limit; in words, why they cannot be counted."""
    try:
        frames = int(getattr(image, "n_frames", 1))
    except DECODING as error:
        return 1, (), f"its frames cannot be counted: {words(error)}"
    if frames <= limits.max_frames:
        return max(frames, 1), (), ""
    reason = f"{frames} frames, limit {limits.max_frames}"
    return limits.max_frames, (Problem(WarningCode.FRAME_LIMIT, reason, "preview"),), ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Tell how Pillow is to be used for one format.

    Args:
        formats: Pillow's names of the formats that may be tried.
        damage: finds damage that Pillow does not report; gives empty words for none.
        mend: gives the bytes for the lenient attempt, where those as they are would be refused.
        prepare: is handed the opened picture before its pixels are loaded.
    """

    formats: tuple[str, ...]
    damage: Callable[[Blob], str] | None = None
    mend: Callable[[Blob], bytes] | None = None
    prepare: Callable[[Image.Image], None] | None = None


def fill(blob: Blob, length: int) -> bytes:
    """Give the bytes, filled up with zeros to a length that they declare where that is not far off."""
    missing = length - blob.size
    return blob.data() + bytes(missing if 0 < missing <= _FILL else 0)


def decode(blob: Blob, limits: Limits, plan: Plan) -> Decoded:
    """Decode with Pillow: strictly, or what there is of it when that fails.

    Raises:
        PixelLimitError: when the header declares too many pixels.
        RefusedError: with the strict decoder's words, when even leniently nothing but one flat colour comes out.
    """
    try:
        return _attempt(blob.open(), blob, limits, plan)
    except PixelLimitError:
        raise
    except DECODING as error:
        reason = joined(plan.damage(blob) if plan.damage else "", words(error))
    known = replace(plan, damage=lambda _: reason)
    try:
        return _attempt(io.BytesIO(plan.mend(blob)) if plan.mend else blob.open(), blob, limits, known, lenient=True)
    except PixelLimitError:
        raise
    except DECODING as error:
        raise RefusedError(reason) from error


def _attempt(stream: BinaryIO, blob: Blob, limits: Limits, plan: Plan, *, lenient: bool = False) -> Decoded:
    with controlled(limits, lenient=lenient) as said, Image.open(stream, formats=plan.formats) as image:
        within(*image.size, limits)
        if plan.prepare:
            plan.prepare(image)
        size, deep = image.size, "16 bits a channel" if _is_deep(image) else ""
        shown = pil_raster(image)
        if lenient and is_flat(shown.view):
            raise RefusedError("nothing but one colour could be decoded")
        orientation = orientation_of(image)
        frames, problems, uncounted = count_frames(image, limits)
        more, lost = stills(image, frames, limits, blob.beat) if frames > 1 else ((), "")
    damage = joined(*said, plan.damage(blob) if plan.damage else "", uncounted, lost)
    seen = joined(deep, shown.seen)
    picture = Picture(*size, frames, orientation, NAME, seen, damage)
    return Decoded(picture, replace(shown, seen=seen), stills=more, problems=problems)


def joined(*parts: str) -> str:
    """Join what is said once each, leaving out what is empty."""
    return "; ".join(dict.fromkeys(part for part in parts if part))


def _is_deep(image: Image.Image) -> bool:
    return image.mode in {"RGB", "RGBA", "LA"} and any(";16" in str(tile[3]) for tile in getattr(image, "tile", ()))


def is_flat(pixels: Pixels) -> bool:
    """Tell whether a picture is of one colour only."""
    return bool((pixels == pixels[:1, :1]).all())
