"""``everyframe exhibit``: look at what was seized before any of it is taken in."""

import os
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from everyframe.cli.common import json_option, keys_option, print_json, size_text
from everyframe.errors import EXIT_WARNINGS, EvidenceError, ExhibitError, UsageError
from everyframe.intake.image_lister import digest_image, inspect_image
from everyframe.intake.verifying import compare
from everyframe.model.disk import Layout
from everyframe.model.entry import display_path

__all__ = ["exhibit"]


@click.group()
def exhibit() -> None:
    """Look at what was seized."""


@exhibit.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "--verify", is_flag=True, help="Digest the whole disk, and hold it against the hashes stored in the image."
)
@keys_option
@json_option
def inspect(source: Path, *, verify: bool, as_json: bool) -> int:
    """Show what a disk image holds: volumes, file systems, what is encrypted, what cannot be read.

    Nothing is stored. Ends with exit code 1 when something cannot be read.
    """
    if not source.is_file():
        raise UsageError(f"{source} is not a file; a folder has no volumes, and intake takes it as it is")
    real = os.path.realpath(os.fsencode(source))
    try:
        layout = inspect_image(real)
        if layout is None:
            raise ExhibitError(
                f"{source} is not a disk image of a kind that is known; intake takes it as a single file"
            )
        digests = digest_image(real) if verify else {}
    except EvidenceError as error:
        raise ExhibitError(f"{source}: {error}") from error
    words, differs = compare(dict(layout.facts.hashes), digests) if verify else ("", False)
    if as_json:
        print_json(_as_json(layout) | ({"digests": digests, "verified": words} if verify else {}))
    else:
        _print(layout, digests, words)
    return EXIT_WARNINGS if layout.problems or differs else 0


def _as_json(layout: Layout) -> dict[str, Any]:
    facts = layout.facts
    return {
        "container": facts.container,
        "size": facts.size,
        "table": layout.table,
        "segments": [{"path": display_path(s.path), "size": s.size} for s in facts.segments],
        "hashes": dict(facts.hashes),
        "notes": dict(facts.notes),
        "volumes": [v.as_json() for v in layout.volumes],
        "unread_bytes": sum(v.size for v in layout.volumes if v.unread),
        "problems": [{"code": p.code.value, "reason": p.reason} for p in layout.problems],
    }


def _print(layout: Layout, digests: dict[str, str], words: str) -> None:
    console = Console(highlight=False, soft_wrap=True)
    facts = layout.facts
    files = f"{len(facts.segments)} files" if len(facts.segments) > 1 else "1 file"
    console.print(f"{facts.container}, {files}, a disk of {facts.size:,} bytes; partition table: {layout.table}")
    for name, value in (*facts.hashes, *facts.notes):
        console.print(f"  {name}: {value}", markup=False)
    table = Table()
    for column in ("volume", "offset", "size", "holds", "label", "state"):
        table.add_column(column, justify="right" if column in ("offset", "size") else "left")
    for v in layout.volumes:
        table.add_row(v.key or "-", f"{v.offset:,}", size_text(v.size), v.kind, v.label, v.state.value)
    console.print(table)
    for problem in layout.problems:
        console.print(f"{problem.code.value}: {problem.reason}", markup=False)
    for name, value in digests.items():
        console.print(f"computed {name}: {value}")
    if words:
        console.print(f"verified: {words}", markup=False)
