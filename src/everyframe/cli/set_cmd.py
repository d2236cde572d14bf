"""``everyframe set``: the settings of a case."""

from pathlib import Path

import click

from everyframe.cli.common import actor, case_argument, json_option, print_json
from everyframe.errors import UsageError
from everyframe.model.settings import SETTINGS
from everyframe.store import settings
from everyframe.store.case import Case

__all__ = ["set_command"]


@click.command("set")
@case_argument
@click.argument("name", required=False, default="")
@click.argument("value", required=False, default="")
@json_option
def set_command(directory: Path, name: str, value: str, *, as_json: bool) -> None:
    """List the settings of a case, or set NAME to VALUE. Each change is in the audit."""
    with Case(directory) as case:
        if name:
            _change(case, name, value)
        with case.database.read() as connection:
            have = settings.read(connection)
    values = {s.name: int(have.get(s.name, s.default)) for s in SETTINGS}
    if as_json:
        print_json(values)
        return
    for s in SETTINGS:
        click.echo(f"{s.name:22} {values[s.name]:>6}  {s.meaning}")


def _change(case: Case, name: str, value: str) -> None:
    if name not in {s.name for s in SETTINGS}:
        raise UsageError(f"there is no setting {name!r}; there are {', '.join(s.name for s in SETTINGS)}")
    number = settings.whole(value, name)
    with case.database.write() as connection:
        settings.change(connection, name, str(number), actor())
