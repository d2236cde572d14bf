"""Lay out an exhibit: every file that it will hold, in groups that are made together."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from everyframe.demo.bundles import plan_bundles
from everyframe.demo.damage import DAMAGES
from everyframe.demo.documents import DOCUMENTS
from everyframe.demo.edits import EDITS
from everyframe.demo.files import Content, Document, FileSpec, Link
from everyframe.demo.films import CONTAINERS, Film
from everyframe.demo.formats import FORMATS, extension
from everyframe.demo.names import (
    ALBUMS,
    DEEP_FOLDERS,
    ODD_NAMES,
    WRONG_EXTENSIONS,
    Names,
    chat_picture,
    screen_picture,
)
from everyframe.demo.noise import stream
from everyframe.demo.paint import Size
from everyframe.demo.pictures import Recipe, Shot
from everyframe.demo.scenes import DRAWINGS, PHOTOGRAPHED, SCREENS, Scene
from everyframe.demo.shooting import Shooting, Source, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everyframe.demo.plan import DemoPlan

EMPTY_FOLDER = b"Pictures/Empty folder"

_DAY = 86_400
_WEB_SIDES = (900, 760, 640)
_SCREENS = (Size(540, 1170), Size(720, 1280), Size(1366, 768), Size(1080, 810))
_FILM_SIZES = (Size(320, 240), Size(640, 360), Size(480, 272), Size(426, 240))
_OLD_THUMBNAILS = ("cropped", "rotated")
_KEEP_EXIF = (*_OLD_THUMBNAILS, "brightness", "flipped")
_LEAST_PHOTOS = 10
_LEAST_BURST = 3


def lay_out(plan: DemoPlan) -> list[list[FileSpec]]:
    """Return the files of an exhibit in groups; each group shares a scene and can be made on its own."""
    return _Layout(plan).groups()


class _Layout:
    """Collect groups: first the photographs, then what derives from them, then the rest."""

    def __init__(self, plan: DemoPlan) -> None:
        self._plan = plan
        self._names = Names()
        self._rng = stream(plan.seed, 10)
        self._shooting = Shooting(plan, self._names)
        self._serial = 0
        self._taken: dict[tuple[str, int], bytes] = {}

    def groups(self) -> list[list[FileSpec]]:
        plan = self._plan
        rest = [*self._web_drawings(), *self._screenshots(), *self._documents(), *self._films(), self._links()]
        bursts = max(_LEAST_BURST, round(plan.burst_share * plan.files))
        fixed = sum(len(group) for group in rest) + self._derived_count() + bursts
        sources = self._shooting.take(max(_LEAST_PHOTOS, plan.full_size, plan.files - fixed), bursts)
        self._remember(sources)
        shown = [source for source in sources if not source.plain]
        by_source = {source.shots[0].source: list(source.files) for source in sources}
        turns = self._cycle(shown)
        for spec in self._derived(turns):
            by_source[spec.source or ""].append(spec)
        bundles = [[spec] for spec in plan_bundles(plan, self._names, turns)]
        return [*by_source.values(), *bundles, *rest]

    def _remember(self, sources: list[Source]) -> None:
        for source in sources:
            for shot, spec in zip(source.shots, source.files, strict=True):
                self._taken[shot.body.ident, shot.taken.number] = spec.path

    def _derived_count(self) -> int:
        plan = self._plan
        converted = (plan.web + 1) // 2
        bundled = 5 * plan.zips + 18
        return (
            plan.edits + plan.copies + plan.cached + plan.damaged + plan.misnamed + plan.odd_names + converted + bundled
        )

    def _cycle(self, sources: list[Source]) -> Iterator[Source]:
        """Yield sources for ever, so that each gets its share of edits and copies."""
        while True:
            for index in self._rng.permutation(len(sources)):
                yield sources[int(index)]

    def _derived(self, turns: Iterator[Source]) -> Iterator[FileSpec]:
        plan = self._plan
        for index in range(plan.edits):
            yield self._edit(next(turns), index)
        for index in range(plan.copies):
            yield self._copy(next(turns), index)
        for _ in range(plan.cached):
            yield self._cached(next(turns))
        for index in range(plan.damaged):
            yield self._damaged(next(turns), index)
        for index in range(plan.misnamed):
            yield self._misnamed(next(turns), index)
        for index in range(plan.odd_names):
            yield self._odd(next(turns), index)
        for index in range(1, plan.web, 2):
            yield self._converted(next(turns), index)

    def _spec(self, path: str | bytes, kind: str, content: Content, mtime: int) -> FileSpec:
        claimed = self._names.claim(path.encode() if isinstance(path, str) else path)
        spec = FileSpec(claimed, kind, content, mtime)
        if not isinstance(content, Recipe) or not isinstance(content.base, Shot):
            return spec
        shot = content.base
        return replace(spec, source=shot.source, parent=self._taken[shot.body.ident, shot.taken.number])

    def _seed(self) -> tuple[int, ...]:
        self._serial += 1
        return self._plan.seed, 11, self._serial

    def _edit(self, source: Source, index: int) -> FileSpec:
        shot = source.shots[index % len(source.shots)]
        name = EDITS[index % (len(EDITS) - 1)][0]
        turn = index // (len(EDITS) - 1)
        keep = name in _KEEP_EXIF and turn % 2 == 0
        recipe = Recipe(
            shot,
            self._seed(),
            edit=name,
            format="png" if name == "screenshot-with-border" and turn == 0 else "jpeg",
            keep_exif=keep,
            old_thumbnail=keep and name in _OLD_THUMBNAILS,
            long_side=None if keep or name == "metadata-stripped" else 1600,
        )
        days = 1 + int(self._rng.integers(0, 300))
        return self._spec(
            _edit_path(shot, recipe, self._serial), "edit", recipe, seconds(shot.taken.when) + days * _DAY
        )

    def _copy(self, source: Source, index: int) -> FileSpec:
        original = source.files[index % len(source.files)]
        folder = DEEP_FOLDERS[int(self._rng.integers(len(DEEP_FOLDERS)))]
        name = original.path.rpartition(b"/")[2]
        path = f"{folder}/Copy of ".encode() + name if index % 2 else f"{folder}/picture {index + 1}.jpg".encode()
        return replace(original, path=self._names.claim(path), kind="exact-copy", parent=original.path)

    def _cached(self, source: Source) -> FileSpec:
        shot = source.shots[0]
        recipe = Recipe(shot, self._seed(), edit="resized", keep_exif=False, long_side=512, quality=70)
        path = f"DCIM/.thumbnails/{1_600_000_000 + self._serial * 7919}.jpg"
        return self._spec(path, "edit", recipe, seconds(shot.taken.when) + 60)

    def _damaged(self, source: Source, index: int) -> FileSpec:
        shot, which = source.shots[0], index % len(DAMAGES)
        damage = DAMAGES[which]
        recipe = Recipe(shot, self._seed(), format=damage.format, keep_exif=damage.format == "jpeg", long_side=900)
        path = f"Recovered/file{self._serial:06d}.{extension(damage.format)}"
        spec = self._spec(path, "damaged", recipe, seconds(shot.taken.when))
        return replace(spec, damage=which, expected=damage.expected)

    def _misnamed(self, source: Source, index: int) -> FileSpec:
        shot = source.shots[0]
        recipe = Recipe(shot, self._seed(), edit="recompressed", keep_exif=False, long_side=1280)
        ending = WRONG_EXTENSIONS[index % len(WRONG_EXTENSIONS)]
        path = f"Documents/letters/{ALBUMS[index % len(ALBUMS)]} {index + 1}{ending}"
        return self._spec(path, "wrong-extension", recipe, seconds(shot.taken.when) + 9 * _DAY)

    def _odd(self, source: Source, index: int) -> FileSpec:
        shot = source.shots[0]
        oddity, name = ODD_NAMES[index % len(ODD_NAMES)]
        recipe = Recipe(shot, self._seed(), edit="recompressed", keep_exif=False, long_side=1024)
        folder = b"Downloads/" if index % 2 else b"Pictures/odd names \xe4\xf6/"
        spec = self._spec(folder + name(index), "edit", recipe, seconds(shot.taken.when) + 3 * _DAY)
        return replace(spec, oddity=oddity)

    def _web_path(self, index: int, kind: str, name: str) -> str:
        words = ("wallpaper", "image", "download", "banner", "preview", "unnamed", "photo")
        return f"Downloads/{words[index % len(words)]}-{kind}-{index + 1:03d}.{extension(name)}"

    def _converted(self, source: Source, index: int) -> FileSpec:
        shot = source.shots[0]
        name = FORMATS[1 + index % (len(FORMATS) - 1)][0]
        side = _WEB_SIDES[self._plan.scale]
        recipe = Recipe(shot, self._seed(), edit="format-converted", format=name, keep_exif=False, long_side=side)
        return self._spec(self._web_path(index, "saved", name), "edit", recipe, seconds(shot.taken.when) + 30 * _DAY)

    def _web_drawings(self) -> Iterator[list[FileSpec]]:
        kinds = [kind for kind, _ in (*DRAWINGS, *DRAWINGS, *PHOTOGRAPHED[:-1])]
        for index in range(0, self._plan.web, 2):
            name = FORMATS[1 + index % (len(FORMATS) - 1)][0]
            side = _WEB_SIDES[self._plan.scale]
            size = (Size(side, side * 3 // 4), Size(side, side * 9 // 16), Size(side * 3 // 4, side))[index % 3]
            kind = kinds[(index // 2) % len(kinds)]
            seed = self._seed()
            recipe = Recipe(Scene(kind, seed, seed, size), seed, format=name, keep_exif=False)
            yield [self._spec(self._web_path(index, kind, name), "drawing", recipe, self._some_time())]

    def _screenshots(self) -> Iterator[list[FileSpec]]:
        for index in range(self._plan.screenshots):
            kind = SCREENS[index % len(SCREENS)][0]
            size = _SCREENS[int(self._rng.integers(len(_SCREENS)))]
            seed = self._seed()
            name = "png" if index % 3 else "jpeg"
            recipe = Recipe(Scene(kind, seed, seed, size), seed, format=name, keep_exif=False)
            mtime = self._some_time()
            path = screen_picture(datetime.fromtimestamp(mtime, UTC), extension(name))
            yield [self._spec(path, "screenshot", recipe, mtime)]

    def _documents(self) -> Iterator[list[FileSpec]]:
        for index in range(self._plan.documents):
            which = index % len(DOCUMENTS)
            folder = ("Documents", "Documents/2022", "Downloads", "Backup")[index % 4]
            name = ("notes", "invoice", "letter", "data", "ring", "setup", "budget")[(index * 3) % 7]
            path = f"{folder}/{name} {index + 1}.{DOCUMENTS[which][0]}"
            spec = self._spec(path, "not-media", Document(which, self._seed()), self._some_time())
            yield [replace(spec, expected="not-media")]

    def _films(self) -> Iterator[list[FileSpec]]:
        kinds = [kind for kind, _ in PHOTOGRAPHED[:-2]]
        for index in range(self._plan.films):
            which = index % len(CONTAINERS)
            count = 1 + int(self._rng.integers(1, 3))
            seeds = [self._seed() for _ in range(count)]
            picked = [kinds[int(self._rng.integers(len(kinds)))] for _ in seeds]
            scenes = tuple(Scene(kind, seed, seed, Size(640, 480)) for kind, seed in zip(picked, seeds, strict=True))
            film = Film(scenes, which, _FILM_SIZES[index % len(_FILM_SIZES)], self._seed())
            mtime = self._some_time()
            stamp = datetime.fromtimestamp(mtime, UTC) + timedelta(seconds=index)
            path = f"Videos/VID_{stamp:%Y%m%d_%H%M%S}.{CONTAINERS[which][0]}"
            yield [self._spec(path, "video", film, mtime)]

    def _links(self) -> list[FileSpec]:
        dangling = self._spec("Pictures/gone.jpg", "symlink", Link(b"missing/gone.jpg"), self._some_time())
        outside = self._spec("Pictures/outside.json", "symlink", Link(b"../../manifest.json"), self._some_time())
        return [replace(link, expected="not-media") for link in (dangling, outside)]

    def _some_time(self) -> int:
        start = int(datetime(2022, 1, 1, tzinfo=UTC).timestamp())
        return start + int(self._rng.integers(0, 700 * _DAY))


def _edit_path(shot: Shot, recipe: Recipe, number: int) -> str:
    when = shot.taken.when
    ending = extension(recipe.format)
    if recipe.edit in {"resized", "recompressed"}:
        return chat_picture(when, number)
    if recipe.edit == "screenshot-with-border":
        return screen_picture(when + timedelta(days=2), ending)
    if recipe.keep_exif:
        return f"Pictures/Edited/{shot.body.ident[:3].upper()}_{shot.taken.number:04d}_edit.{ending}"
    return f"{DEEP_FOLDERS[number % len(DEEP_FOLDERS)]}/{recipe.edit}-{number:05d}.{ending}"
