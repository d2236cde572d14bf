"""Exact one-sided upper bounds on what a random sample leaves open; ``docs/assurance.md`` derives them.

No normal approximation, no prior: the tail of the distribution itself is summed, in logarithms.
"""

import math
from collections.abc import Callable
from typing import Final

__all__ = ["binomial_tail", "clopper_pearson_upper", "hypergeometric_tail", "hypergeometric_upper", "sample_needed"]

_STEPS: Final = 200


def binomial_tail(found: int, drawn: int, share: float) -> float:
    """Give the probability of at most ``found`` in ``drawn`` independent draws of probability ``share``."""
    if share <= 0 or found >= drawn:
        return 1.0
    if share >= 1:
        return 0.0
    one, other = math.log(share), math.log1p(-share)
    return _sum(found, lambda j: _choose(drawn, j) + j * one + (drawn - j) * other)


def clopper_pearson_upper(found: int, drawn: int, confidence: float) -> float:
    """Give the largest share that does not make so few a surprise (Clopper and Pearson 1934, upper limit, one-sided).

    Args:
        found: relevant ones among those drawn.
        drawn: independent draws; with none, the bound is 1.
        confidence: between 0 and 1.
    """
    _check(found, drawn, confidence)
    if found >= drawn:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if binomial_tail(found, drawn, middle) > 1 - confidence:
            low = middle
        else:
            high = middle
    return high


def hypergeometric_tail(found: int, drawn: int, population: int, relevant: int) -> float:
    """Give the probability of at most ``found`` relevant among ``drawn`` of ``population`` that holds ``relevant``."""
    least, most = max(0, drawn - (population - relevant)), min(drawn, relevant)
    if found >= most:
        return 1.0
    if found < least:
        return 0.0
    whole = _choose(population, drawn)
    return _sum(found, lambda j: _choose(relevant, j) + _choose(population - relevant, drawn - j) - whole, first=least)


def hypergeometric_upper(found: int, drawn: int, population: int, confidence: float) -> int:
    """Give the largest number of relevant ones in a population that does not make so few in the sample a surprise.

    The sample is drawn without putting back; the bound is exact for it (Buonaccorsi 1987; Wright 1991).

    Args:
        found: relevant ones among those drawn.
        drawn: different members drawn at random.
        population: members there are.
        confidence: between 0 and 1.
    """
    _check(found, drawn, confidence)
    if drawn > population:
        raise ValueError("more was drawn than there is")
    low, high = found, population - (drawn - found)
    while low < high:
        middle = (low + high + 1) // 2
        if hypergeometric_tail(found, drawn, population, middle) > 1 - confidence:
            low = middle
        else:
            high = middle - 1
    return low


def sample_needed(population: int, bound: int, confidence: float) -> int:
    """Give the smallest sample that, if nothing relevant is in it, bounds the relevant ones by ``bound``."""
    low, high = 0, population
    while low < high:
        middle = (low + high) // 2
        if hypergeometric_upper(0, middle, population, confidence) <= bound:
            high = middle
        else:
            low = middle + 1
    return low


def _choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _sum(last: int, term: Callable[[int], float], first: int = 0) -> float:
    """Add up the exponentials of terms without under- or overflow."""
    terms = [term(j) for j in range(first, last + 1)]
    top = max(terms)
    return min(1.0, math.exp(top) * math.fsum(math.exp(t - top) for t in terms))


def _check(found: int, drawn: int, confidence: float) -> None:
    if not 0 <= found <= drawn:
        raise ValueError("what was found is among what was drawn")
    if not 0 < confidence < 1:
        raise ValueError("a confidence lies between 0 and 1")
