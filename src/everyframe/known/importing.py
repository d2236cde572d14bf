"""Importing a set and removing one: in place as a whole or not at all, and on record either way."""

import dataclasses
import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from everyframe.errors import UsageError
from everyframe.known.building import build
from everyframe.known.info import SetInfo, read_info, write_info
from everyframe.known.lint import Lint
from everyframe.known.reader import read_blocks
from everyframe.known.readers import find_reader
from everyframe.known.sets import set_folders, sets_folder
from everyframe.known.source import Source
from everyframe.store.scheme_files import load_scheme

__all__ = ["NewSet", "import_set", "remove_set"]

BUILDING: Final = ".building-"
REMOVING: Final = ".removing-"
ID_LENGTH: Final = 40


@dataclass(frozen=True, slots=True)
class NewSet:
    """Hold what a person says of a set to import; what is empty is taken from the file."""

    kind: str = ""
    name: str = ""
    scheme: str = ""
    version: str = ""
    trust: str = "unverified"
    format: str = ""
    mapping: dict[str, str] = field(default_factory=dict)


def import_set(
    path: Path, asked: NewSet, *, home: Path, actor: str, step: Callable[[int, int], None] | None = None
) -> SetInfo:
    """Import one file as one set. Its commit point is the renaming of its folder.

    Raises:
        UsageError: the file is not readable as a set, or stands there already.
        SchemeError: the scheme does not exist.
    """
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file")
    source = Source(path, asked.mapping) if step is None else Source(path, asked.mapping, step)
    reader = find_reader(source, asked.format)
    kind = asked.kind or reader.KIND
    if not kind:
        raise UsageError(f"{path}: is {reader.DESCRIPTION}; say what a hit means with --kind")
    codes = {c.code for c in load_scheme(asked.scheme).categories} if asked.scheme else None
    info = _facts(source, asked, kind, reader.NAME, actor)
    lint = Lint()
    with _seat(home) as folder:
        if (folder / info.id).exists():
            raise UsageError(f"{path}: this file is set {info.id} already")
        place = folder / f"{BUILDING}{info.id}"
        place.mkdir()
        try:
            rows, algorithms, categories = build(place, info.name, read_blocks(reader, source, lint), lint)
            if not rows:
                raise UsageError(f"{path}: no row could be read ({_counts(lint) or 'the file is empty'})")
            _check_scheme(categories, codes, lint)
            info = dataclasses.replace(
                info, rows=rows, algorithms=algorithms, categories=categories,
                lint=dict(lint.counts), lint_examples=lint.examples,
            )  # fmt: skip
            write_info(place, info)
            _sync(place)
            place.rename(folder / info.id)
            _sync(folder)
        finally:
            shutil.rmtree(place, ignore_errors=True)
        _record(folder, "import", info, actor)
    return info


def remove_set(ident: str, *, home: Path, actor: str, why: str) -> SetInfo:
    """Remove a set; the record that it was there, and why it went, stays.

    Raises:
        UsageError: there is none with this id.
    """
    with _seat(home) as folder:
        if ident not in {f.name for f in set_folders(home)}:
            raise UsageError(f"no known set {ident!r}; see: everyframe known list")
        info = read_info(folder / ident)
        _record(folder, "remove", info, actor, why)
        gone = folder / f"{REMOVING}{ident}"
        (folder / ident).rename(gone)
        _sync(folder)
        shutil.rmtree(gone)
    return info


def _facts(source: Source, asked: NewSet, kind: str, reader: str, actor: str) -> SetInfo:
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


def _check_scheme(categories: dict[str, int], codes: set[str] | None, lint: Lint) -> None:
    for code, rows in categories.items():
        if codes is not None and code and code not in codes:
            lint.add("category-outside-scheme", f"category {code}", f"{rows:,} rows", count=rows)


def _counts(lint: Lint) -> str:
    return ", ".join(f"{kind}: {count}" for kind, count in lint.counts.most_common(5))


@contextmanager
def _seat(home: Path) -> Iterator[Path]:
    """Hold the one seat for changes of sets, and clear away what an import that was killed left."""
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
        yield folder


def _record(folder: Path, action: str, info: SetInfo, actor: str, why: str = "") -> None:
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
        "why": why,
    }
    with (folder / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
