"""``everyframe warnings``: whatever could not be read, decoded or finished."""

import itertools
from pathlib import Path

import click

from everyframe.cli.common import case_argument, json_option, print_json
from everyframe.model.warning import MEANING, WarningCode
from everyframe.store import warnings as stored
from everyframe.store.case import Case

__all__ = ["warnings"]


@click.command()
@case_argument
@click.option("--exhibit", default="", metavar="REF", help="Only those of this exhibit.")
@click.option(
    "--code", default="", type=click.Choice(["", *(c.value for c in WarningCode)]), help="Only those of one kind."
)
@json_option
def warnings(directory: Path, exhibit: str, code: str, *, as_json: bool) -> None:
    """List the stored Warnings, grouped by kind."""
    with Case(directory) as case, case.database.read() as connection:
        found = list(stored.read_warnings(connection, code=code, exhibit=exhibit))
    if as_json:
        print_json([w.as_json() for w in found])
        return
    found.sort(key=lambda w: (w.code, w.exhibit, w.path))
    for kind, group in itertools.groupby(found, key=lambda w: w.code):
        rows = list(group)
        click.echo(f"{kind} ({len(rows)}): {MEANING[WarningCode(kind)]}")
        for w in rows:
            more = f" (and {w.files - 1} more of the same bytes)" if w.files > 1 else ""
            click.echo(f"  {w.exhibit}: {w.path or '-'}{more}\n    {w.reason}")
    click.echo(f"{len(found)} warnings")
