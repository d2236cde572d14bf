"""Plan the archives of an exhibit: plain, nested, encrypted, broken and overblown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everyframe.demo.documents import DOCUMENTS
from everyframe.demo.files import Bundle, Document, FileSpec
from everyframe.demo.paint import Size
from everyframe.demo.pictures import Recipe
from everyframe.demo.scenes import DRAWINGS, PHOTOGRAPHED, Scene

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everyframe.demo.names import Names
    from everyframe.demo.plan import DemoPlan
    from everyframe.demo.shooting import Source

_MTIME = 1_685_620_800
_SIZE = Size(640, 480)


def plan_bundles(plan: DemoPlan, names: Names, turns: Iterator[Source]) -> Iterator[FileSpec]:
    """Yield the archives; copies in them come from `turns`."""
    for number in range(plan.zips):
        members = (_copy(next(turns)), *(_picture(plan, 10 * number + part) for part in range(3)))
        yield _bundle(names, f"Downloads/photos-{number + 1:03d}.zip", ("zip", "archive"), members)
    yield _bundle(names, "Backup/nested.zip", ("zip", "archive"), _nested(plan))
    members = (*(_picture(plan, 500 + part) for part in range(2)), _document(plan, 1))
    yield _bundle(names, "Backup/old.7z", ("7z", "archive"), members)
    members = tuple(_picture(plan, 600 + part) for part in range(2))
    yield _bundle(names, "Documents/private.zip", ("encrypted-zip", "encrypted-archive"), members)
    members = tuple(_picture(plan, 700 + part) for part in range(4))
    yield _bundle(names, "Recovered/part.zip", ("broken-zip", "broken-archive"), members)
    yield _bundle(names, "Downloads/free-wallpapers.zip", ("bomb-zip", "bomb-archive"), ())


def _nested(plan: DemoPlan) -> tuple[FileSpec, ...]:
    innermost = (_picture(plan, 801),)
    inner = FileSpec(b"deep/inner.zip", "archive", Bundle("zip", innermost), _MTIME, "not-media")
    middle = (_picture(plan, 802), inner)
    outer = FileSpec(b"phone backup.tar.gz", "archive", Bundle("tar.gz", middle), _MTIME, "not-media")
    return _picture(plan, 803), outer


def _bundle(names: Names, path: str, looks: tuple[str, str], members: tuple[FileSpec, ...]) -> FileSpec:
    format_name, kind = looks
    expected = "not-media" if kind == "archive" else "unreadable"
    return FileSpec(names.claim(path.encode()), kind, Bundle(format_name, members), _MTIME, expected)


def _copy(source: Source) -> FileSpec:
    original = source.files[0]
    name = original.path.rpartition(b"/")[2]
    return FileSpec(
        b"camera/" + name, "exact-copy", original.content, _MTIME, source=original.source, parent=original.path
    )


def _picture(plan: DemoPlan, number: int) -> FileSpec:
    """Return a small picture of its own scene, so that no member needs a big one drawn again."""
    kinds = [kind for kind, _ in (*PHOTOGRAPHED[:-2], *DRAWINGS)]
    seed = (plan.seed, 12, number)
    recipe = Recipe(Scene(kinds[number % len(kinds)], seed, seed, _SIZE), seed, keep_exif=False)
    return FileSpec(f"pictures/{number:04d}.jpg".encode(), "drawing", recipe, _MTIME)


def _document(plan: DemoPlan, which: int) -> FileSpec:
    path = f"read me.{DOCUMENTS[which][0]}".encode()
    return FileSpec(path, "not-media", Document(which, (plan.seed, 12, 900)), _MTIME, "not-media")
