"""Keep the truth about a demo exhibit: one row for every file that an intake should list."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Self

from everyframe.atomic import atomic_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from everyframe.demo.edits import Value

FORMAT = "everyframe-demo-manifest"
VERSION = 1

KINDS = (
    "photo",
    "burst",
    "edit",
    "exact-copy",
    "drawing",
    "screenshot",
    "wrong-extension",
    "damaged",
    "not-media",
    "video",
    "archive",
    "encrypted-archive",
    "broken-archive",
    "bomb-archive",
    "symlink",
)
EXPECTED = ("media", "media-damaged", "not-media", "unreadable")


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """Hold what is true of one file.

    `path` is relative to the exhibit. For archive members it is that of the outermost archive, and `members` leads
    from there inwards; a tar.gz counts as one container.
    """

    path: bytes
    kind: str
    expected: str
    members: tuple[str, ...] = ()
    certain: bool = True
    """False where it depends on the reader whether the file is listed at all, as in a broken archive."""
    source: str | None = None
    """The original scene that the picture derives from."""
    parent: str | None = None
    """The camera's file that an edit or a copy was made from."""
    scene: str | None = None
    place: str | None = None
    """The room, shared by all sources taken in it."""
    edit: str | None = None
    parameters: Mapping[str, Value] = field(default_factory=dict)
    format: str | None = None
    camera: str | None = None
    serial: str | None = None
    """As written in the file's own metadata; None where it was stripped."""
    taken: str | None = None
    """ISO 8601, with the offset where the camera records one."""
    gps: tuple[float, float] | None = None
    """Degrees north and east."""
    orientation: int | None = None
    thumbnail: str = "none"
    """Embedded thumbnail: none, same (shows the picture), differs (shows an earlier state of it)."""
    damage: str | None = None
    oddity: str | None = None
    """What is odd about the file name."""
    target: str | None = None
    size: int | None = None
    sha256: str | None = None

    @property
    def display(self) -> str:
        """Return the path as text; bytes that are not UTF-8 appear as escapes."""
        return self.path.decode("utf-8", "backslashreplace")

    @property
    def name(self) -> str:
        """Return the path down into the archives, for messages."""
        return " > ".join((self.display, *self.members))

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON values; `path_b64` is there only when the path is not UTF-8."""
        values = asdict(self)
        values["path"] = self.display
        values["members"] = list(self.members)
        values["gps"] = None if self.gps is None else list(self.gps)
        values["parameters"] = dict(self.parameters)
        if self.display.encode("utf-8") != self.path:
            values["path_b64"] = base64.b64encode(self.path).decode("ascii")
        return {key: value for key, value in values.items() if value not in (None, [], {})}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Return the row that `to_json` gave."""
        known = {each.name for each in fields(cls)}
        given = {key: value for key, value in values.items() if key in known}
        encoded = values.get("path_b64")
        given["path"] = values["path"].encode("utf-8") if encoded is None else base64.b64decode(encoded)
        given["members"] = tuple(values.get("members", ()))
        if "gps" in given:
            given["gps"] = (float(given["gps"][0]), float(given["gps"][1]))
        return cls(**given)


@dataclass(frozen=True, slots=True)
class Manifest:
    """Hold the rows of an exhibit, with the plan that made them."""

    files: int
    seed: int
    rows: tuple[ManifestRow, ...]

    def counts(self) -> dict[str, int]:
        """Return how many rows there are of each kind."""
        return _count(row.kind for row in self.rows)

    def write(self, path: Path) -> None:
        """Write as JSON, replacing the file in one step."""
        document = {
            "format": FORMAT,
            "version": VERSION,
            "files": self.files,
            "seed": self.seed,
            "counts": self.counts(),
            "rows": [row.to_json() for row in self.rows],
        }
        text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        with atomic_file(path) as file:
            file.write(text.encode())

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read what `write` wrote; raises ValueError for anything else."""
        document = json.loads(path.read_text("utf-8"))
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise ValueError(f"{path} is not a manifest of a demo exhibit")
        if document.get("version") != VERSION:
            raise ValueError(f"{path} was made by another version of Everyframe; make the demo exhibit again")
        rows = tuple(ManifestRow.from_json(values) for values in document["rows"])
        return cls(files=document["files"], seed=document["seed"], rows=rows)


def _count(kinds: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for kind in kinds:
        counts[kind] = counts.get(kind, 0) + 1
    return dict(sorted(counts.items()))
