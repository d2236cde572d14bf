"""Matching a picture that was turned or mirrored: the nearest of its eight orientations counts."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from everyframe.analysis.perceptual import HASH_BYTES
from everyframe.analysis.turning import ORIENTATIONS
from everyframe.known._kernel import Ints
from everyframe.known.nearest import MATCH_RADIUS, NearestIndex, matchable

__all__ = ["OrientedHits", "search_oriented"]


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


def search_oriented(
    index: NearestIndex, hashes: NDArray[np.uint8], quality: NDArray[Any], radius: int = MATCH_RADIUS
) -> OrientedHits:
    """Give every row within ``radius`` bits of a picture in any of its orientations, once, and in which.

    Args:
        index: to search.
        hashes: (Q, 8, 32), as ``analysis.turning.hash_turned`` gives for each picture.
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
