"""The perceptual hash of a decoded picture, as stored and upright."""

from typing import Final

from everyframe.analysis.decoders import Decoded
from everyframe.analysis.perceptual import pdq
from everyframe.analysis.pixels import Raster
from everyframe.analysis.turning import hash_turned
from everyframe.model.features import PerceptualHash

__all__ = ["RELIABLE_QUALITY", "hash_of"]

#: Below this quality the hash of a reduced decode drifts, so the picture is decoded in full.
RELIABLE_QUALITY: Final = 80


def hash_of(decoding: Decoded) -> PerceptualHash:
    """Hash what was decoded; from the full decode where the reduced one is too plain to be relied on."""
    raster, basis = decoding.raster, decoding.basis
    value, quality = pdq(raster.hashed)
    if decoding.exact and quality < RELIABLE_QUALITY:
        raster, basis = decoding.exact(), "full"
        value, quality = pdq(raster.hashed)
    return _with_upright(raster, decoding.picture.orientation, value, quality, basis)


def _with_upright(raster: Raster, orientation: int, value: bytes, quality: int, basis: str) -> PerceptualHash:
    turned = hash_turned(raster, orientation)
    if orientation == 1:
        return PerceptualHash(value, quality, None, None, basis, *turned)
    return PerceptualHash(value, quality, *pdq(raster.upright_sample(orientation)), basis, *turned)
