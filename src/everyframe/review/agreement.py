"""How far people agree, beyond what chance would give.

Cohen's kappa for two people (J. Cohen, A coefficient of agreement for nominal scales, 1960), Fleiss' kappa for any fixed number
(J. L. Fleiss, Measuring nominal scale agreement among many raters, 1971).
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from everyframe.store.opinions import Opinion

__all__ = ["Agreement", "PairAgreement", "cohen", "fleiss", "fleiss_by_number", "pairs"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Hold how two people agreed.

    Args:
        items: that both gave an opinion on.
        agreed: on which they said the same.
        kappa: None when it is not defined: there are none, or both always said one and the same.
    """

    items: int
    agreed: int
    kappa: float | None


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Hold how two people, by name, agreed."""

    first: str
    second: str
    agreement: Agreement


def cohen(ratings: Sequence[tuple[Hashable, Hashable]]) -> Agreement:
    """Compute Cohen's kappa from what two people said of each item."""
    n = len(ratings)
    agreed = sum(a == b for a, b in ratings)
    one, other = Counter(a for a, _ in ratings), Counter(b for _, b in ratings)
    by_chance = sum(one[k] * other[k] for k in one)  # over n²
    if n == 0 or by_chance == n * n:
        return Agreement(n, agreed, None)
    return Agreement(n, agreed, (agreed * n - by_chance) / (n * n - by_chance))


def fleiss(table: Sequence[Sequence[int]]) -> float | None:
    """Compute Fleiss' kappa.

    Args:
        table: a row an item, a column a category: how many people said so. Every row has the same sum, at least 2.

    Raises:
        ValueError: the rows have different sums, or fewer than 2.
    """
    if not table:
        return None
    raters = sum(table[0])
    if raters < 2 or any(sum(row) != raters for row in table):  # noqa: PLR2004 - one person cannot agree
        raise ValueError("every item needs the same number of opinions, at least 2")
    items = len(table)
    observed = sum(sum(k * k for k in row) - raters for row in table) / (items * raters * (raters - 1))
    shares = [sum(column) / (items * raters) for column in zip(*table, strict=True)]
    expected = sum(share * share for share in shares)
    return None if expected == 1 else (observed - expected) / (1 - expected)


def pairs(rated: Iterable[Sequence[Opinion]]) -> list[PairAgreement]:
    """Compute Cohen's kappa for every two people who gave an opinion on the same."""
    said: dict[tuple[str, str], list[tuple[Hashable, Hashable]]] = defaultdict(list)
    for opinions in rated:
        for a, b in combinations(sorted(opinions, key=lambda one: one.actor), 2):
            if a.actor != b.actor:
                said[a.actor, b.actor].append(((a.scheme, a.code), (b.scheme, b.code)))
    return [PairAgreement(*names, cohen(ratings)) for names, ratings in sorted(said.items())]


def fleiss_by_number(rated: Iterable[Sequence[Opinion]]) -> dict[int, tuple[int, float | None]]:
    """Compute Fleiss' kappa for the items with 2 opinions, with 3, and so on: number → (items, kappa)."""
    groups: dict[int, list[Counter[Hashable]]] = defaultdict(list)
    for opinions in rated:
        groups[len(opinions)].append(Counter((one.scheme, one.code) for one in opinions))
    found = {}
    for number, items in sorted(groups.items()):
        if number > 1:
            categories = sorted({c for item in items for c in item}, key=str)
            found[number] = (len(items), fleiss([[item[c] for c in categories] for item in items]))
    return found
