"""Progress of a run: what is done, how fast, how long it will take."""

import time
from collections import Counter, deque
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["Progress", "Snapshot"]

WINDOW_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Hold one moment of a run. Rates are over the last half minute, per second; ``seconds_left`` is None until known."""

    event: str
    exhibit: str
    phase: str
    files: int
    files_done: int
    bytes: int
    bytes_done: int
    files_per_second: float
    bytes_per_second: float
    seconds: float
    seconds_left: float | None
    warnings: int
    workers_replaced: int
    stages: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """Give it as scripts read it."""
        return asdict(self)


@dataclass(slots=True)
class Progress:
    """Count what a run does."""

    exhibit: str
    files: int = 0
    bytes: int = 0
    files_done: int = 0
    bytes_done: int = 0
    warnings: int = 0
    replaced: int = 0
    phase: str = "listing"
    stages: Counter[str] = field(default_factory=Counter)
    began: float = field(default_factory=time.monotonic)
    _marks: deque[tuple[float, int, int]] = field(default_factory=deque)

    def expect(self, files: int, size: int) -> None:
        """Add to what there is to do."""
        self.files += files
        self.bytes += size

    def done(self, size: int) -> None:
        """Count one file as worked through."""
        self.files_done += 1
        self.bytes_done += size

    def snapshot(self, event: str = "progress") -> Snapshot:
        """Give the present moment."""
        now = time.monotonic()
        self._marks.append((now, self.files_done, self.bytes_done))
        while now - self._marks[0][0] > WINDOW_SECONDS:
            self._marks.popleft()
        rates = self._rates(now)
        return Snapshot(
            event,
            self.exhibit,
            self.phase,
            self.files,
            self.files_done,
            self.bytes,
            self.bytes_done,
            round(rates[0], 2),
            round(rates[1], 1),
            round(now - self.began, 2),
            self._left(*rates),
            self.warnings,
            self.replaced,
            dict(sorted(self.stages.items())),
        )

    def _rates(self, now: float) -> tuple[float, float]:
        then, files, size = self._marks[0]
        seconds = now - then
        if seconds <= 0:
            return 0.0, 0.0
        return (self.files_done - files) / seconds, (self.bytes_done - size) / seconds

    def _left(self, files_rate: float, bytes_rate: float) -> float | None:
        """Estimate by bytes and by files, and believe the slower: films are few and large, thumbnails many and small."""
        if files_rate <= 0:
            return None if self.files_done < self.files else 0.0
        by_files = (self.files - self.files_done) / files_rate
        by_bytes = (self.bytes - self.bytes_done) / bytes_rate if bytes_rate > 0 else 0.0
        return round(max(by_files, by_bytes, 0.0), 1)
