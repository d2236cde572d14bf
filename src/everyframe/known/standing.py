"""How the sets of the agency stand to a case: which it was matched against, which are new, changed or gone."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from everyframe.errors import UsageError
from everyframe.known.info import SetInfo, read_info
from everyframe.known.matching import FACTS
from everyframe.known.sets import set_folders
from everyframe.store import known_facts, match_queries
from everyframe.store.case import Case
from everyframe.store.known_facts import CaseSet

__all__ = ["SetStanding", "set_standings"]


@dataclass(frozen=True, slots=True)
class SetStanding:
    """Hold one set.

    Args:
        ident: its id.
        state: ``current``; ``behind``: some contents were not looked up yet; ``new``: never matched; ``changed``: imported
            anew since; ``gone``: no longer installed; ``damaged``: its facts cannot be read.
        info: of the set as it is installed; None when it is not.
        entered: the set as the case knows it; None when it does not.
        exact: contents that the case knows by it.
        near: contents near to it.
        behind: contents not looked up by digest yet.
    """

    ident: str
    state: str
    info: SetInfo | None
    entered: CaseSet | None
    exact: int = 0
    near: int = 0
    behind: int = 0

    @property
    def waits(self) -> bool:
        """Tell whether matching again would change anything."""
        return self.state in ("behind", "new", "changed", "gone")


def set_standings(case: Case, home: Path) -> list[SetStanding]:
    """Give every set that is installed or was matched against, by id."""
    installed = {folder.name: _info(folder) for folder in set_folders(home)}
    with case.database.read() as connection:
        entered = {s.ident: s for s in known_facts.read_sets(connection)}
        counted = {c["id"]: c for c in known_facts.counts(connection)}
        last = match_queries.last_media(connection)
        same = {
            ident: known_facts.as_entered(connection, ident, {name: getattr(info, name) for name in FACTS})
            for ident, info in installed.items()
            if info is not None
        }
    found = []
    for ident in sorted({*installed, *entered}):
        own, hits = entered.get(ident), counted.get(ident, {})
        state = _state(installed, own, ident, last, same=same.get(ident, False))
        behind = max(0, last - own.exact_to) if own else last
        numbers: tuple[Any, ...] = (hits.get("exact", 0), hits.get("near", 0), behind)
        found.append(SetStanding(ident, state, installed.get(ident), own, *numbers))
    return found


def _info(folder: Path) -> SetInfo | None:
    try:
        return read_info(folder)
    except UsageError:
        return None


def _state(installed: dict[str, SetInfo | None], own: CaseSet | None, ident: str, last: int, *, same: bool) -> str:
    if ident not in installed:
        return "gone"
    if installed[ident] is None:
        return "damaged"
    if own is None:
        return "new"
    if not same:
        return "changed"
    return "behind" if min(own.exact_to, own.near_to) < last else "current"
