"""Enough: a blind random sample of what nobody looked at, and an exact bound on what is still unseen."""

import uuid
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection

from everyframe.errors import UsageError
from everyframe.model.states import State
from everyframe.store import sampling
from everyframe.store.case import Case
from everyframe.store.sampling import Draw, Sample, Stratum
from everyframe.triage.bounds import clopper_pearson_upper, hypergeometric_upper
from everyframe.triage.drawing_words import FINDING_WORDS, Words
from everyframe.triage.weights import load_weights

__all__ = ["USUAL", "BoundOf", "Finding", "allocate", "assess", "draw_sample", "findings"]

#: Strata that are sampled unless others are asked for.
USUAL: Final = (State.REMAINING.value, State.STACKED_UNDER_LOOKED.value)
#: Drawn of each stratum at the least, as far as it goes: 59 without a find bound a share by 5 % at 95 % confidence.
LEAST: Final = 59


@dataclass(frozen=True, slots=True)
class BoundOf:
    """Hold the bound of one stratum, or of all together when ``name`` is empty.

    Args:
        name: of the stratum.
        population: Media at the draw.
        drawn: of them.
        relevant: found among those drawn.
        found: found relevant among all members by now, those drawn included.
        most: relevant ones there are in the population at the most, at the stated confidence.
        unseen: of those, not found yet at the most.
        share: upper bound on the share, by Clopper and Pearson; None for all together.
    """

    name: str
    population: int
    drawn: int
    relevant: int
    found: int
    most: int
    unseen: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Finding:
    """Hold what a sample says: nothing yet while some of it is not looked at (``whole`` is None)."""

    sample: int
    at: str
    actor: str
    seed: str
    confidence: float
    drawn: int
    looked: int
    strata: tuple[BoundOf, ...]
    whole: BoundOf | None

    @property
    def sentence(self) -> str:
        """Say it in one line, in English."""
        return self.say(FINDING_WORDS)

    def say(self, words: Words) -> str:
        """Say it in one line, in the words of a language."""
        facts = {"sample": self.sample, "day": self.at[:10], "drawn": f"{self.drawn:,}"}
        if self.whole is None:
            return words["open"].format(looked=f"{self.looked:,}", **facts)
        whole = {n: f"{getattr(self.whole, n):,}" for n in ("unseen", "population", "relevant")}
        return words["bound"].format(confidence=f"{100 * self.confidence:g}", **whole, **facts)

    def as_json(self) -> dict[str, Any]:
        """Give it as scripts read it."""
        return asdict(self) | {"sentence": self.sentence}


def allocate(populations: dict[str, int], asked: int) -> dict[str, int]:
    """Share a sample among strata: in proportion, but at least 59 of each, or all where there are fewer."""
    total = sum(populations.values())
    given = {n: min(p, max(round(asked * p / total) if total else 0, LEAST)) for n, p in populations.items()}
    over = sum(given.values()) - asked
    for name in sorted(given, key=lambda n: -given[n]):
        cut = min(max(over, 0), max(0, given[name] - min(LEAST, populations[name])))
        given[name] -= cut
        over -= cut
    return given


def draw_sample(
    case: Case,
    asked: int,
    *,
    actor: str,
    seed: str = "",
    confidence: float = 0.95,
    strata: tuple[str, ...] = USUAL,
) -> int:
    """Draw a sample of what nobody has looked at, and record it; gives its number.

    Raises:
        UsageError: nothing is left to draw from, or a stratum does not exist.
        OrderError: it is not said which categories count as relevant.
    """
    unknown = sorted(set(strata) - {s.value for s in sampling.STRATA})
    if unknown:
        raise UsageError(f"there is no stratum {unknown[0]!r}; there are {', '.join(sampling.STRATA)}")
    scheme = case.scheme.id
    relevant = [(scheme, code) for code in sorted(load_weights().relevant_codes(scheme))]
    op = uuid.uuid4().hex
    seed = seed or op
    with case.database.write() as connection:
        return sampling.add_sample(
            connection,
            op=op,
            actor=actor,
            seed=seed,
            confidence=confidence,
            asked=asked,
            relevant=relevant,
            draw=_draw(connection, seed, asked, strata),
        )


def _draw(connection: Connection, seed: str, asked: int, strata: tuple[str, ...]) -> Draw:
    members = {name: ids for name, ids in sampling.populations(connection).items() if name in strata and len(ids)}
    if not members:
        raise UsageError(f"nothing is left to draw from: {', '.join(strata)} hold nothing without a look")
    given = allocate({name: len(ids) for name, ids in members.items()}, asked)
    keyed = {name: sampling.keys(connection, seed, ids)[: given[name]] for name, ids in members.items()}
    drawn = {name: np.array([i for _, i in pairs], np.int64) for name, pairs in keyed.items()}
    order = [i for _, i in sorted(pair for pairs in keyed.values() for pair in pairs)]
    return Draw(members, drawn, order)


def assess(sample: Sample) -> Finding:
    """Work out what a sample says.

    Each stratum has a bound of its own at the stated confidence. The bound on all together adds bounds that share the
    doubt equally (Bonferroni), so that it holds at the stated confidence, too.
    """
    looked = sum(s.looked for s in sample.strata)
    strata = tuple(_bound(s, sample.confidence) for s in sample.strata) if sample.done else ()
    shared = 1 - (1 - sample.confidence) / max(1, len(sample.strata))
    whole = _total([_bound(s, shared) for s in sample.strata]) if sample.done else None
    drawn = sum(s.drawn for s in sample.strata)
    return Finding(sample.id, sample.at, sample.actor, sample.seed, sample.confidence, drawn, looked, strata, whole)


def _bound(s: Stratum, confidence: float) -> BoundOf:
    most = hypergeometric_upper(s.relevant, s.drawn, s.population, confidence)
    share = clopper_pearson_upper(s.relevant, s.drawn, confidence)
    return BoundOf(s.name, s.population, s.drawn, s.relevant, s.found, most, max(0, most - s.found), share)


def _total(parts: list[BoundOf]) -> BoundOf:
    names = ("population", "drawn", "relevant", "found", "most", "unseen")
    population, drawn, relevant, found, most, unseen = (sum(getattr(p, n) for p in parts) for n in names)
    return BoundOf("", population, drawn, relevant, found, most, unseen, None)


def findings(connection: Connection) -> list[Finding]:
    """Give what every sample says, oldest first."""
    return [assess(s) for s in sampling.read_samples(connection)]
