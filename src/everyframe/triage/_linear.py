"""Compiled loops of the linear model: one that fits it to decisions, one that scores every row.

A row is its traits (signed bytes, brought to zero mean and unit variance, over the root of their number) and a few codes,
each of which stands for a feature of value ``root``. Nothing here holds the interpreter's lock.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

__all__ = ["descend", "points", "score", "spread"]

_Function = TypeVar("_Function", bound=Callable[..., Any])


def _compiled(function: _Function) -> _Function:
    return cast("_Function", numba.njit(nogil=True, cache=True, fastmath=True)(function))


@_compiled
def descend(
    dense: Any,  # noqa: ANN401 - (n, D) float32
    codes: Any,  # noqa: ANN401 - (n, C) int32, -1 for none
    root: Any,  # noqa: ANN401 - (C,) float32
    wanted: Any,  # noqa: ANN401 - (n,) float32, 1 or -1
    cost: Any,  # noqa: ANN401 - (n,) float32
    alpha: Any,  # noqa: ANN401 - (n,) float32, changed in place
    w: Any,  # noqa: ANN401 - (D,) float32, changed in place
    u: Any,  # noqa: ANN401 - (all codes,) float32, changed in place
    order: Any,  # noqa: ANN401 - (steps,) int64, rows in the order they are visited
) -> None:
    """Descend by dual coordinates on the L2-loss support vector machine (Hsieh et al. 2008, algorithm 1)."""
    dims, columns = dense.shape[1], codes.shape[1]
    for step in range(len(order)):
        i = order[step]
        margin = numba.float32(0)
        square = numba.float32(0)
        for d in range(dims):
            value = dense[i, d]
            margin += w[d] * value
            square += value * value
        for c in range(columns):
            if codes[i, c] >= 0:
                margin += root[c] * u[codes[i, c]]
                square += root[c] * root[c]
        ridge = numba.float32(0.5) / cost[i]
        gradient = wanted[i] * margin - numba.float32(1) + ridge * alpha[i]
        before = alpha[i]
        after = max(before - gradient / (square + ridge), numba.float32(0))
        change = (after - before) * wanted[i]
        if change != 0:
            alpha[i] = after
            for d in range(dims):
                w[d] += change * dense[i, d]
            for c in range(columns):
                if codes[i, c] >= 0:
                    u[codes[i, c]] += change * root[c]


@_compiled
def score(
    traits: Any,  # noqa: ANN401 - (any, D) int8
    at: Any,  # noqa: ANN401 - (m,) int64, where the traits of each row are; -1 for none
    codes: Any,  # noqa: ANN401 - (N, C) int32
    rows: Any,  # noqa: ANN401 - (m,) int64
    v: Any,  # noqa: ANN401 - (D,) float32
    shift: Any,  # noqa: ANN401 - float32
    u: Any,  # noqa: ANN401 - (all codes,) float32, times root already
    pictures: Any,  # noqa: ANN401 - (m,) float32, filled: the part that traits have in the score
    out: Any,  # noqa: ANN401 - (m,) float32, filled
) -> None:
    """Score rows: the traits' part, and the whole."""
    dims, columns = traits.shape[1], codes.shape[1]
    for k in range(len(rows)):
        total = numba.float32(0)
        if at[k] >= 0:
            row = traits[at[k]]
            for d in range(dims):
                total += v[d] * numba.float32(row[d])
            total += shift
        pictures[k] = total
        for c in range(columns):
            code = codes[rows[k], c]
            if code >= 0:
                total += u[code]
        out[k] = total


@_compiled
def points(
    codes: Any,  # noqa: ANN401 - (N, C) int32, -1 for none
    rows: Any,  # noqa: ANN401 - (m,) int64
    each: Any,  # noqa: ANN401 - (all codes,) float32
    out: Any,  # noqa: ANN401 - (m,) float32, added to
) -> None:
    """Add to each row the points that its codes have."""
    for k in range(len(rows)):
        total = numba.float32(0)
        for c in range(codes.shape[1]):
            code = codes[rows[k], c]
            if code >= 0:
                total += each[code]
        out[k] += total


@_compiled
def spread(
    traits: Any,  # noqa: ANN401 - (any, D) int8
    at: Any,  # noqa: ANN401 - (m,) int64, where the traits of each row are; -1 for none
    mean: Any,  # noqa: ANN401 - (D,) float32
    scale: Any,  # noqa: ANN401 - (D,) float32
    out: Any,  # noqa: ANN401 - (m, D) float32, filled; zeros where there are no traits
) -> None:
    """Bring the traits of rows to zero mean and unit variance."""
    for k in range(len(at)):
        for d in range(traits.shape[1]):
            out[k, d] = (numba.float32(traits[at[k], d]) - mean[d]) * scale[d] if at[k] >= 0 else numba.float32(0)
