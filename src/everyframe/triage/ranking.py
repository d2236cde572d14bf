"""The plain ranking: points for what is true of a picture, and for what it shares with what was found relevant."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from everyframe.store.order_facts import Codes, Facts
from everyframe.triage._linear import points
from everyframe.triage.drawing_words import REASON_WORDS, Words
from everyframe.triage.signals import SIGNALS, Link, columns_of, link_columns, measure
from everyframe.triage.weights import Weights

__all__ = ["Labels", "Ranking"]

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
#: Decided pictures that a link is credited with beforehand, so that one hit is not taken for certainty.
_DOUBT = 1.0
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Labels:
    """Hold what people have found so far, as rows.

    Args:
        relevant: rows decided relevant.
        other: rows looked at or decided, and not found relevant.
        seen: (N,) bool, whether a row needs no more looks.
    """

    relevant: Ids
    other: Ids
    seen: npt.NDArray[np.bool_]


@dataclass(slots=True)
class Ranking:
    """Rank rows by plain signals.

    Args:
        facts: of the rows.
        weights: points.
        extra: further points (N,) by name, as an agency's models give them.
    """

    facts: Facts
    weights: Weights
    extra: dict[str, Floats] = field(default_factory=dict)
    signals: dict[str, npt.NDArray[np.bool_]] = field(init=False)
    links: tuple[Link, ...] = field(init=False)
    _codes: Codes = field(init=False)
    _static: Floats = field(init=False)
    _shares: dict[str, npt.NDArray[np.float64]] = field(init=False, default_factory=dict)
    _counts: dict[str, Ids] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.signals = measure(self.facts)
        self.links = link_columns(self.facts)
        self._codes = columns_of([link.codes for link in self.links])[0]
        static = np.zeros(len(self.facts), np.float32)
        for name, true in self.signals.items():
            static += np.float32(self.weights.signals[name]) * true
        for name, values in self.extra.items():
            static += np.float32(self.weights.models[name]) * values
        self._static = static

    def learn(self, labels: Labels) -> None:
        """Count, for every link, what was found relevant among what was decided."""
        for link in self.links:
            size = link.number + 1
            relevant, other = (_count(link.codes[rows], size) for rows in (labels.relevant, labels.other))
            self._counts[link.name] = relevant
            self._shares[link.name] = relevant / (relevant + other + _DOUBT)

    def score(self, rows: Ids) -> Floats:
        """Give the points of some rows."""
        found = self._static[rows]
        if any(shares.any() for shares in self._shares.values()):
            each = [self._shares[k.name][: k.number] * self.weights.links.get(k.name, 0.0) for k in self.links]
            points(self._codes, rows, np.concatenate(each).astype(np.float32), found)
        return found

    def reasons(self, row: int, words: Words = REASON_WORDS) -> list[str]:
        """Say what gives a row its place, the weightiest first: facts of its own, then what it shares."""
        own = [s for s in SIGNALS if s.name in self.signals and self.signals[s.name][row]]
        own.sort(key=lambda s: -self.weights.signals[s.name])
        said = [
            self._say(words[f"signal.{s.name}"], row, words["camera"]) for s in own if self.weights.signals[s.name] > 0
        ][:_SHOWN]
        extra = ((name, values[row]) for name, values in self.extra.items() if values[row])
        said += [words["model"].format(name=name, score=f"{score:.2f}") for name, score in extra]
        return said + self._shared(row, words)

    def _say(self, words: str, row: int, otherwise: str) -> str:
        code = int(self.facts.camera.codes[row])
        make, model, _ = self.facts.camera.names[code] if code >= 0 else ("", "", "")
        return words.format(camera=model or make or otherwise)

    def _shared(self, row: int, words: Words) -> list[str]:
        found: list[tuple[float, str]] = []
        for link in self.links:
            code = int(link.codes[row])
            if code >= 0 and link.name in self._counts and self._counts[link.name][code]:
                weight = float(self._shares[link.name][code]) * self.weights.links.get(link.name, 0.0)
                said = words.get(f"link.{link.name}", words["link"])
                found.append((-weight, said.format(name=link.name, n=self._counts[link.name][code])))
        return [text for _, text in sorted(found)[:_SHOWN]]


def _count(codes: npt.NDArray[np.int32], size: int) -> Ids:
    """Count codes; the last place stands for -1 and stays 0."""
    counts = np.bincount(codes[codes >= 0], minlength=size)
    return np.asarray(counts, np.int64)
