"""Draw a simulated case to disk: small pictures, the truth about them, and the known set as a list of hashes."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from everyframe.atomic import atomic_file
from everyframe.demo.cameras import CAMERAS
from everyframe.demo.edits import EDITS
from everyframe.demo.exif import Taken, build_exif
from everyframe.demo.noise import stream
from everyframe.demo.paint import Colour, Layer, Picture, Pixels, Rng, Size, from_image, glow, jitter, to_pixels
from everyframe.demo.scenes import Scene, draw_scene
from everyframe.demo.sensor import Framing, expose
from everyframe.demo.simulated import CasePlan, Drawn, Planned
from everyframe.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from everyframe.demo.build import Progress

FORMAT = "everyframe-truth"
VERSION = 1
_SCENE = Size(480, 360)


@dataclass(frozen=True, slots=True)
class SimulatedCase:
    """Hold where a simulated case is: the exhibit, the truth about it, the known set."""

    exhibit: Path
    truth: Path
    known: Path
    files: int


def make_case(
    directory: Path, *, media: int = 3000, seed: int = 1, workers: int = 1, progress: Progress | None = None
) -> SimulatedCase:
    """Draw a simulated case into a directory; the same `media` and `seed` give the same bytes.

    Raises:
        UsageError: an exhibit stands there already.
    """
    made = SimulatedCase(directory / "exhibit", directory / "truth.json", directory / "known.md5", media)
    if made.exhibit.exists():
        raise UsageError(f"{made.exhibit} exists already; choose another directory or remove it")
    plan = CasePlan(media, seed)
    for folder in {f.path.rpartition("/")[0] for f in plan.files}:
        (made.exhibit / folder).mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    for group, told in zip(*_drawn(made.exhibit, plan, workers), strict=True):
        rows += told
        if progress is not None:
            progress(len(rows), len(plan.files))
        del group
    _write(made, plan, sorted(rows, key=lambda r: r["path"]))
    return made


def _drawn(root: Path, plan: CasePlan, workers: int) -> tuple[list[list[Planned]], Iterator[list[dict[str, Any]]]]:
    ordered = sorted(plan.files, key=lambda f: (f.drawn.scene, f.drawn.place, f.drawn.view, f.path))
    same = itertools.groupby(ordered, key=lambda f: (f.drawn.scene, f.drawn.place, f.drawn.view))
    groups = [list(files) for _, files in same]
    return groups, _pooled(partial(draw_group, root), groups, workers)


def _pooled(
    work: Callable[[list[Planned]], list[dict[str, Any]]], groups: list[list[Planned]], workers: int
) -> Iterator[list[dict[str, Any]]]:
    if workers <= 1:
        yield from map(work, groups)
        return
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(work, groups, chunksize=8)


def draw_group(root: Path, group: list[Planned]) -> list[dict[str, Any]]:
    """Draw the files of one scene, and give the truth about each; runs in a worker process."""
    rows = []
    for planned in group:
        data = draw(planned.drawn)
        (root / planned.path).write_bytes(data)
        facts = {"path": planned.path, "kind": planned.kind, "md5": hashlib.md5(data).hexdigest()}  # noqa: S324 - as hash sets have it
        truth = {"relevant": planned.relevant, "first_generation": planned.first_generation, "alone": planned.alone}
        rows.append(facts | truth | {"exif": planned.drawn.exif, "camera": planned.drawn.camera})
    return rows


def _write(made: SimulatedCase, plan: CasePlan, rows: list[dict[str, Any]]) -> None:
    known = sorted({r["md5"] for r in rows if r["kind"] == "known"})
    with atomic_file(made.known) as file:
        file.write("".join(f"{digest}\n" for digest in known).encode())
    document = {"format": FORMAT, "version": VERSION, "media": plan.media, "seed": plan.seed, "rows": rows}
    with atomic_file(made.truth) as file:
        file.write((json.dumps(document, indent=0) + "\n").encode())


def draw(drawn: Drawn) -> bytes:
    """Make the bytes of one picture."""
    pixels = _framed(drawn)
    if drawn.edit:
        pixels = np.ascontiguousarray(dict(EDITS)[drawn.edit](pixels, stream(*drawn.view, 5, drawn.number)).pixels)
    camera = CAMERAS[drawn.camera] if drawn.camera is not None and drawn.exif else None
    exif = b""
    if camera is not None and drawn.when is not None:
        size = Size(pixels.shape[1], pixels.shape[0])
        exif = build_exif(camera, Taken(drawn.when, drawn.number), size, None)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=drawn.quality, exif=exif)
    return out.getvalue()


@lru_cache(maxsize=3)
def _whole(scene: str, place: tuple[int, ...], view: tuple[int, ...], lamp: int) -> Pixels:
    pixels = draw_scene(Scene(scene, place, view, _SCENE))
    if not lamp:
        return pixels
    picture = from_image(Image.fromarray(pixels))
    draw_table_lamp(stream(*view, 7), picture, lamp)
    return to_pixels(picture)


def _framed(drawn: Drawn) -> Pixels:
    """Cut, scale and expose."""
    pixels = _whole(drawn.scene, drawn.place, drawn.view, drawn.lamp)
    rng = stream(*drawn.view, 6, drawn.number, drawn.side)
    framing = Framing(0.5, 0.5, 1.0, 1.0)
    if drawn.window:
        cut = stream(*drawn.window)
        x, y = (float(cut.normal(0.5, 0.12)) if drawn.burst else float(cut.random()) for _ in range(2))
        zoom = 1.05 if drawn.burst else float(cut.uniform(1.05, 1.12 if drawn.camera is not None else 1.9))
        framing = Framing(min(max(x, 0), 1), min(max(y, 0), 1), zoom, float(cut.uniform(0.85, 1.12)))
    size = Size(drawn.side, drawn.side * 3 // 4)
    return expose(pixels, CAMERAS[drawn.camera or 0], size, framing, rng)


#: Shade, its colour, and the foot's: the first is the one that makes a picture relevant.
_LAMPS: tuple[tuple[str, Colour, Colour], ...] = (
    ("mushroom", (214, 92, 40), (236, 228, 214)),
    ("cone", (232, 220, 190), (90, 70, 50)),
    ("cone", (90, 130, 150), (200, 200, 196)),
    ("globe", (240, 236, 220), (60, 60, 64)),
)


def draw_table_lamp(rng: Rng, picture: Picture, kind: int) -> None:
    """Stand a table lamp somewhere in the lower part of a picture; `kind` 1 is the mushroom lamp with spots."""
    height, width = picture.shape[:2]
    tall = height * rng.uniform(0.16, 0.34)
    x, foot = width * rng.uniform(0.16, 0.84), height * rng.uniform(0.62, 0.92)
    shape, shade, base = _LAMPS[kind - 1]
    shade, base = jitter(rng, shade, 16), jitter(rng, base, 12)
    layer = Layer(Size(width, height))
    top, half = foot - tall, tall * 0.38
    layer.box((x - tall * 0.06, top + tall * 0.4, x + tall * 0.06, foot), base)
    layer.ellipse((x, foot), (tall * 0.2, tall * 0.05), base)
    if shape == "mushroom":
        layer.ellipse((x, top + tall * 0.28), (half, tall * 0.28), shade)
        layer.box((x - half, top + tall * 0.3, x + half, top + tall * 0.42), shade, tall * 0.05)
        for dx, dy in ((-0.5, 0.2), (0.05, 0.1), (0.5, 0.24), (-0.15, 0.32), (0.3, 0.36)):
            layer.ellipse((x + dx * half, top + tall * dy), (tall * 0.05, tall * 0.04), base)
    elif shape == "cone":
        points = (
            (x - half * 0.5, top),
            (x + half * 0.5, top),
            (x + half, top + tall * 0.42),
            (x - half, top + tall * 0.42),
        )
        layer.polygon(points, shade)
    else:
        layer.ellipse((x, top + tall * 0.22), (tall * 0.22, tall * 0.22), shade)
    layer.onto(picture)
    if rng.random() < 0.4:  # noqa: PLR2004 - two in five are lit
        glow(picture, (x, top + tall * 0.3), tall * 0.8, (60, 44, 22))
