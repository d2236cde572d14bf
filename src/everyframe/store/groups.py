"""The queue: what belongs together, with how much of it nobody has seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from everyframe.model.states import Provenance
from everyframe.store import schema
from everyframe.store.columns import kept, member
from everyframe.store.views import shown, unfolded

__all__ = ["Group", "Key", "Members", "counted", "folder_groups"]

M, F, E, S = schema.media, schema.media_file, schema.exhibit, schema.standing


@dataclass(frozen=True, slots=True)
class Group:
    """Hold one group of the queue.

    Args:
        exhibit: its reference; that of the first picture of a stack or burst, empty for what is in none.
        path: of the folder, or of the first picture.
        media: how many it has.
        unseen: of these, how many stand in the grid and nobody has looked at.
        undecided: of these, how many no category stands on.
        newest: time of its newest file, or of the beginning of a burst.
        kind: ``folder``, ``stack`` or ``burst``.
        key: the Media that names a stack or burst; 0 for all that is in none.
    """

    exhibit: str
    path: str
    media: int
    unseen: int
    undecided: int
    newest: str
    kind: str = "folder"
    key: int = 0


@dataclass(frozen=True, slots=True)
class Key:
    """Name a group: as ``Group`` does."""

    exhibit: str
    path: str
    kind: str = "folder"
    key: int = 0


@dataclass(frozen=True, slots=True)
class Members:
    """Hold which Media belong to which group.

    Args:
        keys: of the groups.
        newest: their times.
        codes: (N,) int64, place of the group of each Media.
        media: (N,) int64.
    """

    keys: list[Key]
    newest: list[str]
    codes: Any
    media: Any


def folder_groups(connection: Connection, unnamed: Sequence[int] = ()) -> list[Group]:
    """Give every folder that holds Media itself; each Media belongs to the folder of its first file.

    What stands in ``unnamed`` counts as undecided.
    """
    return counted(connection, kept(connection, "groups", lambda: _members(connection)), unnamed)


def counted(
    connection: Connection, members: Members, unnamed: Sequence[int] = (), *, whole: bool = False
) -> list[Group]:
    """Count what each group has; with ``whole``, what is folded under a representative is counted as well."""
    if not members.keys:
        return []
    size = int(members.media.max()) + 1
    looked, decided, there = (np.zeros(size, dtype=bool) for _ in range(3))
    queries = (select(M.c.id).where(M.c.looked), select(S.c.media_id), select(M.c.id).where(shown()))
    for mask, query in zip((looked, decided, there), queries, strict=True):
        cursor: Any = connection.execute(query).cursor
        found = np.fromiter((row[0] for row in cursor), dtype=np.int64)
        mask[found[found < size]] = True
    decided &= ~member(np.asarray(unnamed, dtype=np.int64), size)
    total, stands = len(members.keys), there[members.media]
    counts = np.ones_like(stands) if whole else stands
    all_of = np.bincount(members.codes[counts], minlength=total)
    unseen = np.bincount(members.codes[stands & ~looked[members.media]], minlength=total)
    undecided = np.bincount(members.codes[counts & ~decided[members.media]], minlength=total)
    return [
        Group(k.exhibit, k.path, int(all_of[n]), int(unseen[n]), int(undecided[n]), members.newest[n], k.kind, k.key)
        for n, k in enumerate(members.keys)
        if all_of[n]
    ]


def _members(connection: Connection) -> Members:
    references = {row.id: row.reference for row in connection.execute(select(E.c.id, E.c.reference))}
    query = (
        select(M.c.id, F.c.exhibit_id, F.c.display, F.c.modified, F.c.provenance)
        .join(F, F.c.id == M.c.first_file_id)
        .where(unfolded())
        .order_by(M.c.first_file_id)
    )
    places: dict[tuple[str, str], int] = {}
    newest: list[str] = []
    codes, media = [], []
    cursor: Any = connection.execute(query).cursor
    for media_id, exhibit, display, modified, provenance in cursor:
        folder = display.rpartition("/")[0]
        if provenance == Provenance.EMBEDDED:  # it belongs with the file that it is embedded in
            folder = folder.rpartition("/")[0]
        place = places.setdefault((references[exhibit], folder), len(places))
        if place == len(newest):
            newest.append("")
        newest[place] = max(newest[place], modified or "")
        codes.append(place)
        media.append(media_id)
    keys = [Key(*key) for key in places]
    return Members(keys, newest, np.array(codes, dtype=np.int64), np.array(media, dtype=np.int64))
