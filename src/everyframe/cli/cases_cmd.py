"""``everyframe cases``: the cases of a folder."""

from pathlib import Path

import click

from everyframe.cli.common import json_option, print_json
from everyframe.store.case_list import CaseLine, case_lines

__all__ = ["cases"]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@json_option
def cases(folder: Path, *, as_json: bool) -> None:
    """List the cases that stand in FOLDER, and how far each is. Nothing is changed, and no case is updated."""
    found = list(case_lines(folder))
    if as_json:
        print_json([line.as_json() for line in found])
        return
    for line in found:
        click.echo(_words(line))
    if not found:
        click.echo("no case stands there", err=True)


def _words(line: CaseLine) -> str:
    if line.state in ("new", "damaged"):
        why = "made by a later version" if line.state == "new" else "cannot be read"
        return f"{line.directory:24} {why}"
    parts = [f"{line.looked:,} of {line.media:,} looked at", f"{line.pending:,} pending", f"{line.warnings:,} warnings"]
    parts += [f"in use: {', '.join(line.held)}"] if line.held else []
    parts += ["tables are updated when it is opened"] if line.state == "old" else []
    parts += [{"yes": "verified", "no": "DOES NOT VERIFY"}[line.verified]] if line.verified else []
    return f"{line.directory:24} {line.number:20} {' · '.join(parts)}"
