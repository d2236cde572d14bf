"""TIFF and BigTIFF, of one page or many; what Pillow refuses is read with tifffile."""

import logging
from dataclasses import replace
from importlib.metadata import version
from typing import Any, Final

import numpy as np
from PIL import Image

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import pillow
from everyframe.analysis.decoders.base import Decoded, Decoder
from everyframe.analysis.decoders.directories import chain_damage
from everyframe.analysis.decoders.segments import readable_segments
from everyframe.analysis.failures import DECODING, PixelLimitError, RefusedError, words
from everyframe.analysis.limits import Limits
from everyframe.analysis.pixels import eight_bits, raster, upright
from everyframe.analysis.turning import INVERSE
from everyframe.model.features import Picture

__all__ = ["DECODER"]

_SIGNATURES: Final = frozenset({b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"})
_TAG: Final = 0x0112
_HIGHEST: Final = 8
_WHITE_IS_ZERO: Final = 0
_PALETTE: Final = 3


def sniff(blob: Blob) -> str:
    """Know a TIFF by its byte order and magic number; camera RAW files share both and are tried before."""
    return "image/tiff" if blob.head(4) in _SIGNATURES and blob.size > 8 else ""  # noqa: PLR2004 - a header alone


def decode(blob: Blob, limits: Limits) -> Decoded:
    """Decode with Pillow, or with tifffile what that refuses."""
    orientation: list[int] = []
    plan = pillow.Plan(("TIFF",), damage=chain_damage, prepare=lambda image: orientation.append(_recorded(image)))
    try:
        return _as_stored(pillow.decode(blob, limits, plan), orientation[-1])
    except PixelLimitError:
        raise
    except DECODING as error:
        refused = words(error)
    try:
        return _by_tifffile(blob, limits)
    except PixelLimitError:
        raise
    except DECODING as error:
        raise RefusedError(refused) from error


def _recorded(image: Image.Image) -> int:
    value = image.tag_v2.get(_TAG, 1) if hasattr(image, "tag_v2") else 1
    return value if isinstance(value, int) and 1 <= value <= _HIGHEST else 1


def _as_stored(decoded: Decoded, orientation: int) -> Decoded:
    """Turn back what Pillow has turned already, so that the hash is of the pixels as stored."""
    if orientation == 1:
        return decoded
    back = INVERSE.get(orientation, orientation)
    view = upright(decoded.raster.view, back)
    samples = None if decoded.raster.samples is None else upright(decoded.raster.samples, back)
    picture = decoded.picture
    width, height = (
        (picture.height, picture.width) if _is_turned(decoded, orientation) else (picture.width, picture.height)
    )
    return replace(
        decoded,
        picture=replace(picture, width=width, height=height, orientation=orientation),
        raster=replace(decoded.raster, view=view, samples=samples),
        stills=tuple(upright(still, back) for still in decoded.stills),
    )


def _is_turned(decoded: Decoded, orientation: int) -> bool:
    """Tell whether the size that Pillow declared is that of the turned picture."""
    return orientation in {5, 6, 7, 8} and decoded.picture.width != decoded.picture.height


def _by_tifffile(blob: Blob, limits: Limits) -> Decoded:
    import tifffile

    logging.getLogger("tifffile").disabled = True
    with tifffile.TiffFile(blob.open()) as file:
        page: Any = file.pages[0]
        pillow.within(page.imagewidth, page.imagelength, limits)
        if page.size > limits.max_pixels * 4:
            raise PixelLimitError(f"declares {page.size} samples, limit {limits.max_pixels * 4}")
        array, damage = readable_segments(page, file.filehandle)
        pixels, seen = _shown(page, array)
        if damage and pillow.is_flat(pixels):
            raise RefusedError(damage)
        frames = min(len(file.pages), limits.max_frames)
    name = f"tifffile {version('tifffile')}"
    damage = pillow.joined(damage, chain_damage(blob))
    return Decoded(Picture(page.imagewidth, page.imagelength, frames, 1, name, seen, damage), raster(pixels, seen))


def _shown(page: Any, array: "np.ndarray[Any, Any]") -> tuple["np.ndarray[Any, np.dtype[np.uint8]]", str]:  # noqa: ANN401 - tifffile has no types
    """Bring a page's samples into rows, columns and channels, and to 8 bits."""
    array = np.squeeze(array)
    if array.ndim == 3 and array.shape[0] < min(array.shape[1:]) and int(page.planarconfig) != 1:  # noqa: PLR2004 - as the format has it
        array = np.moveaxis(array, 0, -1)
    while array.ndim > 3:  # noqa: PLR2004 - a volume: its first slice
        array = array[0]
    if int(page.photometric) == _PALETTE and page.colormap is not None:
        array = np.moveaxis(np.asarray(page.colormap), 0, -1)[array]
    if array.dtype == bool:
        array = array.astype(np.uint8) * np.uint8(255)
    pixels, seen = eight_bits(array)
    return (255 - pixels if int(page.photometric) == _WHITE_IS_ZERO else pixels), seen


DECODER = Decoder("tiff", sniff, decode)
