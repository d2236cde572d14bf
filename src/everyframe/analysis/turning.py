"""The perceptual hash of a picture in each of its eight orientations.

Copies are turned and mirrored, on purpose or by programs that drop the note of how a picture lies. The hash of such a copy
says nothing of the hash of the picture; so the picture is hashed as if it lay in each of the eight ways.
"""

from typing import Final

import numpy as np

from everyframe.analysis.perceptual import bits_of, pdq
from everyframe.analysis.pixels import HASH_SIDE, Raster, sample, upright

__all__ = ["INVERSE", "ORIENTATIONS", "after", "hash_turned"]

#: What is done to a picture, by the number that EXIF gives it; 1 is nothing.
ORIENTATIONS: Final = (
    "as it is",
    "mirrored left to right",
    "turned by 180 degrees",
    "mirrored top to bottom",
    "mirrored along the main diagonal",
    "turned by 90 degrees clockwise",
    "mirrored along the other diagonal",
    "turned by 90 degrees anticlockwise",
)
_NUMBERS: Final = range(1, len(ORIENTATIONS) + 1)
#: Side below which pixels are turned and hashed: PDQ repeats rows of such pictures, so that many bits are on the border.
_SMALL: Final = 64
#: The orientation that undoes each one.
INVERSE: Final = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}
#: Of each orientation: whether rows run backwards, whether columns do, and whether both are exchanged after that.
_WAYS: Final = (
    (0, 0, 0), (0, 1, 0), (1, 1, 0), (1, 0, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1),
)  # fmt: skip


def after(first: int, second: int) -> int:
    """Give the orientation that two of them make, one after the other."""
    rows, columns, exchanged = _WAYS[first - 1]
    more_rows, more_columns, more = _WAYS[second - 1]
    if exchanged:
        more_rows, more_columns = more_columns, more_rows
    return 1 + _WAYS.index((rows ^ more_rows, columns ^ more_columns, exchanged ^ more))


def hash_turned(raster: Raster, orientation: int) -> tuple[bytes, bytes]:
    """Give hashes (8 x 32 bytes) and qualities (8 bytes) of the upright picture in the order of ``ORIENTATIONS``.

    They are those of files that were really turned, but for a bit now and then (rounding), and for very large pictures, of which
    only the reduced samples are left. The raster is as stored; ``orientation`` is how the file says that it lies.
    """
    pixels = raster.view if raster.whole else raster.hashed
    if min(pixels.shape[:2]) < _SMALL:
        lying = [pdq(sample(upright(pixels, after(orientation, number)))) for number in _NUMBERS]
        return b"".join(value for value, _ in lying), bytes(quality for _, quality in lying)
    from everyframe.analysis._turned import turned_coefficients  # heavy: only processes that hash load it

    found, quality = turned_coefficients(pixels, HASH_SIDE)
    order = [_place(after(orientation, number)) for number in _NUMBERS]
    return b"".join(bits_of(found[at]) for at in order), np.asarray(quality[order], np.uint8).tobytes()


def _place(orientation: int) -> int:
    rows, columns, exchanged = _WAYS[orientation - 1]
    return 4 * exchanged + 2 * rows + columns
