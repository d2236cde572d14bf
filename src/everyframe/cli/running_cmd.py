"""``everyframe running``: what a case is being worked on with, and asking it to pause, go on or stop."""

from pathlib import Path
from typing import Any

import click

from everyframe.cli.common import actor, case_argument, json_option, print_json
from everyframe.intake.attention import ask_of_run
from everyframe.store import seat_talk
from everyframe.store.case import Case
from everyframe.store.seat import holder

__all__ = ["running"]


@click.command()
@case_argument
@click.argument("what", metavar="[pause|go-on|stop]", required=False, type=click.Choice(seat_talk.ASKS))
@json_option
def running(directory: Path, what: str | None, *, as_json: bool) -> None:
    """Say what is taken in, matched or folded now, and how far it is; or ask that run to pause, go on or stop.

    A run that pauses finishes and stores the files in hand, and begins nothing else until it is asked to go on. One that is
    asked to stop ends as with Ctrl-C: the command that began it goes on where it stopped.
    """
    with Case(directory) as case:
        if what:
            ask_of_run(case, what, actor=actor())
        held, moment = holder(directory, "intake"), seat_talk.said(directory)
    if as_json:
        print_json({"holder": held, "moment": moment} | ({"asked": what} if what else {}))
        return
    if held is None:
        click.echo("nothing is running")
        return
    click.echo(f"{held.get('purpose', '?')}: process {held.get('pid', '?')} on {held.get('host', '?')}")
    if moment:
        click.echo(_words(moment))
    if what:
        click.echo(f"asked to {what}")


def _words(moment: dict[str, Any]) -> str:
    """Write what a run said of itself in one line."""
    if "files" not in moment:
        return f"  {moment.get('phase', '')}: {moment.get('done', 0):,} of {moment.get('total', 0):,}"
    left = moment.get("seconds_left")
    words = (
        f"  {moment['phase']}: {moment['files_done']:,} of {moment['files']:,} files, {moment['warnings']:,} warnings"
    )
    return words if left is None else f"{words}, {left:,.0f} s left"
