"""Say what each file of the exhibit is, and make its bytes and its rows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from everyframe.demo.archives import BOMB_SIZE, PACKS
from everyframe.demo.damage import DAMAGES
from everyframe.demo.documents import DOCUMENTS
from everyframe.demo.films import CONTAINERS, Film, make_film
from everyframe.demo.manifest import ManifestRow
from everyframe.demo.noise import stream
from everyframe.demo.pictures import Recipe, Seeds, render
from everyframe.demo.scenes import ROOM, Scene

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Document:
    """Hold which document to make: an index into DOCUMENTS."""

    which: int
    seed: Seeds


@dataclass(frozen=True, slots=True)
class Bundle:
    """Hold an archive: its format and what is in it."""

    format: str
    members: tuple[FileSpec, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """Hold where a symbolic link points."""

    target: bytes


Content: TypeAlias = Recipe | Document | Bundle | Film | Link


@dataclass(frozen=True, slots=True)
class FileSpec:
    """Hold one file to be made. `mtime` is in seconds since 1970; `damage` an index into DAMAGES."""

    path: bytes
    kind: str
    content: Content
    mtime: int
    expected: str = "media"
    damage: int | None = None
    oddity: str | None = None
    source: str | None = None
    parent: bytes | None = None
    """The camera's file that it derives from."""


@dataclass(frozen=True, slots=True)
class Made:
    """Hold the bytes of a file and its rows: its own first, then those of members."""

    data: bytes
    rows: tuple[ManifestRow, ...]


def make_file(spec: FileSpec) -> Made:
    """Make the bytes of a file and the truth about it."""
    content = spec.content
    row = ManifestRow(path=spec.path, kind=spec.kind, expected=spec.expected, oddity=spec.oddity, source=spec.source)
    row = row if spec.parent is None else replace(row, parent=spec.parent.decode())
    if isinstance(content, Link):
        return Made(b"", (replace(row, target=content.target.decode("utf-8", "backslashreplace")),))
    if isinstance(content, Recipe):
        return _make_picture(spec, content, row)
    if isinstance(content, Bundle):
        return _make_bundle(content, row)
    if isinstance(content, Film):
        data, parameters = make_film(content)
        scene = " ".join(scene.kind for scene in content.scenes)
        extension = CONTAINERS[content.container][0]
        return _made(data, replace(row, scene=scene, format=extension, parameters=parameters))
    extension, make = DOCUMENTS[content.which]
    return _made(make(stream(*content.seed)), replace(row, format=extension))


def _made(data: bytes, row: ManifestRow) -> Made:
    return Made(data, (replace(row, size=len(data), sha256=hashlib.sha256(data).hexdigest()),))


def _make_picture(spec: FileSpec, recipe: Recipe, row: ManifestRow) -> Made:
    rendered = render(recipe)
    facts = replace(row, format=recipe.format, edit=recipe.edit, parameters=rendered.parameters)
    facts = replace(facts, thumbnail=rendered.thumbnail, **_origin(recipe))
    if spec.damage is None:
        return _made(rendered.data, facts)
    damage = DAMAGES[spec.damage]
    broken = damage.apply(rendered.data, stream(*recipe.seed, 13))
    gone = damage.expected == "unreadable"
    return _made(broken, _without_exif(facts, damage.name) if gone else replace(facts, damage=damage.name))


def _without_exif(row: ManifestRow, damage: str) -> ManifestRow:
    return replace(
        row, damage=damage, serial=None, taken=None, gps=None, orientation=None, thumbnail="none", format=None
    )


def _origin(recipe: Recipe) -> Mapping[str, Any]:
    base = recipe.base
    if isinstance(base, Scene):
        return {"scene": base.kind}
    facts: dict[str, Any] = {"source": base.source, "scene": base.scene.kind, "camera": base.body.ident}
    if base.scene.kind == ROOM:
        facts["place"] = f"room-{base.scene.place[-1]:03d}"
    if recipe.keep_exif and recipe.format == "jpeg" and recipe.edit != "metadata-stripped":
        taken = base.taken
        facts["serial"] = base.body.serial
        facts["taken"] = taken.when.isoformat(timespec="milliseconds")
        facts["gps"] = taken.gps
        facts["orientation"] = taken.orientation if recipe.edit is None else 1
    return facts


def _make_bundle(bundle: Bundle, row: ManifestRow) -> Made:
    inside = [(spec, make_file(spec)) for spec in bundle.members]
    members = [(spec.path.decode(), made.data) for spec, made in inside]
    data = dict(PACKS)[bundle.format](members)
    rows: list[ManifestRow] = []
    for spec, made in inside:
        listed = [_within(row, each) for each in made.rows]
        rows += _as_found(bundle.format, listed, _reach(data, spec, made))
    if bundle.format == "bomb-zip":
        rows.append(_bomb_row(row))
    own = _made(data, replace(row, format=bundle.format)).rows
    return Made(data, (*own, *rows))


def _within(outer: ManifestRow, row: ManifestRow) -> ManifestRow:
    return replace(row, path=outer.path, members=(*outer.members, row.path.decode(), *row.members))


def _reach(data: bytes, spec: FileSpec, made: Made) -> str:
    """Return how much of a stored member an archive still holds: all, part or none."""
    if made.data in data:
        return "all"
    return "part" if spec.path in data else "none"


def _as_found(container: str, rows: list[ManifestRow], reach: str) -> list[ManifestRow]:
    """Return members as they can be had from a container that is encrypted or broken."""
    if container == "encrypted-zip":
        return [replace(row, expected="unreadable") for row in rows]
    if container != "broken-zip":
        return rows
    if reach == "none":
        return []
    if reach == "part":
        return [replace(row, expected="media-damaged", certain=False, sha256=None, damage="truncated") for row in rows]
    return [replace(row, certain=False) for row in rows]


def _bomb_row(row: ManifestRow) -> ManifestRow:
    return ManifestRow(
        path=row.path, kind="not-media", expected="unreadable", members=("holiday.bmp",), certain=False, size=BOMB_SIZE
    )
