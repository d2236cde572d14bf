"""Matching a picture that was turned or mirrored: its pixels are, and each of the eight is hashed.

Turning the hash instead is quicker and misses: on files that were really turned it is off by 10 to 100 bits.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from everyframe.analysis.perceptual import HASH_BYTES, pdq
from everyframe.analysis.pixels import Pixels, sample, upright
from everyframe.known._kernel import Ints
from everyframe.known.nearest import MATCH_RADIUS, NearestIndex, matchable

__all__ = ["ORIENTATIONS", "OrientedHits", "orientations", "search_oriented"]

#: What was done to the query, by the number that EXIF gives it; 1 is nothing.
ORIENTATIONS = (
    "as it is",
    "mirrored left to right",
    "turned by 180 degrees",
    "mirrored top to bottom",
    "mirrored along the main diagonal",
    "turned by 90 degrees clockwise",
    "mirrored along the other diagonal",
    "turned by 90 degrees anticlockwise",
)


class OrientedHits(NamedTuple):
    """Hold what was found in any orientation, in the order of query, row.

    Args:
        query: (H,) int64, the place of the query.
        row: (H,) int64, of the index.
        distance: (H,) int64, bits, in the orientation that comes closest.
        orientation: (H,) int64, that orientation, 1-8 as in ``ORIENTATIONS``; the first where several come as close.
    """

    query: Ints
    row: Ints
    distance: Ints
    orientation: Ints


def orientations(pixels: Pixels) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Hash a picture in its eight orientations: hashes (8, 32) and qualities (8,).

    The picture is brought to at most 512 a side first, as PDQ does; so the first hash is the picture's own.
    """
    small = sample(pixels)
    hashed = [pdq(upright(small, number)) for number in range(1, len(ORIENTATIONS) + 1)]
    values = np.frombuffer(b"".join(value for value, _ in hashed), dtype=np.uint8)
    return values.reshape(-1, HASH_BYTES), np.array([quality for _, quality in hashed], dtype=np.uint8)


def search_oriented(
    index: NearestIndex, hashes: NDArray[np.uint8], quality: NDArray[Any], radius: int = MATCH_RADIUS
) -> OrientedHits:
    """Give every row within ``radius`` bits of a picture in any of its orientations, once, and in which.

    Args:
        index: to search.
        hashes: (Q, 8, 32), as ``orientations`` gives for each picture.
        quality: (Q, 8); hashes that are too plain to match are not asked for.
        radius: bits.
    """
    asked = np.flatnonzero(matchable(quality).reshape(-1))
    hits = index.search(hashes.reshape(-1, HASH_BYTES)[asked], radius)
    query, turn = np.divmod(asked[hits.query], len(ORIENTATIONS))
    order = np.lexsort((turn, hits.distance, hits.row, query))
    query, row = query[order], hits.row[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(query) != 0) | (np.diff(row) != 0)
    return OrientedHits(query[first], row[first], hits.distance[order][first], turn[order][first] + 1)
