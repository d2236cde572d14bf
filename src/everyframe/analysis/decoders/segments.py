"""The strips or tiles of a TIFF page, decoded one by one where they cannot be decoded together."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from everyframe.analysis.failures import DECODING, words

__all__ = ["readable_segments"]


def readable_segments(page: Any, file: Any) -> tuple[NDArray[Any], str]:  # noqa: ANN401 - tifffile's own objects
    """Give a page's samples, those of broken strips or tiles as zeros, and in words what is broken."""
    try:
        return np.asarray(page.asarray(maxworkers=1)), ""
    except DECODING as error:
        reason = words(error)
    whole = np.zeros(page.shaped, page.dtype)
    broken = 0
    for index, (offset, length) in enumerate(zip(page.dataoffsets, page.databytecounts, strict=False)):
        try:
            file.seek(offset)
            _place(whole, page.decode(file.read(length), index, jpegtables=page.jpegtables))
        except DECODING:
            broken += 1
    if broken == len(page.dataoffsets):
        raise ValueError(reason)
    return whole.reshape(page.shape), f"{broken} of {len(page.dataoffsets)} strips or tiles: {reason}"


def _place(whole: NDArray[Any], decoded: tuple[Any, tuple[int, ...], tuple[int, ...]]) -> None:
    """Put a decoded strip or tile where it belongs, cut to what lies inside the page."""
    segment, (s, d, h, w, _), (depth, length, width, samples) = decoded
    if segment is None:
        return
    depth, length = min(depth, whole.shape[1] - d), min(length, whole.shape[2] - h)
    width = min(width, whole.shape[3] - w)
    whole[s, d : d + depth, h : h + length, w : w + width] = segment[:depth, :length, :width, :samples]
