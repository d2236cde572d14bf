"""Pixels of any kind as 8-bit RGB: one array to look at, and one to hash."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from everyframe.analysis.failures import RefusedError

__all__ = [
    "HASH_SIDE",
    "NO_PIXELS",
    "Pixels",
    "Raster",
    "eight_bits",
    "pil_raster",
    "raster",
    "sample",
    "to_rgb",
    "upright",
]

Pixels = NDArray[np.uint8]
#: What stands for a picture of which nothing was decoded.
NO_PIXELS: Final[Pixels] = np.zeros((1, 1, 3), np.uint8)

#: Side above which PDQ's input is sampled, by the definition of the hash.
HASH_SIDE = 512
#: Above this many pixels a picture is normalised band by band, so that no second copy of it has to be held.
WHOLE_PIXELS = 24_000_000
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
#: Orientations in which the rows, or the columns, as stored run against those of the upright picture.
_ROWS_REVERSED = frozenset({3, 4, 6, 7})
_COLUMNS_REVERSED = frozenset({2, 3, 7, 8})
_BAND_PIXELS = 4_000_000
_VIEW_SIDE = 2560


@dataclass(frozen=True, slots=True)
class Raster:
    """Hold a picture normalised to 8-bit RGB, as stored (not turned).

    Args:
        view: for people; reduced when the picture is very large.
        seen: what was normalised; empty when nothing was.
        samples: of a picture whose ``view`` is reduced, 512 x 512 nearest samples of all that was decoded.
    """

    view: Pixels
    seen: str = ""
    samples: Pixels | None = None

    @property
    def whole(self) -> bool:
        """Tell whether ``view`` is all that was decoded."""
        return self.samples is None

    @property
    def hashed(self) -> Pixels:
        """Give what PDQ is computed of: the picture itself, or 512 x 512 nearest samples of it."""
        return sample(self.view) if self.samples is None else self.samples

    def upright_sample(self, orientation: int) -> Pixels:
        """Give what PDQ hashes of the upright picture; of a reduced view, the turned samples stand for it."""
        if not self.whole:
            return upright(self.hashed, orientation)
        height, width = self.view.shape[:2]
        if height <= HASH_SIDE and width <= HASH_SIDE:
            return upright(self.view, orientation)
        rows, columns = _picks(height), _picks(width)
        if orientation in _ROWS_REVERSED:
            rows = height - 1 - rows[::-1]
        if orientation in _COLUMNS_REVERSED:
            columns = width - 1 - columns[::-1]
        return upright(_picked(self.view, rows, columns), orientation)


def upright(pixels: Pixels, orientation: int) -> Pixels:
    """Turn and mirror pixels as an EXIF orientation (1-8) asks."""
    method = _TURNS.get(orientation)
    if method is None or not pixels.size:
        return pixels
    return np.asarray(Image.fromarray(np.ascontiguousarray(pixels)).transpose(method))


def _picks(length: int) -> NDArray[np.intp]:
    return (np.arange(HASH_SIDE) * length) // HASH_SIDE


def eight_bits(array: NDArray[Any], bits: int = 0) -> tuple[Pixels, str]:
    """Bring samples of any kind, grey or in channels, to 8-bit RGB, and say in words what was done.

    Args:
        array: rows and columns, or rows, columns and channels.
        bits: that integers really use; taken from their type when 0.
    """
    if array.ndim == 2:  # noqa: PLR2004 - grey
        array = array[:, :, None]
    if array.ndim != 3 or 0 in array.shape:  # noqa: PLR2004 - rows, columns, channels
        raise RefusedError(f"samples of shape {array.shape}")
    array = array[:, :, :3] if array.shape[2] > 2 else array[:, :, :1].repeat(3, axis=2)  # noqa: PLR2004 - channels
    if array.dtype == np.uint8:
        return np.ascontiguousarray(array), ""
    if array.dtype.kind == "u":
        bits = bits or array.dtype.itemsize * 8
        return (array >> max(0, bits - 8)).clip(0, 255).astype(np.uint8), f"{bits} bits"
    scaled, low, high = _spread(array)
    return scaled, f"values {low:g} to {high:g} shown as 0 to 255"


def _spread(values: NDArray[Any], extent: tuple[float, float] | None = None) -> tuple[Pixels, float, float]:
    """Bring values between the smallest and the largest finite one to 0-255; what is no number is black."""
    if extent is None:
        finite = values[np.isfinite(values)]
        extent = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    low, high = extent
    with np.errstate(all="ignore"):
        scaled = (values.astype(np.float64) - low) / ((high - low) or 1.0) * 255.0
        shown = np.nan_to_num(scaled, nan=0.0, posinf=255.0, neginf=0.0).clip(0, 255).astype(np.uint8)
    return shown, low, high


def sample(pixels: Pixels) -> Pixels:
    """Give what PDQ hashes: the same pixels, or 512 x 512 nearest samples when a side is longer."""
    height, width = pixels.shape[:2]
    if height <= HASH_SIDE and width <= HASH_SIDE:
        return pixels
    return _picked(pixels, _picks(height), _picks(width))


def _picked(pixels: Pixels, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Pixels:
    from everyframe.analysis._pdq import picked  # heavy: only processes that hash load it

    return picked(pixels, rows, columns)


def raster(pixels: Pixels, seen: str = "") -> Raster:
    """Wrap pixels that are 8-bit RGB already."""
    return Raster(pixels, seen)


def pil_raster(image: Image.Image) -> Raster:
    """Normalise a picture that Pillow has opened; decodes it when that has not been done yet."""
    image.load()
    normalise = _Normaliser(image)
    if image.width * image.height <= WHOLE_PIXELS:
        return raster(np.asarray(normalise(image)), normalise.seen)
    return _banded(image, normalise)


def to_rgb(image: Image.Image) -> tuple[Image.Image, str]:
    """Give the picture in 8-bit RGB, and in words what was done to it."""
    normalise = _Normaliser(image)
    return normalise(image), normalise.seen


def _banded(image: Image.Image, normalise: "_Normaliser") -> Raster:
    """Normalise, reduce and sample a very large picture a few rows at a time."""
    factor = max(1, max(image.size) // _VIEW_SIDE)
    rows, columns = _picks(image.height), _picks(image.width)
    hashed = np.empty((HASH_SIDE, HASH_SIDE, 3), np.uint8)
    step = max(factor, _BAND_PIXELS // image.width // factor * factor)
    bands = []
    for top in range(0, image.height, step):
        bottom = min(image.height, top + step)
        band = normalise(image.crop((0, top, image.width, bottom)))
        bands.append(np.asarray(band.reduce(factor)))
        wanted = np.nonzero((rows >= top) & (rows < bottom))[0]
        hashed[wanted] = np.asarray(band)[rows[wanted] - top].take(columns, axis=1)
    return Raster(np.concatenate(bands), normalise.seen, hashed)


class _Normaliser:
    """Turn a picture, or any part of it, to 8-bit RGB in the way that its whole calls for."""

    def __init__(self, image: Image.Image) -> None:
        self.low, self.high = 0.0, 0.0
        self.flatten = False
        notes = [] if image.mode in {"RGB", "YCbCr"} else [_MODE_NAMES.get(image.mode, image.mode)]
        if image.mode in {"I", "F"} or image.mode.startswith("I;16"):
            notes.append(self._measure_range(image))
        if image.mode in _ALPHA_MODES or "transparency" in image.info:
            notes.append(self._measure_alpha(image))
        self.seen = "; ".join(note for note in notes if note)

    def _measure_range(self, image: Image.Image) -> str:
        low, high = _extent(image)
        if image.mode.startswith("I;16") and high >= _DARK_16_BIT:
            low, high = 0.0, 65535.0
        elif image.mode == "I" and low >= 0 and high <= 255:  # noqa: PLR2004 - eight bits
            low, high = 0.0, 255.0
        self.low, self.high = low, high
        return f"values {low:g} to {high:g} shown as 0 to 255"

    def _measure_alpha(self, image: Image.Image) -> str:
        lightest, heaviest = _alpha_extent(image)
        if heaviest == 0:
            return "alpha ignored, since all of it is transparent"
        self.flatten = lightest < 255  # noqa: PLR2004 - eight bits
        return "alpha on white" if self.flatten else ""

    def __call__(self, image: Image.Image) -> Image.Image:
        if image.mode == "RGB" and not self.flatten:
            return image
        if self.high or self.low:
            return _stretch(image, self.low, self.high)
        if self.flatten:
            return _on_white(image)
        if image.mode == "LAB":
            return _from_lab(image)
        if image.mode in {"P", "PA"} or image.mode in _ALPHA_MODES:
            return image.convert("RGBA").convert("RGB")
        return image.convert("RGB")


#: Sensors of 12 bits store their values unscaled; below this the high byte alone would be nearly black.
_DARK_16_BIT = 4096
_ALPHA_MODES = {"LA", "La", "PA", "RGBA", "RGBa"}
_MODE_NAMES = {
    "1": "1 bit",
    "L": "grey",
    "P": "palette",
    "I": "32-bit integers",
    "F": "floating point",
    "I;16": "16-bit grey",
    "I;16B": "16-bit grey",
    "I;16L": "16-bit grey",
    "I;16N": "16-bit grey",
}


def _extent(image: Image.Image) -> tuple[float, float]:
    """Give the smallest and the largest finite value, a band at a time."""
    low, high = np.inf, -np.inf
    step = max(1, _BAND_PIXELS // image.width)
    for top in range(0, image.height, step):
        band = np.asarray(image.crop((0, top, image.width, min(image.height, top + step))))
        finite = band[np.isfinite(band)]
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    return (low, high) if low <= high else (0.0, 0.0)


def _stretch(image: Image.Image, low: float, high: float) -> Image.Image:
    return Image.fromarray(_spread(np.asarray(image), (low, high))[0]).convert("RGB")


def _alpha_extent(image: Image.Image) -> tuple[int, int]:
    """Give the least and the greatest opacity that any pixel has."""
    if image.mode in {"RGB", "L", "1", "P"}:
        key = image.info.get("transparency")
        if image.mode == "P" and isinstance(key, bytes):
            indices = np.unique(np.asarray(image)).tolist()
            used = [key[index] if index < len(key) else 255 for index in indices]
            return (min(used), max(used)) if used else (255, 255)
        image = image.convert("RGBA")
    alpha = np.asarray(image.getchannel("A" if "A" in image.getbands() else "a"))
    return int(alpha.min()), int(alpha.max())


def _on_white(image: Image.Image) -> Image.Image:
    layer = image.convert("RGBA")
    ground = Image.new("RGBA", layer.size, "white")
    ground.alpha_composite(layer)
    return ground.convert("RGB")


def _from_lab(image: Image.Image) -> Image.Image:
    from PIL import ImageCms

    turned = ImageCms.profileToProfile(
        image, ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), outputMode="RGB"
    )
    return turned if turned is not None else image.convert("L").convert("RGB")
