"""What people decided about stacks: pairs kept together, pairs kept apart. Both outweigh every measurement."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeAlias

from everyframe.known._kernel import Ints

__all__ = ["Arrangement", "Pair", "Pairs"]

Pair: TypeAlias = tuple[int, int]
Pairs: TypeAlias = Iterable[Pair]


class Arrangement:
    """Rearrange folded stacks as people decided.

    Pictures kept together form blocks, which move as one. A pair kept apart is never in one block: where pairs kept together
    would lead to it, the pair that closes the way is left out and listed in ``contradictions``.

    Args:
        owner: (N,) the representative of each; changed in place.
        rank: (N,) place of each in the order of the best copy.
        together: pairs kept together.
        apart: pairs kept apart.
    """

    def __init__(self, owner: Ints, rank: Ints, together: Pairs, apart: Pairs) -> None:
        self.owner, self.rank = owner, rank
        self.moved: set[int] = set()
        self.contradictions: list[Pair] = []
        self._apart = self._in_order(apart)
        self._blocks: dict[int, frozenset[int]] = {}
        for pair in self._in_order(together):
            self._join(*pair)
        self._stacks: dict[int, set[int]] = defaultdict(set)
        for item, head in enumerate(owner.tolist()):
            self._stacks[head].add(item)

    def _in_order(self, pairs: Pairs) -> list[Pair]:
        """Put pairs in an order that does not depend on how the pictures are numbered."""
        rank = self.rank
        sided = {(one, other) if rank[one] < rank[other] else (other, one) for one, other in pairs if one != other}
        return sorted(sided, key=lambda pair: (rank[pair[0]], rank[pair[1]]))

    def _block(self, item: int) -> frozenset[int]:
        return self._blocks.get(item, frozenset((item,)))

    def _join(self, one: int, other: int) -> None:
        block = self._block(one) | self._block(other)
        if any(a in block and b in block for a, b in self._apart):
            self.contradictions.append((one, other))
            return
        self._blocks.update(dict.fromkeys(block, block))

    def apply(self) -> None:
        """Merge the stacks of each block, then take apart what must not stand together."""
        for block in sorted(set(self._blocks.values()), key=self._best_rank):
            heads = {int(self.owner[item]) for item in block}
            if len(heads) > 1:
                self._merge(heads)
        for one, other in self._apart:
            if self.owner[one] == self.owner[other]:
                self._leave(self._leaver(one, other))

    def _best_rank(self, items: Iterable[int]) -> int:
        return min(int(self.rank[item]) for item in items)

    def _merge(self, heads: set[int]) -> None:
        best = min(heads, key=lambda head: int(self.rank[head]))
        for head in heads - {best}:
            members = self._stacks.pop(head)
            self._place(members, best)
            self._stacks[best] |= members

    def _leaver(self, one: int, other: int) -> frozenset[int]:
        """Choose the block that leaves: never that of the representative, otherwise the one without the better copy."""
        first, second = self._block(one), self._block(other)
        if int(self.owner[one]) in second:
            return first
        if int(self.owner[one]) in first or self._best_rank(first) < self._best_rank(second):
            return second
        return first

    def _leave(self, block: frozenset[int]) -> None:
        self._stacks[int(self.owner[next(iter(block))])] -= block
        best = min(block, key=lambda item: int(self.rank[item]))
        self._place(block, best)
        self._stacks[best] = set(block)

    def _place(self, items: Iterable[int], head: int) -> None:
        for item in items:
            self.owner[item] = head
            self.moved.add(item)
