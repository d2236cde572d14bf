"""Going down a tree of directories: in order, not too deep, and never in a circle."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Final, TypeVar

from everyframe.model.entry import Entry
from everyframe.model.states import EntryKind
from everyframe.model.warning import Problem, WarningCode

__all__ = ["descend"]

DEEPEST: Final = 1000
Ident = TypeVar("Ident", bound=Hashable)


def descend(
    top: Ident,
    entry: Callable[[bytes, Ident], Entry],
    names: Callable[[Ident], Iterable[tuple[bytes, Ident]]],
    faults: tuple[type[Exception], ...],
) -> Iterator[Entry]:
    """List what lies below a directory, depth first; a directory itself only where it cannot be gone into.

    Args:
        top: the directory to begin with; its path is ``.``.
        entry: gives the entry of a path, with a Problem where its record cannot be read.
        names: gives names and idents in a directory.
        faults: what ``names`` raises for a damaged directory.
    """
    levels = [(b"", iter([(b"", top)]))]
    visited: set[Ident] = set()
    while levels:
        above, children = levels[-1]
        found = next(children, None)
        if found is None:
            levels.pop()
            continue
        name, ident = found
        path = above + name
        own = entry(path or b".", ident)
        if own.kind is not EntryKind.DIRECTORY or own.problem is not None:
            yield own
            continue
        words = "the directory is reached twice" if ident in visited else ""
        words = words or (f"more than {DEEPEST:,} directories deep" if len(levels) > DEEPEST else "")
        visited.add(ident)
        try:
            if not words:
                levels.append((path + b"/" if path else b"", iter(names(ident))))
        except faults as error:
            words = str(error)
        if words:
            problem = Problem(WarningCode.UNREADABLE_DIRECTORY, words)
            yield Entry(path or b".", EntryKind.DIRECTORY, problem=problem)
