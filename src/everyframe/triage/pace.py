"""The pace: looks left, hours left, what one more hour buys, and whether what is found dries up."""

import itertools
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from everyframe.store.pace import Spell, first_looks, spells
from everyframe.store.sampling import relevant_among
from everyframe.triage.assurance import Finding, findings

__all__ = ["BIN", "Pace", "Worker", "lately", "pace_of", "read_pace"]

#: Looks in one bar of the drawing, and those that the present yield is taken from.
BIN: Final = 100
#: Two batches of looks further apart are a pause.
PAUSE_SECONDS: Final = 120.0
#: The newest looks of a person that their pace is taken from.
RECENT: Final = 3000
#: Looks before a pace is told.
ENOUGH: Final = 20


@dataclass(frozen=True, slots=True)
class Worker:
    """Hold the pace of one person: first looks, hours at it, and looks an hour lately (None before there are enough)."""

    actor: str
    looks: int
    hours: float
    per_hour: float | None


@dataclass(frozen=True, slots=True)
class Pace:
    """Hold the figures.

    Args:
        left: groups that still need a look.
        looked: Media looked at.
        relevant: of those, found relevant.
        bins: new relevant ones in each 100 looks, the last one perhaps unfinished.
        yield_now: new relevant ones per 100 looks lately; None before the first 100.
        workers: the pace of each person.
        per_hour: of the person asked about; None when they have not looked yet.
        team_per_hour: of all who looked, added up.
        hours_left: at that person's pace.
        team_hours_left: when all look at the same time.
        next_hour_looks: what one more hour of that person buys: looks.
        next_hour_relevant: and new relevant ones, if the yield stays.
        recall_at_least: share of the relevant ones that is found at least, by the newest finished sample; None without.
        confidence: of that.
        samples: what the samples say, oldest first.
    """

    left: int
    looked: int
    relevant: int
    bins: tuple[int, ...]
    yield_now: float | None
    workers: tuple[Worker, ...]
    per_hour: float | None
    team_per_hour: float | None
    hours_left: float | None
    team_hours_left: float | None
    next_hour_looks: float | None
    next_hour_relevant: float | None
    recall_at_least: float | None
    confidence: float | None
    samples: tuple[Finding, ...]

    def as_json(self) -> dict[str, Any]:
        """Give it as scripts read it."""
        return asdict(self) | {"samples": [s.as_json() for s in self.samples]}


def read_pace(
    connection: Connection,
    *,
    left: int,
    scheme: str,
    relevant: frozenset[str],
    actor: str = "",
    unnamed: Sequence[int] = (),
) -> Pace:
    """Work the figures out from the looks and decisions of a case.

    Args:
        connection: reading.
        left: groups that still need a look.
        scheme: of the case.
        relevant: codes that count as relevant.
        actor: whose pace is asked for; that of the newest look when empty.
        unnamed: Media whose decision the person who asks is not told of.
    """
    media = first_looks(connection)
    told = np.setdiff1d(relevant_among(connection, [(scheme, code) for code in sorted(relevant)]), np.asarray(unnamed))
    found = np.isin(media, told)
    return pace_of(spells(connection), found, left, tuple(findings(connection)), actor)


def pace_of(
    batches: Sequence[Spell], found: npt.NDArray[np.bool_], left: int, samples: tuple[Finding, ...], actor: str = ""
) -> Pace:
    """Work the figures out; ``found`` tells for each first look, in order, whether it was relevant."""
    workers = tuple(_worker(a, [b for b in batches if b.actor == a]) for a in dict.fromkeys(b.actor for b in batches))
    asked = actor or (batches[-1].actor if batches else "")
    own = next((w.per_hour for w in workers if w.actor == asked), None)
    team = sum(w.per_hour for w in workers if w.per_hour) or None
    bins = tuple(int(found[i : i + BIN].sum()) for i in range(0, len(found), BIN))
    lately = found[-5 * BIN :]
    rate = 100 * float(lately.mean()) if len(found) >= BIN else None
    relevant = int(found.sum())
    recall, confidence = _recall(samples, relevant)
    return Pace(
        left=left,
        looked=len(found),
        relevant=relevant,
        bins=bins,
        yield_now=rate,
        workers=workers,
        per_hour=own,
        team_per_hour=team,
        hours_left=left / own if own else None,
        team_hours_left=left / team if team else None,
        next_hour_looks=min(own, left) if own else None,
        next_hour_relevant=min(own, left) * rate / 100 if own and rate is not None else None,
        recall_at_least=recall,
        confidence=confidence,
        samples=samples,
    )


def lately(connection: Connection, actor: str) -> Worker:
    """Give the pace of one person from their newest looks alone, which does not take longer as the case grows."""
    found = spells(connection, actor, RECENT)
    return _worker(actor, found) if found else Worker(actor, 0, 0.0, None)


def _worker(actor: str, batches: Sequence[Spell]) -> Worker:
    """Measure one person: the time between batches counts unless it is a pause."""
    spans = [batches[0].seconds]
    for before, after in itertools.pairwise(batches):
        gap = after.at - before.at
        spans.append(gap if 0 <= gap <= PAUSE_SECONDS else after.seconds)
    looks = recent = 0
    recent_seconds = 0.0
    for batch, span in zip(reversed(batches), reversed(spans), strict=True):
        looks += batch.first
        if looks <= RECENT:
            recent, recent_seconds = recent + batch.first, recent_seconds + span
    per_hour = 3600 * recent / recent_seconds if recent >= ENOUGH and recent_seconds > 0 else None
    return Worker(actor, looks, sum(spans) / 3600, per_hour)


def _recall(samples: tuple[Finding, ...], relevant: int) -> tuple[float | None, float | None]:
    """Bound recall from below: what was found, over that and the most that can be unseen."""
    done = [s for s in samples if s.whole is not None]
    if not done or done[-1].whole is None:
        return None, None
    unseen = done[-1].whole.unseen
    return (relevant / (relevant + unseen) if relevant + unseen else 1.0), done[-1].confidence
