"""Matching a case: every content looked up in every known set, in steps that are committed, so that a run goes on."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from everyframe.errors import UsageError
from everyframe.known.info import SetInfo, read_info
from everyframe.known.match_exact import exact_hits
from everyframe.known.match_near import NearSet
from everyframe.known.match_selftest import checked, plant_exact, plant_near, self_test
from everyframe.known.sets import KnownSet, set_folders
from everyframe.store import audit_log, known_facts, match_queries
from everyframe.store.case import Case
from everyframe.store.known_facts import CaseSet

__all__ = ["MatchRequest", "Matched", "match", "match_state"]

DIGESTS: Final = 50_000
PICTURES: Final = 5_000
#: Facts that tell one import of a set from another.
FACTS: Final = (
    "name", "version", "kind", "scheme", "trust", "format", "source_digest", "imported_at", "rows", "algorithms",
)  # fmt: skip
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchRequest:
    """Hold what is asked of a run.

    Args:
        home: the agency's directory, where its sets are.
        actor: who asks.
        only: ids or names of the sets to match against; all when empty.
    """

    home: Path
    actor: str
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matched:
    """Hold how a run ended.

    Args:
        sets: what each set of the case has, as ``known_facts.counts`` gives it.
        looked_up: contents that were looked up by digest in this run, once for each set.
        gone: ids of sets that are no longer installed, or were imported anew; what they said went away.
    """

    sets: list[dict[str, Any]]
    looked_up: int = 0
    gone: list[str] = field(default_factory=list)


def match_state(case: Case, home: Path) -> bool:
    """Say whether there is anything to match: a set is installed, or the case still has facts of one that was."""
    with case.database.read() as connection:
        return bool(set_folders(home) or known_facts.read_sets(connection))


def match(case: Case, request: MatchRequest, *, tell: Tell = lambda *_: None) -> Matched:
    """Match a case against known sets. The caller holds the ``intake`` seat.

    Whatever was matched before stays; new contents, new sets and sets imported anew are looked up; what a set said that
    is no longer installed goes away. Stopped at any moment, the same call goes on.

    Args:
        case: to match.
        request: against what.
        tell: given the phase, what is done of it, and what there is to do.

    Raises:
        UsageError: a set that is named does not exist, or is damaged.
        MissedMatchError: a planted hit was not found; nothing of that batch was stored.
    """
    self_test()
    return _Run(case, request, tell).run()


class _Run:
    def __init__(self, case: Case, request: MatchRequest, tell: Tell) -> None:
        self._case, self._request, self._tell = case, request, tell
        folders = {f.name: f for f in set_folders(request.home)}
        self._infos = {ident: read_info(folder) for ident, folder in folders.items()}
        self._folders = {ident: folders[ident] for ident in _chosen(self._infos, request.only)}
        self._looked_up = 0

    def run(self) -> Matched:
        gone = self._begin()
        opened = {ident: KnownSet(folder) for ident, folder in self._folders.items()}
        for ident, known in opened.items():
            self._exact(ident, known)
        for ident, known in opened.items():
            self._near(ident, known)
        return self._end(gone)

    def _begin(self) -> list[str]:
        """Enter the sets of this run, and forget those that are gone; the account follows in the same transaction."""
        with self._case.database.write() as connection:
            before = {s.ident: s.id for s in known_facts.read_sets(connection)}
            gone = known_facts.drop_sets(connection, self._infos)
            for ident in self._folders:
                info = self._infos[ident]
                entered = known_facts.put_set(connection, ident, {name: getattr(info, name) for name in FACTS})
                if ident in before and not entered.exact_to and ident not in gone:
                    gone.append(ident)
            known_facts.settle_known(connection)
            body = {"sets": {i: self._infos[i].source_digest for i in self._folders}, "gone": gone}
            audit_log.append(connection, self._request.actor, "match.start", body)
        return gone

    def _exact(self, ident: str, known: KnownSet) -> None:
        own, last = self._state(ident)
        after = own.exact_to
        if after < last:
            self._tell(f"{ident}: exact", after, last)
        while after < last:
            with self._case.database.read() as connection:
                batch = match_queries.digest_batch(connection, after, DIGESTS)
            asked, planted = plant_exact(known, batch)
            hits = checked(exact_hits(known, asked), planted, f"{ident} by digest")
            after = int(batch.ids[-1])
            with self._case.database.write() as connection:
                known_facts.add_hits(connection, own.id, hits)
                known_facts.move_on(connection, own.id, manner="exact", to=after)
            self._looked_up += len(batch.ids)
            self._tell(f"{ident}: exact", after, last)

    def _near(self, ident: str, known: KnownSet) -> None:
        own, last = self._state(ident)
        near = NearSet.open(known) if own.near_to < last else None
        after = own.near_to
        if after < last:
            self._tell(f"{ident}: nearest", after, last)
        while after < last:
            with self._case.database.read() as connection:
                batch = match_queries.turned_batch(connection, after, PICTURES)
            after = int(batch.ids[-1]) if near is not None and len(batch.ids) == PICTURES else last
            hits = []
            if near is not None:
                asked, planted = plant_near(near, batch)
                hits = checked(near.hits(asked), planted, f"{ident} by perceptual hash")
            with self._case.database.write() as connection:
                known_facts.add_hits(connection, own.id, hits)
                known_facts.move_on(connection, own.id, manner="near", to=after)
            self._tell(f"{ident}: nearest", after, last)

    def _state(self, ident: str) -> tuple[CaseSet, int]:
        with self._case.database.read() as connection:
            own = next(s for s in known_facts.read_sets(connection) if s.ident == ident)
            return own, match_queries.last_media(connection)

    def _end(self, gone: list[str]) -> Matched:
        with self._case.database.write() as connection:
            changed = known_facts.settle_known(connection)
            found = known_facts.counts(connection)
            body = {"changed": changed, "found": found, "digest": known_facts.hits_digest(connection)}
            audit_log.append(connection, self._request.actor, "match.end", body)
        return Matched(found, self._looked_up, gone)


def _chosen(infos: dict[str, SetInfo], only: tuple[str, ...]) -> list[str]:
    """Give the ids of the sets that are asked for, by id or by name."""
    for named in only:
        if not any(named in (i, info.name) for i, info in infos.items()):
            raise UsageError(f"no known set {named!r}; see: everyframe known list")
    return [i for i, info in infos.items() if not only or i in only or info.name in only]
