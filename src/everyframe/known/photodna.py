"""PhotoDNA values compared. They come from the sets and case files of others; none is ever computed from pixels here.

How two values are compared, and from which distance on a person should look, is not public. So the distance can be exchanged,
and the threshold is the agency's: there is no default for it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from everyframe.errors import UsageError
from everyframe.known.entry import ALGORITHMS
from everyframe.known.sets import KnownSet
from everyframe.known.sorting import Bytes2D

__all__ = ["DISTANCES", "Distance", "PhotoDnaHit", "SquaredEuclid", "find_distance", "search_photodna"]

LENGTH: Final = ALGORITHMS["photodna"]
#: Values compared at once.
BLOCK: Final = 1 << 14
QUERIES: Final = 256
Distances = NDArray[np.int64]


class Distance(Protocol):
    """Compare PhotoDNA values.

    A distance MUST be 0 between equal values, the same both ways, and never negative. It MUST depend on the two values alone.
    """

    NAME: ClassVar[str]
    DESCRIPTION: ClassVar[str]

    def between(self, queries: Bytes2D, values: Bytes2D) -> Distances:
        """Give the distances (Q, V) between queries (Q, 144) and values (V, 144)."""


class SquaredEuclid:
    """Add the squares of the differences of the 144 bytes: from 0 to 9,363,600."""

    NAME: ClassVar = "squared-euclid"
    DESCRIPTION: ClassVar = "sum of the squared differences of the 144 bytes"

    def between(self, queries: Bytes2D, values: Bytes2D) -> Distances:
        """Compute |q|² + |v|² - 2 q·v; every number in it is a whole one below 2**24, which 32-bit floats hold exactly."""
        one, other = queries.astype(np.float32), values.astype(np.float32)
        products = (one @ other.T).astype(np.int64)
        return _squares(queries)[:, None] + _squares(values)[None, :] - 2 * products


#: Every distance that can be asked for; the first is the one that others use, by a source that is not official.
DISTANCES: Final[tuple[Distance, ...]] = (SquaredEuclid(),)


@dataclass(frozen=True, slots=True)
class PhotoDnaHit:
    """Hold one entry of one set within the threshold of a value; ``query`` is the number of the value asked for."""

    query: int
    set_id: str
    version: str
    kind: str
    scheme: str
    category: str
    row: int
    distance: int


def find_distance(name: str) -> Distance:
    """Give the distance with a name.

    Raises:
        UsageError: there is none.
    """
    for distance in DISTANCES:
        if name == distance.NAME:
            return distance
    raise UsageError(f"no distance {name!r}; there are {', '.join(d.NAME for d in DISTANCES)}")


def search_photodna(
    sets: Sequence[KnownSet], values: Bytes2D, *, threshold: int, distance: Distance = DISTANCES[0]
) -> Iterator[PhotoDnaHit]:
    """Give every entry of every set whose value is within the threshold, each value compared with each; none is left out.

    Holds a bounded part of the sets at a time. The hits come set by set, in the order of the set's table.

    Args:
        sets: the open sets; one without PhotoDNA values gives nothing.
        values: (Q, 144) uint8, as another tool wrote them.
        threshold: the largest distance of a hit, as the agency says.
        distance: how values are compared.

    Raises:
        UsageError: the values are not 144 bytes a row, or the threshold is negative.
    """
    if values.dtype != np.uint8 or values.ndim != 2 or values.shape[1] != LENGTH:  # noqa: PLR2004 - rows and bytes
        raise UsageError(f"PhotoDNA values are an array of {LENGTH} bytes a row, not {values.shape}")
    if threshold < 0:
        raise UsageError(f"a threshold is a distance of 0 or more, not {threshold}")
    for known in sets:
        yield from _search(known, values, threshold, distance)


def _search(known: KnownSet, values: Bytes2D, threshold: int, distance: Distance) -> Iterator[PhotoDnaHit]:
    table, info = known.tables.get("photodna"), known.info
    if table is None:
        return
    for at in range(0, table.rows, BLOCK):
        block, rows = table.digests(at, at + BLOCK), table.row_numbers[at : at + BLOCK]
        for first in range(0, len(values), QUERIES):
            found = distance.between(values[first : first + QUERIES], block)
            for query, spot in np.argwhere(found <= threshold).tolist():
                row = int(rows[spot])
                yield PhotoDnaHit(
                    first + query, info.id, info.version, info.kind, info.scheme, known.rows.category(row), row,
                    int(found[query, spot]),
                )  # fmt: skip


def _squares(values: Bytes2D) -> Distances:
    wide = values.astype(np.int64)
    squares: Distances = (wide * wide).sum(axis=1)
    return squares
