"""Plan the photographs: who took what, where, when, how often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from everyframe.demo.cameras import CAMERAS, FULL_SIZE, Camera
from everyframe.demo.exif import Taken
from everyframe.demo.files import FileSpec
from everyframe.demo.names import ALBUMS, Names
from everyframe.demo.noise import stream
from everyframe.demo.paint import Rng, Size, chance
from everyframe.demo.pictures import TURNS, Recipe, Seeds, Shot
from everyframe.demo.scenes import PHOTOGRAPHED, ROOM, Scene
from everyframe.demo.sensor import Framing

if TYPE_CHECKING:
    from everyframe.demo.plan import DemoPlan

_SCENE_SIDES = (1152, 960, 768)
_FULL_SCENE_SIDE = 1600
_SHOTS_PER_SOURCE = (1.15, 1.5, 2.4)
_FILES_PER_ROOM = 70
_REGION = (61.7, 9.1)
_ORIENTATIONS = (1, 6, 3, 8)
_PLAIN = "blank"
_RARE = {_PLAIN: 0.25, "night": 0.4, "skyline": 0.7, "document": 0.6}


@dataclass(frozen=True, slots=True)
class Source:
    """Hold one original scene and the photographs taken of it."""

    shots: tuple[Shot, ...]
    files: tuple[FileSpec, ...]

    @property
    def plain(self) -> bool:
        """Return whether there is nothing to see, so that edits of it would show nothing."""
        return self.shots[0].scene.kind == _PLAIN


@dataclass(slots=True)
class _Clock:
    """Keep a camera's file counter and calendar."""

    number: int
    now: datetime


class Shooting:
    """Take all photographs of an exhibit, camera by camera, in order of time."""

    def __init__(self, plan: DemoPlan, names: Names) -> None:
        """Begin with every camera at its first picture."""
        self._plan = plan
        self._names = names
        self._rng = stream(plan.seed, 1)
        self._rooms = max(2, plan.files // _FILES_PER_ROOM)
        self._count = 0
        self._clocks = [self._first_clock(camera) for camera in CAMERAS]

    def _first_clock(self, camera: Camera) -> _Clock:
        zone = None if camera.offset is None else timezone(timedelta(hours=camera.offset))
        start = datetime(2021, 1, 1, 8, tzinfo=UTC) + timedelta(days=int(self._rng.integers(0, 900)))
        return _Clock(int(self._rng.integers(1, 400)), start.replace(tzinfo=zone))

    def take(self, photos: int, bursts: int) -> list[Source]:
        """Return sources with `photos` single pictures, 12 megapixel ones first, and `bursts` in bursts."""
        sources: list[Source] = []
        full, left = self._plan.full_size, photos
        while left > 0:
            most = 1 if full > 0 else min(left, self._repeats())
            sources.append(self._source("photo", most, full=full > 0))
            left, full = left - most, full - 1
        left = bursts
        while left > 0:
            most = left if left < 6 else int(self._rng.integers(3, 6))  # noqa: PLR2004 - no burst of 1 or 2 remains
            sources.append(self._source("burst", most, full=False))
            left -= most
        return sources

    def _repeats(self) -> int:
        mean = _SHOTS_PER_SOURCE[self._plan.scale]
        return 1 + int(self._rng.poisson(mean - 1))

    def _source(self, kind: str, count: int, *, full: bool) -> Source:
        rng, number = self._rng, self._count
        self._count += 1
        camera = number % len(CAMERAS) if number < len(CAMERAS) else int(rng.integers(len(CAMERAS)))
        size = FULL_SIZE if full else CAMERAS[camera].modes[self._plan.scale]
        orientation = self._orientation(number)
        scene = self._scene(number, size.turned if TURNS[orientation] % 2 else size, full=full)
        self._clocks[camera].now += timedelta(minutes=float(rng.exponential(1500)))
        gps = self._place(scene) if CAMERAS[camera].gps and chance(rng, 0.8) else None
        shots = [
            self._shot(f"s{number:05d}", scene, (camera, size, orientation), gps, (kind, index, count))
            for index in range(count)
        ]
        files = tuple(self._file(kind, shot) for shot in shots)
        return Source(tuple(shots), files)

    def _orientation(self, number: int) -> int:
        """Return one of the orientations, each of them early, so that small exhibits have all."""
        if number < 2 * len(_ORIENTATIONS):
            return _ORIENTATIONS[number % len(_ORIENTATIONS)]
        return int(self._rng.choice(_ORIENTATIONS, p=(0.72, 0.15, 0.04, 0.09)))

    def _scene(self, number: int, shape: Size, *, full: bool) -> Scene:
        rng = self._rng
        long_side = _FULL_SCENE_SIDE if full else _SCENE_SIDES[self._plan.scale]
        share = long_side / max(shape.pair)
        size = Size(round(shape.width * share), round(shape.height * share))
        view = (self._plan.seed, 2, number)
        if chance(rng, self._plan.room_share):
            room = int(rng.integers(self._rooms))
            return Scene(ROOM, (self._plan.seed, 3, room), view, size)
        weights = [_RARE.get(kind, 1.0) for kind, _ in PHOTOGRAPHED]
        total = sum(weights)
        kind = PHOTOGRAPHED[int(rng.choice(len(PHOTOGRAPHED), p=[weight / total for weight in weights]))][0]
        return Scene(kind, view, view, size)

    def _place(self, scene: Scene) -> tuple[float, float]:
        spot = stream(*scene.place, 4)
        north, east = _REGION[0] + spot.normal(0, 0.12), _REGION[1] + spot.normal(0, 0.25)
        return round(north + self._rng.normal(0, 4e-5), 6), round(east + self._rng.normal(0, 8e-5), 6)

    def _shot(
        self,
        source: str,
        scene: Scene,
        camera: tuple[int, Size, int],
        gps: tuple[float, float] | None,
        part: tuple[str, int, int],
    ) -> Shot:
        which, size, orientation = camera
        kind, index, count = part
        clock = self._clocks[which]
        clock.number += 1
        pause = self._rng.uniform(0.6, 2.2) if kind == "burst" else self._rng.uniform(8, 90)
        clock.now += timedelta(milliseconds=int(pause * 1000))
        taken = Taken(
            clock.now.replace(microsecond=clock.now.microsecond // 1000 * 1000), clock.number, orientation, gps
        )
        framing = _framing(self._rng, kind, index, TURNS[orientation])
        mover = index / max(1, count - 1) if kind == "burst" and which % 2 else None
        seed: Seeds = (self._plan.seed, 5, which, clock.number)
        return Shot(source, scene, which, taken, size, framing, seed, mover)

    def _file(self, kind: str, shot: Shot) -> FileSpec:
        folder, name = shot.body.folder, shot.body.name
        when, number = shot.taken.when, shot.taken.number
        album = ALBUMS[number % len(ALBUMS)]
        path = f"{folder}/{name}".format(number=number, hundred=100 + number // 1000, time=when, album=album)
        recipe = Recipe(shot, seed=(*shot.seed, 6))
        return FileSpec(self._names.claim(path.encode()), kind, recipe, seconds(when), source=shot.source)


def seconds(when: datetime) -> int:
    """Return a camera's time in seconds since 1970; without an offset it counts as UTC."""
    aware = when if when.tzinfo is not None else when.replace(tzinfo=UTC)
    return int(aware.timestamp())


def _framing(rng: Rng, kind: str, index: int, turns: int) -> Framing:
    if kind == "burst":
        x, y = 0.5 + rng.normal(0, 0.08), 0.5 + rng.normal(0, 0.08)
        x, y = min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)
        return Framing(x, y, 1.04, 1 + rng.normal(0, 0.008), turns)
    if index == 0:
        return Framing(0.5, 0.5, 1.0, 1.0, turns)
    return Framing(rng.random(), rng.random(), rng.uniform(1.15, 1.9), rng.uniform(0.92, 1.08), turns)
