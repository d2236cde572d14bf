"""Where the sets of an agency stand: one seat for changes, a place to build in, a record of who changed what."""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from everyframe.errors import UsageError
from everyframe.known.info import SetInfo, read_info
from everyframe.known.sets import set_folders, sets_folder
from everyframe.known.source import Source

__all__ = ["NewSet", "facts_of", "new_folder", "record", "retire", "seat"]

BUILDING: Final = ".building-"
REMOVING: Final = ".removing-"
ID_LENGTH: Final = 40


@dataclass(frozen=True, slots=True)
class NewSet:
    """Hold what a person says of a set to import; what is empty is taken from the file.

    ``onto`` is the id of the set that a delta is applied to.
    """

    kind: str = ""
    name: str = ""
    scheme: str = ""
    version: str = ""
    trust: str = "unverified"
    format: str = ""
    mapping: dict[str, str] = field(default_factory=dict)
    onto: str = ""


def facts_of(source: Source, asked: NewSet, kind: str, reader: str, actor: str) -> SetInfo:
    """Give what is known of a set before its rows are read."""
    name = asked.name or source.path.stem
    with source.path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    slug = re.sub(r"[^a-z0-9.]+", "-", f"{name} {asked.version}".lower()).strip("-.")[:ID_LENGTH]
    return SetInfo(
        id=f"{slug or 'set'}-{content[:8]}",
        name=name,
        kind=kind,
        scheme=asked.scheme,
        version=asked.version,
        trust=asked.trust,
        format=reader,
        source=source.path.name,
        source_digest=content,
        source_bytes=source.size,
        imported_at=datetime.now(UTC).isoformat(timespec="seconds"),
        imported_by=actor,
    )


@contextmanager
def seat(home: Path) -> Iterator[Path]:
    """Hold the one seat for changes of sets, and bring to its end what a process that was killed left.

    Raises:
        UsageError: another process holds it.
    """
    folder = sets_folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError("another import or removal of a known set is running; wait for it") from error
        for left in folder.iterdir():
            if left.name.startswith((BUILDING, REMOVING)):
                shutil.rmtree(left)
        _retire_replaced(home, folder)
        yield folder


@contextmanager
def new_folder(folder: Path, ident: str) -> Iterator[Path]:
    """Give a place to build a set in; its commit point is the renaming of the place, when the block ends well."""
    place = folder / f"{BUILDING}{ident}"
    place.mkdir()
    try:
        yield place
        _sync(place)
        place.rename(folder / ident)
        _sync(folder)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def retire(folder: Path, info: SetInfo, action: str, actor: str, why: str) -> None:
    """Take a set out of the shelf; that it was there, and why it went, stays on record."""
    record(folder, action, info, actor, why)
    gone = folder / f"{REMOVING}{info.id}"
    (folder / info.id).rename(gone)
    _sync(folder)
    shutil.rmtree(gone)


def record(folder: Path, action: str, info: SetInfo, actor: str, why: str = "") -> None:
    """Add a line to the log of the shelf."""
    line = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "actor": actor,
        "action": action,
        "set": info.id,
        "name": info.name,
        "version": info.version,
        "kind": info.kind,
        "rows": info.rows,
        "source_digest": info.source_digest,
        "lint": info.lint,
        "why": why,
    }
    with (folder / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _retire_replaced(home: Path, folder: Path) -> None:
    """Retire a set whose next version stands beside it; one that was imported anew since then is kept."""
    for place in set_folders(home):
        with contextlib.suppress(UsageError):
            newer = read_info(place)
            if newer.onto and (folder / newer.onto).is_dir():
                older = read_info(folder / newer.onto)
                if older.imported_at <= newer.imported_at:
                    retire(folder, older, "replace", newer.imported_by, f"replaced by {newer.id}")


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
