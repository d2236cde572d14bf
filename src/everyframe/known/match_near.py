"""Nearest look-up of many pictures in one set, in eight orientations, through an index kept beside the set."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from everyframe.errors import UsageError
from everyframe.known.nearest import MATCH_RADIUS, NearestIndex, NearestIndexError
from everyframe.known.nearest_orientation import search_oriented
from everyframe.known.rows import NO_QUALITY
from everyframe.known.sets import KnownSet
from everyframe.model.features import LEAST_QUALITY
from everyframe.store.known_facts import HitRow
from everyframe.store.match_queries import Turned

__all__ = ["FILE", "NearSet"]

#: The index of a set's perceptual hashes, in the folder of the set; built again whenever it is missing or damaged.
FILE: Final = "pdq.nearest"


@dataclass(frozen=True, slots=True)
class NearSet:
    """Hold a set that is open for nearest look-up.

    Args:
        known: the set.
        index: over the hashes that are not too plain to match.
        rows: (N,) the row of the set for each hash of the index.
    """

    known: KnownSet
    index: NearestIndex
    rows: NDArray[np.int64]

    @classmethod
    def open(cls, known: KnownSet) -> Self | None:
        """Open a set, building its index when there is none; None for a set without perceptual hashes.

        Rows whose quality the set states, and that are too plain, are left out.

        Raises:
            UsageError: the index cannot be written.
        """
        table = known.tables.get("pdq")
        if table is None:
            return None
        quality = known.rows.quality[table.row_numbers]
        fine = np.flatnonzero((quality >= LEAST_QUALITY) | (quality == NO_QUALITY))
        path = known.folder / FILE
        try:
            index = NearestIndex.open(path)
        except NearestIndexError:
            index = None
        if index is None or len(index) != len(fine):
            try:
                index = NearestIndex.build(table.digests()[fine], path)
            except OSError as error:
                raise UsageError(
                    f"{path}: the index of {known.info.id} cannot be written ({error.strerror})"
                ) from error
        return cls(known, index, table.row_numbers[fine].astype(np.int64))

    def hits(self, batch: Turned, radius: int = MATCH_RADIUS) -> list[HitRow]:
        """Give what the set has within ``radius`` bits of pictures, the nearest of each category, with their number."""
        found = search_oriented(self.index, batch.hashes, batch.quality, radius)
        row = self.rows[found.row]
        code = self.known.rows.categories[row]
        order = np.lexsort((row, found.orientation, found.distance, code, found.query))
        query, code = found.query[order], code[order]
        first = np.ones(len(order), dtype=bool)
        first[1:] = (np.diff(query) != 0) | (np.diff(code.astype(np.int64)) != 0)
        starts = np.flatnonzero(first)
        sizes = np.diff(np.append(starts, len(order)))
        return [
            HitRow(
                int(batch.ids[query[at]]), "near", self.known.rows.codes[int(code[at])], "pdq",
                int(row[order[at]]), int(size), int(found.distance[order[at]]), int(found.orientation[order[at]]),
            )
            for at, size in zip(starts.tolist(), sizes.tolist(), strict=True)
        ]  # fmt: skip
