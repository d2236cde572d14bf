"""PDQ: the perceptual hash of what a picture shows, and how plain it is."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from everyframe.analysis.pixels import Pixels

__all__ = ["HASH_BYTES", "SMALLEST_SIDE", "bits_of", "distance", "pdq"]

HASH_BYTES: Final = 32
#: Below this side PDQ is not defined: all bits zero, quality 0.
SMALLEST_SIDE: Final = 5
#: The reference takes the lower of the two values in the middle.
_MEDIAN: Final = 127


def pdq(hashed: Pixels) -> tuple[bytes, int]:
    """Give hash and quality of pixels that ``pixels.sample`` has brought to at most 512 a side.

    The bytes are in the order of the text form: sixteen words of sixteen bits, the most significant first.
    """
    if min(hashed.shape[:2]) < SMALLEST_SIDE:
        return bytes(HASH_BYTES), 0
    from everyframe.analysis._pdq import coefficients  # heavy: only processes that hash load it

    values, quality = coefficients(hashed)
    return bits_of(values), quality


def bits_of(values: NDArray[np.float32]) -> bytes:
    """Give the hash of 16 x 16 coefficients: which of them lie above their median."""
    flat = values.ravel()
    above = flat > np.partition(flat, _MEDIAN)[_MEDIAN]
    return np.packbits(above[::-1]).tobytes()


def distance(one: bytes, other: bytes) -> int:
    """Count the bits in which two hashes differ."""
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()
