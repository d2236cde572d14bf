"""Which operation an undo or redo concerns: the newest whose effect stands, or the newest that was taken back."""

from collections.abc import Iterable, Iterator

from everyframe.store.deciding import Step

__all__ = ["to_redo", "to_undo"]


def to_undo(newest_first: Iterable[Step]) -> Iterator[str]:
    """Give the operations that an undo may take back, the next one first."""
    for step in _alive(newest_first):
        if step.kind != "undo":
            yield step.op


def to_redo(newest_first: Iterable[Step]) -> Iterator[str]:
    """Give the undos that a redo may take back, the next one first; a new decision ends them."""
    for step in _alive(newest_first):
        if step.kind == "category":
            return
        if step.kind == "undo":
            yield step.op


def _alive(newest_first: Iterable[Step]) -> Iterator[Step]:
    """Give the operations that no later one has taken back."""
    dead: set[str] = set()
    for step in newest_first:
        if step.op not in dead:
            dead.add(step.target)
            yield step
