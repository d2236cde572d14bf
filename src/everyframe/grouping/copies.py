"""Pictures as stacks see them: which copy is the best, and which exposure each comes from."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from everyframe.known._kernel import Ints
from everyframe.known.nearest import matchable

__all__ = ["NO_ORIGIN", "Pictures", "best_first", "origins"]

NO_ORIGIN = -1


@dataclass(frozen=True, slots=True)
class Pictures:
    """Hold what stacks need to know of N different contents, in any order.

    Args:
        hashes: (N, 8, 32) uint8, PDQ of the upright picture in each of its orientations, as EXIF numbers them; the first is
            that of the picture as it is. (N, 1, 32) where turned copies need not be found.
        quality: (N,) PDQ quality of the upright picture, 0-100.
        pixels: (N,) width times height.
        has_metadata: (N,) whether camera metadata is there.
        sizes: (N,) bytes of the file.
        sha256: (N, 32) uint8, no two the same; decides what is equal otherwise.
        origin: (N,) int64, the exposure that it comes from as the file itself says, or -1 where it says nothing. Two with
            different exposures are a burst, or different pictures, and are never stacked.
    """

    hashes: NDArray[np.uint8]
    quality: NDArray[Any]
    pixels: NDArray[Any]
    has_metadata: NDArray[np.bool_]
    sizes: NDArray[Any]
    sha256: NDArray[np.uint8]
    origin: Ints

    def __len__(self) -> int:
        return len(self.hashes)

    @property
    def stackable(self) -> NDArray[np.bool_]:
        """Say which are not too plain to be stacked."""
        return matchable(self.quality)


def best_first(pictures: Pictures) -> Ints:
    """Give the pictures (N,) with the best copy first; the order in which they came makes no difference.

    Those whose exposure is known come first: a copy made larger afterwards is no better than the camera's own file. Then
    more pixels; then metadata; then more bytes a pixel, which is less recompressed; then the smaller SHA-256.
    """
    ties = np.ascontiguousarray(pictures.sha256).view(">u8").astype(np.uint64)
    density = pictures.sizes / np.maximum(pictures.pixels, 1)
    keys = (-density, ~pictures.has_metadata.astype(bool), -pictures.pixels.astype(np.int64), pictures.origin < 0)
    order: Ints = np.lexsort((ties[:, 3], ties[:, 2], ties[:, 1], ties[:, 0], *keys))
    return order


def origins(exposures: Sequence[Hashable | None]) -> Ints:
    """Number exposures (N,): equal ones alike, None as -1.

    An exposure is what tells one release of the shutter from the next, and what copies keep as a whole: body serial and
    model, with the original time as recorded, its fraction included. Give None where no original time is recorded. Two
    pictures of one exposure may be stacked, and need not be: two of one second, where no fraction is recorded, then fold as
    their hashes say. A copy that kept a part of it only counts as another exposure, and stands apart.
    """
    numbers: dict[Hashable, int] = {}
    found = (NO_ORIGIN if each is None else numbers.setdefault(each, len(numbers)) for each in exposures)
    return np.fromiter(found, dtype=np.int64, count=len(exposures))
