"""Write an exhibit to disk, in one process or several, and its manifest beside it."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeAlias

from everyframe.demo.files import FileSpec, Link, make_file
from everyframe.demo.layout import EMPTY_FOLDER, lay_out
from everyframe.demo.manifest import Manifest, ManifestRow
from everyframe.demo.plan import DemoPlan
from everyframe.errors import UsageError

Progress: TypeAlias = Callable[[int, int], None]
Group: TypeAlias = list[FileSpec]

_FOLDER_TIME = 1_704_067_200


def make_exhibit(
    directory: Path,
    *,
    files: int = 400,
    seed: int = 1,
    workers: int = 1,
    progress: Progress | None = None,
    plan: DemoPlan | None = None,
) -> Manifest:
    """Draw a benign exhibit into ``directory/exhibit`` and its truth into ``directory/manifest.json``.

    The same `files` and `seed` give the same bytes, whatever `workers` is. One of everything is always made, so that
    the smallest exhibit has about 120 files.

    Args:
        directory: where to write; it must not hold an exhibit yet.
        files: about how many files, archive members included.
        seed: another seed gives another exhibit.
        workers: how many processes draw.
        progress: called with files made and files planned.
        plan: shares other than the usual ones; replaces `files` and `seed`.

    Raises:
        UsageError: an exhibit stands there already.
    """
    chosen = DemoPlan(files, seed) if plan is None else plan
    root = directory / "exhibit"
    if root.exists():
        raise UsageError(f"{root} exists already; choose another directory or remove it")
    groups = lay_out(chosen)
    _make_folders(root, groups)
    rows: list[ManifestRow] = []
    done, total = 0, sum(len(group) for group in groups)
    for group, made in zip(groups, _made(root, groups, workers), strict=True):
        rows += made
        done += len(group)
        if progress is not None:
            progress(done, total)
    _date_folders(root)
    manifest = Manifest(chosen.files, chosen.seed, tuple(sorted(rows, key=lambda row: (row.path, row.members))))
    manifest.write(directory / "manifest.json")
    return manifest


def _made(root: Path, groups: list[Group], workers: int) -> Iterator[list[ManifestRow]]:
    if workers <= 1:
        yield from (write_group(root, group) for group in groups)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        yield from pool.map(partial(write_group, root), groups, chunksize=2)


def write_group(root: Path, group: Group) -> list[ManifestRow]:
    """Make and write the files of one group; runs in a worker process."""
    rows: list[ManifestRow] = []
    for spec in group:
        made = make_file(spec)
        _write(root, spec, made.data)
        rows += made.rows
    return rows


def _write(root: Path, spec: FileSpec, data: bytes) -> None:
    path = os.path.join(os.fsencode(root), spec.path)  # noqa: PTH118 - pathlib has no paths of bytes
    if isinstance(spec.content, Link):
        Path(os.fsdecode(path)).symlink_to(os.fsdecode(spec.content.target))
    else:
        Path(os.fsdecode(path)).write_bytes(data)
    os.utime(path, (spec.mtime, spec.mtime), follow_symlinks=False)


def _make_folders(root: Path, groups: list[Group]) -> None:
    folders = {spec.path.rpartition(b"/")[0] for group in groups for spec in group}
    for folder in sorted({*folders, EMPTY_FOLDER}):
        Path(root, os.fsdecode(folder)).mkdir(parents=True, exist_ok=True)


def _date_folders(root: Path) -> None:
    for folder, _, _ in os.walk(root, topdown=False):
        os.utime(folder, (_FOLDER_TIME, _FOLDER_TIME))
