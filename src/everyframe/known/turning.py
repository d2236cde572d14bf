"""Turned hashes: the perceptual hash of a picture in each of the eight orientations, from its preview.

The hash as stored, and that of the upright picture, are those of the original; the others are computed of the preview (at
most 1,280 pixels a side), really turned. ``docs/matching.md`` says how far those are from hashes of files really turned.
"""

import ctypes
import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Final

import numpy as np

from everyframe.analysis.perceptual import HASH_BYTES
from everyframe.analysis.rendition_pixels import decode_rendition
from everyframe.errors import VerificationError
from everyframe.known.nearest_orientation import ORIENTATIONS, orientations
from everyframe.store.case import Case
from everyframe.store.match_queries import Unturned

__all__ = ["INVERSE", "Turner", "turned", "turners"]

#: The orientation that undoes each one.
INVERSE: Final = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}
_SHARE: Final = 8
_DIE_WITH_PARENT: Final = 1
Row = tuple[int, bytes, bytes]
Asked = tuple[Unturned, bytes]


def turned(item: Unturned, preview: bytes) -> Row:
    """Give id, hashes (8 x 32 bytes) and qualities (8 bytes) of one picture; without its preview only what is stored."""
    hashes = np.zeros((len(ORIENTATIONS), HASH_BYTES), dtype=np.uint8)
    quality = np.zeros(len(ORIENTATIONS), dtype=np.uint8)
    if preview:
        hashes, quality = (each.copy() for each in orientations(decode_rendition(preview)))
    if item.upright_pdq is not None:
        hashes[0], quality[0] = np.frombuffer(item.upright_pdq, np.uint8), item.upright_quality or 0
    stored = INVERSE.get(item.orientation, 1) - 1
    hashes[stored], quality[stored] = np.frombuffer(item.pdq, np.uint8), item.quality
    return item.media_id, hashes.tobytes(), quality.tobytes()


def _turned_all(asked: Sequence[Asked]) -> list[Row]:
    return [turned(item, preview) for item, preview in asked]


class Turner:
    """Compute turned hashes in processes of their own.

    Args:
        case: whose previews are read.
        pool: the processes.
    """

    def __init__(self, case: Case, pool: ProcessPoolExecutor) -> None:
        self._case, self._pool = case, pool
        self.missing = 0

    def rows(self, items: Sequence[Unturned]) -> list[Row]:
        """Give the rows of some pictures, in their order; ``missing`` counts those whose preview cannot be read."""
        asked = [(item, self._preview(item)) for item in items]
        shares = [asked[at : at + _SHARE] for at in range(0, len(asked), _SHARE)]
        return [row for rows in self._pool.map(_turned_all, shares) for row in rows]

    def _preview(self, item: Unturned) -> bytes:
        try:
            if item.place is not None:
                return self._case.previews.read(item.place)
        except VerificationError:
            pass
        self.missing += 1
        return b""


@contextmanager
def turners(case: Case, workers: int = 0) -> Iterator[Turner]:
    """Start so many processes (one a CPU when 0); they end with the block, and with this process however it ends."""
    count = workers or len(os.sched_getaffinity(0))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, context, initializer=_begin) as pool:
        yield Turner(case, pool)


def _begin() -> None:
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
