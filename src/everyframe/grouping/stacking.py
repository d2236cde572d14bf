"""Stacking a case: fold its pictures, compare members with their representatives, keep what people decided."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np

from everyframe.analysis.pixels import Pixels, upright
from everyframe.analysis.rendition_pixels import decode_rendition
from everyframe.errors import UsageError, VerificationError
from everyframe.grouping.copies import Pictures, origins
from everyframe.grouping.kept import measured_or_kept
from everyframe.grouping.showing import shows_something_else
from everyframe.grouping.stacks import Stacks, fold
from everyframe.known.nearest import MATCH_RADIUS
from everyframe.model.settings import SETTINGS
from everyframe.store import audit_log, settings, stack_decisions, stacking
from everyframe.store.case import Case
from everyframe.store.stacking import Candidates, Compared, MemberRow
from everyframe.store.windows import preview_places

__all__ = ["Stacked", "radius_of", "stack_case"]

SETTING: Final = "stacks.radius"
BATCH: Final = 256
Pair = tuple[int, int]
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Stacked:
    """Hold what was folded.

    Args:
        radius: bits within which members are of their representatives.
        pictures: that could be stacked.
        stacks: with at least one member.
        members: beside the representatives.
        differing: members that show something else, or of which that cannot be told.
        by_hand: members that a person put where they are.
        contradictions: pairs of Media that people keep together, and could not be.
    """

    radius: int
    pictures: int
    stacks: int
    members: int
    differing: int
    by_hand: int
    contradictions: tuple[Pair, ...] = ()


def radius_of(case: Case) -> int:
    """Give the radius that a case sets.

    Raises:
        UsageError: it is above 31.
    """
    default = next(s.default for s in SETTINGS if s.name == SETTING)
    with case.database.read() as connection:
        radius = settings.whole(settings.read(connection).get(SETTING, str(default)), SETTING)
    if radius > MATCH_RADIUS:
        raise UsageError(
            f"{SETTING} is at most {MATCH_RADIUS}, not {radius}: everyframe set CASE {SETTING} {MATCH_RADIUS}"
        )
    return radius


def stack_case(case: Case, *, actor: str, radius: int | None = None, tell: Tell = lambda *_: None) -> Stacked:
    """Fold the pictures of a case. The caller holds the ``intake`` seat.

    Folding gives the same for the same pictures and decisions; it is done anew each time, but for what the hashes alone fold to,
    which is measured again only when the pictures are others. Comparisons of members are kept, a few at a time, so that a run which was stopped goes on, and a later one makes only those that are new. What is folded
    changes in one transaction at the end.

    Args:
        case: to fold.
        actor: who asks.
        radius: bits, 0-31; that of the case when None.
        tell: given the phase, what is done of it, and what there is to do.
    """
    bits = radius_of(case) if radius is None else radius
    with case.database.read() as connection:
        candidates = stacking.read_candidates(connection)
        decided = stack_decisions.in_force(connection)
        before = stacking.compared(connection)
    place = dict(zip(candidates.ids.tolist(), range(len(candidates.ids)), strict=True))
    together, apart = (_places(pairs, place) for pairs in (decided.together, decided.apart))
    pictures = _pictures(candidates)
    owner = measured_or_kept(case.directory / "index", pictures, bits)
    stacks = fold(pictures, bits, keep_together=together, keep_apart=apart, owner=owner)
    ids = candidates.ids.tolist()
    at = np.flatnonzero(stacks.representative != np.arange(len(ids))).tolist()
    pairs = [(ids[i], ids[stacks.representative[i]]) for i in at]
    said = _said(stacks, together, ids)
    turns = {ids[i]: int(stacks.turn[i]) for i in at}
    differs = _compare(case, [p for p in pairs if p[0] not in said], before, turns, tell)
    rows = [
        MemberRow(
            m,
            head,
            int(stacks.distance[i]),
            int(stacks.turn[i]),
            bool(stacks.by_hand[i]),
            differs.get((m, head), False),
        )
        for i, (m, head) in zip(at, pairs, strict=True)
    ]
    contradictions = tuple((ids[a], ids[b]) for a, b in stacks.contradictions)
    found = Stacked(
        bits,
        len(ids),
        len({r.representative_id for r in rows}),
        len(rows),
        sum(r.differs for r in rows),
        sum(r.by_hand for r in rows),
        contradictions,
    )
    _store(case, rows, found, actor)
    return found


def _store(case: Case, rows: Sequence[MemberRow], found: Stacked, actor: str) -> None:
    with case.database.write() as connection:
        stacking.put_members(connection, rows)
        body = {name: getattr(found, name) for name in ("radius", "pictures", "stacks", "members", "differing")}
        body |= {"by_hand": found.by_hand, "contradictions": [list(p) for p in found.contradictions]}
        body["digest"] = stacking.members_digest(connection)
        audit_log.append(connection, actor, "stacks.fold", body)


def _pictures(found: Candidates) -> Pictures:
    return Pictures(
        found.hashes,
        found.quality,
        found.pixels,
        found.has_metadata,
        found.sizes,
        found.sha256,
        origins(found.exposures),
    )


def _places(pairs: Iterable[Pair], place: dict[int, int]) -> list[Pair]:
    """Give decided pairs as places; what cannot be stacked any more, being known or excluded, is left out for now."""
    return [(place[a], place[b]) for a, b in pairs if a in place and b in place]


def _said(stacks: Stacks, together: Iterable[Pair], ids: Sequence[int]) -> set[int]:
    """Give the Media of which a person said that they belong where they are: no comparison stands against that."""
    return {ids[i] for pair in together if len({int(stacks.representative[i]) for i in pair}) == 1 for i in pair}


def _compare(
    case: Case, pairs: Sequence[Pair], before: dict[Pair, bool], turns: Mapping[int, int], tell: Tell
) -> dict[Pair, bool]:
    """Say of each pair (member, representative) whether it shows something else; ``turns`` has that of each member."""
    differs = {pair: before[pair] for pair in pairs if pair in before}
    fresh = iter(sorted((pair for pair in pairs if pair not in before), key=lambda pair: (pair[1], pair[0])))
    total = len(pairs) - len(differs)
    if total:
        tell("comparing members", 0, total)
    done = 0
    while batch := list(islice(fresh, BATCH)):
        rows = _compared(case, batch, turns)
        with case.database.write() as connection:
            stacking.add_comparisons(connection, [r for r in rows if r.stretch is not None])
        differs |= {(r.media_id, r.other_id): r.differs for r in rows}
        done += len(batch)
        tell("comparing members", done, total)
    return differs


def _compared(case: Case, pairs: Sequence[Pair], turns: Mapping[int, int]) -> list[Compared]:
    with case.database.read() as connection:
        places = preview_places(connection, sorted({i for pair in pairs for i in pair}))
    pixels: dict[int, Pixels | None] = {}
    for ident in {i for pair in pairs for i in pair}:
        try:
            pixels[ident] = decode_rendition(case.previews.read(places[ident])) if ident in places else None
        except VerificationError:
            pixels[ident] = None
    return [_one(pair, pixels[pair[0]], pixels[pair[1]], turns[pair[0]]) for pair in pairs]


def _one(pair: Pair, member: Pixels | None, head: Pixels | None, turn: int) -> Compared:
    if member is None or head is None:
        return Compared(*pair, differs=True, stretch=None, difference=None)
    found = shows_something_else(member, upright(head, turn), distance=0)
    return Compared(*pair, found.differs, found.stretch, found.difference)
