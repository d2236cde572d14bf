"""``everyframe account``: the state of every file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from everyframe.cli.common import case_argument, json_option, print_json, size_text
from everyframe.errors import AccountError, UsageError
from everyframe.model.account import Account
from everyframe.model.states import State
from everyframe.store.account import read_account
from everyframe.store.case import Case
from everyframe.triage.assurance import Finding, findings

__all__ = ["account", "print_account"]


@click.command()
@case_argument
@click.option("--exhibit", default="", metavar="REF", help="Only this exhibit.")
@json_option
def account(directory: Path, exhibit: str, *, as_json: bool) -> None:
    """Print the account: every listed file in exactly one state.

    Ends with exit code 12 when it does not balance.
    """
    with Case(directory) as case, case.database.read() as connection:
        found = read_account(connection)
        samples = findings(connection)
    if exhibit:
        found = _only(found, exhibit)
    if as_json:
        print_json(account_json(found, samples) | ({"exhibits": [found.as_json()]} if exhibit else {}))
    else:
        print_account(found)
        for sample in samples:
            click.echo(sample.sentence)
    if not found.balanced:
        raise AccountError(
            f"the account does not balance: {found.listed} files are listed, {found.files} are in a state. "
            f"Do not rely on this case; run: everyframe verify {directory}"
        )


def account_json(found: Account, samples: Sequence[Finding]) -> dict[str, Any]:
    """Give what scripts read: the account, and what samples say of what nobody looked at."""
    return found.as_json() | {"assurance": [s.as_json() for s in samples]}


def print_account(found: Account) -> None:
    """Print an account as tables, one for each exhibit and one for the whole."""
    console = Console(highlight=False, soft_wrap=True)
    parts = (*found.exhibits, found) if len(found.exhibits) > 1 else (found.exhibits or (found,))
    for part in parts:
        console.print(_table(part))
    for stretch in found.unread:
        where = f"{stretch.exhibit}: " if stretch.exhibit else ""
        console.print(f"unread: {where}{stretch.size:,} bytes at {stretch.offset:,}: {stretch.reason}")
    state = "balances" if found.balanced else "DOES NOT BALANCE"
    done = "" if found.complete else "; a source is not listed to its end"
    console.print(f"{found.listed} files listed, {found.accounted} accounted for: the account {state}{done}")


def _table(part: Account) -> Table:
    table = Table(title=f"Exhibit {part.reference}" if part.reference else "All exhibits", title_justify="left")
    table.add_column("state")
    for name in ("files", "media", "size"):
        table.add_column(name, justify="right")
    for state, tally in part.states.items():
        style = "" if tally.files else "dim"
        table.add_row(state.value, f"{tally.files:,}", f"{tally.media:,}", size_text(tally.bytes), style=style)
        for known in part.known if state is State.KNOWN else ():
            name = f"  {known.set} {known.version}".rstrip() + f" ({known.kind})"
            table.add_row(name, f"{known.files:,}", f"{known.media:,}", "", style="dim")
    table.add_section()
    table.add_row("listed", f"{part.listed:,}", f"{part.media:,}", size_text(part.listed_bytes), style="bold")
    return table


def _only(found: Account, reference: str) -> Account:
    for part in found.exhibits:
        if part.reference == reference:
            return part
    known = ", ".join(e.reference for e in found.exhibits) or "none yet"
    raise UsageError(f"the case has no exhibit {reference}; it has {known}")
