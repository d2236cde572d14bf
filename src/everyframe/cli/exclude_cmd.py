"""``everyframe exclude``: set files aside without a look, with a reason that stays on record."""

from dataclasses import asdict
from pathlib import Path

import click

from everyframe.cli.common import actor, case_argument, json_option, print_json
from everyframe.errors import UsageError
from everyframe.store import exclusions
from everyframe.store.case import Case

__all__ = ["exclude"]


@click.command()
@case_argument
@click.argument("pattern", required=False, default="")
@click.option("--exhibit", default="", metavar="REF", help="Only files of this exhibit.")
@click.option("--why", default="", help="The reason; it stands in the account and the audit.")
@click.option("--withdraw", type=int, default=None, metavar="N", help="Take exclusion N back.")
@json_option
def exclude(directory: Path, pattern: str, exhibit: str, why: str, withdraw: int | None, *, as_json: bool) -> None:
    """Exclude the files whose path matches PATTERN (* stands for anything, / too; ? for one character), or list what is excluded.

    Nothing is removed: the files stay in the account as `excluded`, and an exclusion can be withdrawn.
    """
    if pattern and withdraw is not None:
        raise UsageError("either exclude a PATTERN or withdraw an exclusion, not both")
    if pattern and not why.strip():
        raise UsageError("an exclusion needs a reason: --why '…'")
    with Case(directory) as case:
        if pattern or withdraw is not None:
            with case.seat("intake", purpose="exclusion"), case.database.write() as connection:
                if withdraw is not None:
                    exclusions.withdraw(connection, withdraw, actor())
                else:
                    exclusions.exclude(connection, pattern=pattern, reference=exhibit, why=why.strip(), actor=actor())
        with case.database.read() as connection:
            found = exclusions.read(connection)
    if as_json:
        print_json([asdict(e) for e in found])
        return
    for e in found:
        taken_back = f", withdrawn by {e.withdrawn_by}" if e.withdrawn_by else ""
        click.echo(
            f"{e.id}: {e.exhibit or 'all exhibits'} {e.pattern}: {e.files} files, by {e.actor}: {e.why}{taken_back}"
        )
