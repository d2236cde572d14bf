"""Plan a simulated case: thousands of small pictures, a few of which show one kind of lamp, to measure the order with.

Half is in a known set. One in a hundred is relevant and taken by the seized phone; 40 of a hundred of those have lost their
EXIF, and a fifth stands alone in a room and on a day of its own. Ten times as many are everyday pictures of the same phone,
some of them in the same rooms, and some with other lamps. The rest is copies, edits, downloads and clutter.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from everyframe.demo.noise import stream
from everyframe.demo.paint import Rng, chance
from everyframe.demo.scenes import ROOM

if TYPE_CHECKING:
    from collections.abc import Callable

SHARES = {"known": 0.50, "relevant": 0.01, "everyday": 0.10, "copies": 0.08, "edits": 0.09, "downloads": 0.07}
"""Of the files, by what they are; what is left is clutter."""
LOST_EXIF = 0.40
ALONE = 0.20
EVERYDAY_LOST = 0.20
LAMP_ROOMS = 8
PHONE = 1
"""The seized phone's place among the cameras."""
_WEB_KINDS = ("hills", "mountains", "dunes", "forest", "seaside", "street", "skyline", "garden", "flower", "still-life",
              "room", "night", "cartoon", "abstract")  # fmt: skip
_OUTDOORS = ("hills", "forest", "street", "garden", "seaside", "still-life", "flower", "night", "document")
_CLUTTER = ("chat", "web-page", "document", "abstract", "cartoon")
_EDITS = ("resized", "recompressed", "cropped", "brightness", "watermarked", "screenshot-with-border")
_BEGIN = datetime(2022, 1, 3, 7, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Hold how one picture comes about. Equal ones give equal bytes."""

    scene: str
    place: tuple[int, ...]
    view: tuple[int, ...]
    window: tuple[int, ...] = ()
    """Seeds which part of the scene is shown; empty for all of it."""
    burst: bool = False
    lamp: int = 0
    """0 none, 1 the one that makes a picture relevant, 2 to 4 others."""
    camera: int | None = None
    when: datetime | None = None
    number: int = 0
    exif: bool = False
    edit: str = ""
    side: int = 480
    quality: int = 84


@dataclass(frozen=True, slots=True)
class Planned:
    """Hold one file of the case, with the truth about it."""

    path: str
    kind: str
    drawn: Drawn
    relevant: bool = False
    first_generation: bool = False
    alone: bool = False


@dataclass(slots=True)
class CasePlan:
    """Plan the files of a simulated case: the same numbers plan the same files.

    Args:
        media: about how many files.
        seed: another seed plans another case.
    """

    media: int
    seed: int
    files: list[Planned] = field(default_factory=list)
    _rng: Rng = field(init=False)
    _now: datetime = field(init=False, default=_BEGIN)
    _number: int = field(init=False, default=0)
    _paths: set[str] = field(init=False, default_factory=set)
    _lost: list[bool] = field(init=False)

    def __post_init__(self) -> None:
        self._rng = stream(self.seed, 90)
        counts = {name: round(self.media * share) for name, share in SHARES.items()}
        lost = [n < round(LOST_EXIF * counts["relevant"]) for n in range(counts["relevant"])]
        self._lost = [lost[i] for i in self._rng.permutation(len(lost))]
        self._phone(counts["relevant"], counts["everyday"])
        self._web("known", counts["known"])
        self._web("download", counts["downloads"])
        self._clutter(self.media - sum(counts.values()))
        originals = list(self.files)
        self._edits(originals, counts["edits"])
        self._copies(originals, counts["copies"])
        self.files.sort(key=lambda f: f.path)

    def _add(self, planned: Planned) -> None:
        path, number = planned.path, 1
        while path in self._paths:
            stem, _, ending = planned.path.rpartition(".")
            path, number = f"{stem}-{number}.{ending}", number + 1
        self._paths.add(path)
        self.files.append(replace(planned, path=path))

    def _phone(self, relevant: int, everyday: int) -> None:
        """Take the phone's pictures in order of time, visit by visit, relevant ones among the others."""
        alone = round(relevant * ALONE)
        left = {"alone": alone, "relevant": relevant - alone, "everyday": everyday}
        while any(left.values()):
            kinds = [k for k, n in left.items() if n]
            weights = [float(left[k]) for k in kinds]
            kind = kinds[int(self._rng.choice(len(kinds), p=[w / sum(weights) for w in weights]))]
            size = 1 if kind == "alone" else min(left[kind], int(self._rng.integers(1, 4)))
            if kind == "everyday" and chance(self._rng, 0.2):
                size = min(left[kind], int(self._rng.integers(3, 6)))
                self._visit(kind, size, burst=True)
            else:
                self._visit(kind, size, burst=False)
            left[kind] -= size

    def _visit(self, kind: str, size: int, *, burst: bool) -> None:
        """Take some pictures of one scene."""
        rng, wanted = self._rng, kind != "everyday"
        self._now += timedelta(minutes=float(rng.exponential(400)) + (2880 if kind == "alone" else 0))
        visit = self._number
        scene, place = self._scene(kind, visit)
        lamp = 1 if wanted else int(rng.integers(2, 5)) if scene == ROOM and chance(rng, 0.5) else 0
        drawn = Drawn(scene, place, (self.seed, 92, visit), lamp=lamp, camera=PHONE)
        for index in range(size):
            self._number += 1
            self._now += timedelta(seconds=float(rng.uniform(0.7, 2.0) if burst else rng.uniform(15, 200)))
            window = (self.seed, 93, visit, index) if index or burst else ()
            own = replace(drawn, window=window, burst=burst, when=self._local(), number=self._number)
            self._shot(own, "relevant" if wanted else "burst" if burst else "everyday", alone=kind == "alone")
        if kind == "alone":
            self._now += timedelta(minutes=2880)

    def _local(self) -> datetime:
        return self._now.astimezone(timezone(timedelta(hours=1))).replace(microsecond=0)

    def _scene(self, kind: str, visit: int) -> tuple[str, tuple[int, ...]]:
        rng = self._rng
        if kind == "alone":
            return ROOM, (self.seed, 94, visit)
        if kind == "relevant":
            return ROOM, (self.seed, 91, int(rng.integers(LAMP_ROOMS)))
        if not chance(rng, 0.5):
            return _OUTDOORS[int(rng.integers(len(_OUTDOORS)))], (self.seed, 95, visit)
        return ROOM, (self.seed, 91, int(rng.integers(LAMP_ROOMS * 4)))

    def _shot(self, drawn: Drawn, kind: str, *, alone: bool) -> None:
        relevant = kind == "relevant"
        lost = self._lost.pop() if relevant else chance(self._rng, EVERYDAY_LOST)
        when = drawn.when or _BEGIN
        if not lost:
            path = f"DCIM/Camera/{when:%Y%m%d_%H%M%S}.jpg"
            self._add(Planned(path, kind, replace(drawn, exif=True), relevant, relevant, alone))
            return
        names: tuple[Callable[[], str], ...] = (
            lambda: f"Pictures/Messenger/IMG-{when:%Y%m%d}-{self._rng.integers(10_000):04d}.jpg",
            lambda: f"Pictures/Saved/{self._rng.integers(1 << 40):010x}.jpg",
            lambda: f"Downloads/{self._collection()}/{self._rng.integers(1 << 40):010x}.jpg",
        )
        path = names[int(self._rng.choice(3, p=(0.5, 0.25, 0.25)))]()
        self._add(Planned(path, kind, replace(drawn, side=400, quality=76), relevant, relevant, alone))

    def _collection(self) -> str:
        return f"c{int(self._rng.integers(max(4, self.media // 400))):03d}"

    def _web(self, kind: str, count: int) -> None:
        """Add pictures of unknown origin; a base scene is seen in many of them, each time another part of it."""
        rng, bases = self._rng, max(12, count // 50)
        tag = 96 if kind == "known" else 97
        for number in range(count):
            base = number * bases // count
            scene = _WEB_KINDS[base % len(_WEB_KINDS)]
            drawn = Drawn(scene, (self.seed, tag, base), (self.seed, tag, base), (self.seed, tag, base, number))
            drawn = replace(drawn, side=int(rng.integers(300, 520)), quality=int(rng.integers(70, 92)))
            folder = self._collection() if kind == "known" or chance(rng, 0.6) else "web"
            self._add(Planned(f"Downloads/{folder}/{rng.integers(1 << 40):010x}.jpg", kind, drawn))

    def _clutter(self, count: int) -> None:
        """Add what programs leave behind; much of it over and over."""
        rng, bases = self._rng, max(8, count // 12)
        for number in range(count):
            base = number * bases // count
            scene = _CLUTTER[base % len(_CLUTTER)]
            seeds = (self.seed, 98, base)
            drawn = Drawn(scene, seeds, seeds, side=int(rng.integers(240, 420)), quality=int(rng.integers(60, 90)))
            folder = ("AppData/cache", "Pictures/Screenshots", ".thumbs/large")[base % 3]
            self._add(Planned(f"{folder}/{rng.integers(1 << 40):010x}.jpg", "clutter", drawn))

    def _edits(self, originals: list[Planned], count: int) -> None:
        rng = self._rng
        for number in range(count):
            source = originals[int(rng.integers(len(originals)))]
            edit = _EDITS[int(rng.integers(len(_EDITS)))]
            drawn = replace(source.drawn, edit=edit, exif=False, number=number)
            path = f"Pictures/Edited/{rng.integers(1 << 40):010x}.jpg"
            self._add(Planned(path, "edit", drawn, source.relevant, first_generation=False))

    def _copies(self, originals: list[Planned], count: int) -> None:
        rng = self._rng
        for _ in range(count):
            source = originals[int(rng.integers(len(originals)))]
            path = f"Backup/{source.path.rpartition('/')[2]}"
            self._add(replace(source, path=path, kind="copy"))
