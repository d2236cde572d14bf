"""``everyframe digest``: one number for everything that intake found."""

from pathlib import Path

import click

from everyframe.cli.common import case_argument, json_option, print_json
from everyframe.store.case import Case
from everyframe.store.digest import result_digest

__all__ = ["digest"]


@click.command()
@case_argument
@json_option
def digest(directory: Path, *, as_json: bool) -> None:
    """Print the digest of all that intake found, whatever the order, the number of workers or the time."""
    with Case(directory) as case, case.database.read() as connection:
        found = result_digest(connection)
    if as_json:
        print_json({"digest": found})
    else:
        click.echo(found)
