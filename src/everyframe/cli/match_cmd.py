"""``everyframe match``: look every content of a case up in the known sets."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from everyframe.cli.common import actor, case_argument, json_option, print_json
from everyframe.cli.ticker import PhaseTicker, both
from everyframe.errors import UsageError
from everyframe.intake.attention import Attention, attended
from everyframe.known.matching import Matched, MatchRequest, match, match_state
from everyframe.store import known_facts
from everyframe.store.case import Case
from everyframe.store.scheme_files import home

__all__ = ["match_command", "run_match", "say_match"]

NOTHING = "no known sets are installed: nothing to match against"


@click.command("match")
@case_argument
@click.option("--set", "only", multiple=True, metavar="NAME", help="Only this set, by id or name; may be given again.")
@click.option("--without", default="", metavar="NAME", help="Leave a set out of this case; its hits stay as facts.")
@click.option("--with", "again", default="", metavar="NAME", help="Take --without back.")
@click.option("--why", default="", help="The reason for --without or --with; it stays on record.")
@json_option
def match_command(directory: Path, only: tuple[str, ...], without: str, again: str, why: str, *, as_json: bool) -> None:
    """Match a case against the known sets: by digest every file, by perceptual hash every picture, in eight orientations.

    Stopped at any moment, the same command goes on. Run it again when sets were imported or removed: the account follows.
    Each run plants known hits, and ends with exit code 30 when one is missed.
    """
    if without and again:
        raise UsageError("either --without or --with, not both")
    if (without or again) and not why.strip():
        raise UsageError("leaving a set out, or taking that back, needs a reason: --why '…'")
    with Case(directory) as case, case.seat("intake", purpose="matching"), attended(directory) as watch:
        if without or again:
            _choose(case, without or again, "without" if without else "with", why.strip(), as_json=as_json)
            return
        request = MatchRequest(home=home(), actor=actor(), only=only)
        found = run_match(case, request, watch, as_events=as_json)
    if as_json:
        print_json(asdict(found) if found else {"sets": []})
    else:
        say_match(found)


def run_match(case: Case, request: MatchRequest, watch: Attention, *, as_events: bool) -> Matched | None:
    """Match with progress, which is also said to whoever watches; None when there is nothing to match against, and nothing that was."""
    if not match_state(case, request.home):
        return None
    ticker = PhaseTicker(as_events=as_events)
    try:
        return match(case, request, tell=both(ticker.step, watch.step))
    finally:
        ticker.end()


def say_match(found: Matched | None, *, err: bool = False) -> None:
    """Print how a run ended; on standard error when it is not the result of the command."""
    for line in _lines(found) if found else [NOTHING]:
        click.echo(line, err=err)


def _lines(found: Matched) -> list[str]:
    lines = [_words(each) for each in found.sets]
    lines += [f"{ident}: removed or imported anew; what it said before is gone" for ident in found.gone]
    return lines


def _words(each: dict[str, Any]) -> str:
    name = f"{each['set']} {each['version']}".rstrip()
    left_out = ", left out of this case" if each["left_out"] else ""
    return f"{name} ({each['kind']}): {each['exact']:,} media known exactly, {each['near']:,} near{left_out}"


def _choose(case: Case, named: str, kind: str, why: str, *, as_json: bool) -> None:
    with case.database.write() as connection:
        known_facts.choose(connection, named, kind, why=why, actor=actor())
        found = known_facts.counts(connection)
    if as_json:
        print_json({"sets": found})
    else:
        for each in found:
            click.echo(_words(each))
