"""Exact look-up of many contents in one set: which rows say something of each, under which category."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from everyframe.known.entry import EXACT
from everyframe.known.sets import KnownSet, KnownSets
from everyframe.known.trivial import trivial_mask
from everyframe.store.known_facts import HitRow
from everyframe.store.match_queries import DigestBatch

__all__ = ["exact_hits"]

#: From the strongest to the weakest.
STRENGTH: Final = ("sha256", "sha1", "md5")
_ROW_BITS: Final = np.uint64(32)
Keys = NDArray[np.uint64]


def exact_hits(known: KnownSet, batch: DigestBatch) -> list[HitRow]:
    """Give what a set says of contents, one entry for each content and category.

    A digest that every row of the set has must agree: a content whose MD5 is that of a row and whose SHA-256 is not is
    another content, made to look like it. Such a hit is kept as a fact, and marked.
    """
    found = {a: _found(known, a, batch) for a in STRENGTH if a in known.tables}
    if not any(len(keys) for keys in found.values()):
        return []
    keys = np.unique(np.concatenate(list(found.values())))
    complete = [a for a in found if known.info.algorithms.get(a) == known.info.rows]
    agrees = np.ones(len(keys), dtype=bool)
    for each in complete:
        agrees &= np.isin(keys, found[each])
    strength = np.full(len(keys), len(STRENGTH))
    for place, algorithm in reversed(list(enumerate(STRENGTH))):
        if algorithm in found:
            strength[np.isin(keys, found[algorithm])] = place
    return _by_category(known, batch, keys, agrees, strength)


def _found(known: KnownSet, algorithm: str, batch: DigestBatch) -> Keys:
    """Give the hits of one algorithm, each as query << 32 | row; nothing for trivial contents, whatever names them."""
    asked = batch.digests[algorithm]
    never = np.zeros(len(asked), dtype=bool)
    for each in EXACT:
        never |= trivial_mask(each, batch.digests[each])
    (hits,) = KnownSets([known]).lookup(algorithm, asked).sets
    kept = ~never[hits.queries]
    keys: Keys = (hits.queries[kept].astype(np.uint64) << _ROW_BITS) | hits.rows[kept].astype(np.uint64)
    return keys


def _by_category(
    known: KnownSet, batch: DigestBatch, keys: Keys, agrees: NDArray[np.bool_], strength: NDArray[np.int64]
) -> list[HitRow]:
    query, row = (keys >> _ROW_BITS).astype(np.int64), (keys & np.uint64(0xFFFFFFFF)).astype(np.int64)
    code = known.rows.categories[row]
    order = np.lexsort((row, strength, ~agrees, code, query))
    query, row, code, agrees, strength = query[order], row[order], code[order], agrees[order], strength[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(query) != 0) | (np.diff(code.astype(np.int64)) != 0)
    starts = np.flatnonzero(first)
    sizes = np.diff(np.append(starts, len(order)))
    return [
        HitRow(
            int(batch.ids[query[at]]), "exact", known.rows.codes[int(code[at])], STRENGTH[int(strength[at])],
            int(row[at]), int(size), agrees=bool(agrees[at]),
        )
        for at, size in zip(starts.tolist(), sizes.tolist(), strict=True)
    ]  # fmt: skip
