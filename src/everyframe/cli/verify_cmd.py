"""``everyframe verify``: check the audit and all that it vouches for."""

from pathlib import Path

import click

from everyframe.cli.common import case_argument, json_option, print_json
from everyframe.cli.ticker import PhaseTicker
from everyframe.errors import VerificationError
from everyframe.store import verify as checks
from everyframe.store.case import Case

__all__ = ["verify"]


@click.command()
@case_argument
@click.option("--head", default="", metavar="N:HASH", help="A head noted earlier; it must still be in the chain.")
@click.option("--previews/--no-previews", default=True, show_default=True, help="Read every preview too.")
@json_option
def verify(directory: Path, head: str, *, previews: bool, as_json: bool) -> None:
    """Check the audit chain, the account, and the rows and previews they vouch for.

    Prints the head of the chain: note it outside the case, and a later verify --head proves that nothing before it was
    changed or taken away. Ends with exit code 13 when anything is wrong.
    """
    ticker = PhaseTicker(as_events=as_json)
    with Case(directory) as case:
        found = checks.verify(case, head=head, previews=previews, tell=ticker.step)
    ticker.end()
    if as_json:
        print_json(
            {"verified": not found.problems, "head": found.head, "checked": found.checked, "problems": found.problems}
        )
    else:
        for what, count in found.checked.items():
            click.echo(f"{what:24} {count:>12,}")
        for problem in found.problems:
            click.echo(f"WRONG  {problem}")
        click.echo(f"head {found.head}")
    if found.problems:
        raise VerificationError(f"{len(found.problems)} problems; keep the case as it is and compare with your copies")
