"""Folders with how many of their files are looked at and decided; files are counted, so that the sums are the listing's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from everyframe.model.states import MediaOutcome
from everyframe.store import schema
from everyframe.store.columns import kept, member

__all__ = ["Folder", "read_folders"]

M, F, E, S = schema.media, schema.media_file, schema.exhibit, schema.standing
Key = tuple[str, str]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Folder:
    """Hold one folder: ``files`` that can be shown in it and below, those looked at, those decided, and its own folders."""

    exhibit: str
    path: str
    name: str
    files: int
    looked: int
    decided: int
    folders: int


@dataclass(frozen=True, slots=True)
class _Tree:
    keys: list[Key]
    parent: NDArray[np.int64]  # place of the folder above; -1 at the top
    children: dict[Key | None, list[int]]
    folder: NDArray[np.int64]  # of each file
    media: NDArray[np.int64]  # of each file


def read_folders(connection: Connection, exhibit: str, path: str, unnamed: Sequence[int] = ()) -> list[Folder]:
    """Give the folders of an exhibit that stand directly below a path; the exhibits themselves when none is named.

    What stands in ``unnamed`` counts as undecided.
    """
    tree = kept(connection, "folders", lambda: _read(connection))
    chosen = tree.children.get((exhibit, path) if exhibit else None, [])
    size = int(tree.media.max()) + 1 if tree.media.size else 1
    seen = _ids(connection, select(M.c.id).where(M.c.looked), size)
    decided = _ids(connection, select(S.c.media_id), size)
    decided &= ~member(np.asarray(unnamed, dtype=np.int64), size)
    files, looked, done = (_rolled(tree, mask) for mask in (None, seen[tree.media], decided[tree.media]))
    return [_folder(tree, n, int(files[n]), int(looked[n]), int(done[n])) for n in chosen]


def _folder(tree: _Tree, place: int, files: int, looked: int, decided: int) -> Folder:
    exhibit, path = key = tree.keys[place]
    name = path.rsplit("/", 1)[-1] or exhibit
    return Folder(exhibit, path, name, files, looked, decided, len(tree.children.get(key, [])))


def _ids(connection: Connection, query: Any, size: int) -> NDArray[np.bool_]:  # noqa: ANN401 - a query for one column of ids
    rows: Any = connection.execute(query).cursor
    return member(np.fromiter((row[0] for row in rows), dtype=np.int64), size)


def _rolled(tree: _Tree, mask: NDArray[np.bool_] | None) -> Counts:
    """Count the files of each folder, those of the folders below included; children stand behind their parents."""
    own = np.bincount(tree.folder if mask is None else tree.folder[mask], minlength=len(tree.keys))
    for place in range(len(tree.keys) - 1, -1, -1):
        above = tree.parent[place]
        if above >= 0:
            own[above] += own[place]
    return own


def _read(connection: Connection) -> _Tree:
    references = {row.id: row.reference for row in connection.execute(select(E.c.id, E.c.reference))}
    query = (
        select(F.c.exhibit_id, F.c.display, F.c.media_id)
        .join(M, M.c.id == F.c.media_id)
        .where(M.c.outcome == MediaOutcome.VIEWABLE, F.c.folded_under.is_(None))
    )
    places: dict[Key, int] = {}
    above: list[int] = []
    folders, media = [], []
    cursor: Any = connection.execute(query).cursor
    for exhibit, display, media_id in cursor:
        folders.append(_place(places, above, references[exhibit], display.rpartition("/")[0]))
        media.append(media_id)
    children: dict[Key | None, list[int]] = {}
    keys = list(places)
    for place in places.values():
        children.setdefault(keys[above[place]] if above[place] >= 0 else None, []).append(place)
    for some in children.values():
        some.sort(key=lambda place: keys[place])
    arrays = (np.array(values, dtype=np.int64) for values in (above, folders, media))
    parent, folder, ids = arrays
    return _Tree(keys, parent, children, folder, ids)


def _place(places: dict[Key, int], above: list[int], exhibit: str, path: str) -> int:
    """Give the place of a folder; it and those above it are added when they are new, those above first."""
    key = (exhibit, path)
    if key not in places:
        over = _place(places, above, exhibit, path.rpartition("/")[0]) if path else -1
        places[key] = len(above)
        above.append(over)
    return places[key]
