"""Importing a set and removing one: in place as a whole or not at all, and on record either way."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

from everyframe.errors import UsageError
from everyframe.known.building import build
from everyframe.known.delta_import import apply_delta
from everyframe.known.info import SetInfo, read_info, write_info
from everyframe.known.lint import Lint
from everyframe.known.read_nsrl_delta import NsrlDeltaReader
from everyframe.known.reader import read_blocks
from everyframe.known.readers import find_reader
from everyframe.known.sets import set_folders
from everyframe.known.shelf import NewSet, facts_of, new_folder, record, retire, seat
from everyframe.known.source import Source
from everyframe.store.scheme_files import load_scheme

__all__ = ["NewSet", "import_set", "remove_set"]


def import_set(
    path: Path, asked: NewSet, *, home: Path, actor: str, step: Callable[[int, int], None] | None = None
) -> SetInfo:
    """Import one file as one set, or apply a delta to one. The commit point is the renaming of the new set's folder.

    Raises:
        UsageError: the file is not readable as a set, or stands there already.
        SchemeError: the scheme does not exist.
    """
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file")
    source = Source(path, asked.mapping) if step is None else Source(path, asked.mapping, step)
    reader = find_reader(source, asked.format)
    if reader.NAME == NsrlDeltaReader.NAME:
        return apply_delta(source, asked, home=home, actor=actor)
    if asked.onto:
        raise UsageError(f"{path}: is {reader.DESCRIPTION}; only a delta is applied onto a set")
    kind = asked.kind or reader.KIND
    if not kind:
        raise UsageError(f"{path}: is {reader.DESCRIPTION}; say what a hit means with --kind")
    codes = {c.code for c in load_scheme(asked.scheme).categories} if asked.scheme else None
    info = facts_of(source, asked, kind, reader.NAME, actor)
    lint = Lint()
    with seat(home) as folder:
        if (folder / info.id).exists():
            raise UsageError(f"{path}: this file is set {info.id} already")
        with new_folder(folder, info.id) as place:
            rows, algorithms, categories = build(place, info.name, read_blocks(reader, source, lint), lint)
            if not rows:
                raise UsageError(f"{path}: no row could be read ({_counts(lint) or 'the file is empty'})")
            _check_scheme(categories, codes, lint)
            info = dataclasses.replace(
                info, rows=rows, algorithms=algorithms, categories=categories,
                lint=dict(lint.counts), lint_examples=lint.examples,
            )  # fmt: skip
            write_info(place, info)
        record(folder, "import", info, actor)
    return info


def remove_set(ident: str, *, home: Path, actor: str, why: str) -> SetInfo:
    """Remove a set; the record that it was there, and why it went, stays.

    Raises:
        UsageError: there is none with this id.
    """
    with seat(home) as folder:
        if ident not in {f.name for f in set_folders(home)}:
            raise UsageError(f"no known set {ident!r}; see: everyframe known list")
        info = read_info(folder / ident)
        retire(folder, info, "remove", actor, why)
    return info


def _check_scheme(categories: dict[str, int], codes: set[str] | None, lint: Lint) -> None:
    for code, rows in categories.items():
        if codes is not None and code and code not in codes:
            lint.add("category-outside-scheme", f"category {code}", f"{rows:,} rows", count=rows)


def _counts(lint: Lint) -> str:
    return ", ".join(f"{kind}: {count}" for kind, count in lint.counts.most_common(5))
