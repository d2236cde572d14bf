"""``everyframe intake``: take a seized folder in."""

import signal
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any

import click

from everyframe.analysis import STAGES
from everyframe.cli.account_cmd import account_json, print_account
from everyframe.cli.common import actor, case_argument, json_option, keys_option, print_json
from everyframe.cli.match_cmd import run_match, say_match
from everyframe.cli.stacks_cmd import run_stacks, say_stacks
from everyframe.cli.ticker import Ticker, both
from everyframe.errors import EXIT_STOPPED, EXIT_WARNINGS
from everyframe.intake.attention import Attention, attended
from everyframe.intake.pool import prepare
from everyframe.intake.retrying import Retries
from everyframe.intake.run import Intake, IntakeRequest, IntakeResult
from everyframe.known.matching import MatchRequest
from everyframe.model.account import Account
from everyframe.store.account import read_account
from everyframe.store.case import Case
from everyframe.store.digest import result_digest
from everyframe.store.scheme_files import home
from everyframe.triage.assurance import Finding, findings

__all__ = ["after_intake", "intake", "interrupt"]


def _stages(_ctx: click.Context, _param: click.Parameter, value: str) -> tuple[str, ...]:
    return tuple(s.strip() for s in value.split(",") if s.strip())


@click.command(epilog="Stages: " + "; ".join(f"{s.name}: {s.description}" for s in STAGES) + ".")
@case_argument
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--exhibit", required=True, metavar="REF", help="The exhibit these sources belong to, as in JS/1.")
@click.option("--workers", type=click.IntRange(1), default=None, help="Worker processes. [default: one a CPU]")
@click.option(
    "--stages", default="", callback=_stages, help="Run only these stages, by comma; later runs add the rest."
)
@click.option("--another", is_flag=True, help="This is another stick or disk, though it stands where one stood before.")
@click.option("--verify", is_flag=True, help="Digest each disk image, and hold it against the hashes stored in it.")
@click.option("--carve/--no-carve", "carving", default=True, show_default=True, help="Look for lost files in images.")
@keys_option
@click.option("--match/--no-match", "matching", default=True, show_default=True, help="Match against known sets then.")
@click.option("--stacks/--no-stacks", "stacking", default=True, show_default=True, help="Fold near-duplicates then.")
@json_option
def intake(
    directory: Path,
    sources: tuple[Path, ...],
    exhibit: str,
    workers: int | None,
    stages: tuple[str, ...],
    *,
    another: bool,
    verify: bool,
    carving: bool,
    matching: bool,
    stacking: bool,
    as_json: bool,
) -> int:
    """Take folders, files or disk images in, read-only. Stopped at any moment, the same command goes on.

    Once all is taken in, it is matched against the known sets, and near-duplicates are folded.

    Ctrl-C finishes the files in hand, stores them, and ends with exit code 100. With --json, progress comes as one JSON
    event a line on standard error, and the result as the last line of standard output.
    """
    prepare()
    ticker = Ticker("intake", as_events=as_json)
    after: dict[str, Any] = {}
    with (
        Case(directory) as case,
        case.seat("intake", purpose=f"intake of exhibit {exhibit}"),
        attended(directory, interrupt()) as watch,
    ):
        request = IntakeRequest(
            sources=sources,
            exhibit=exhibit,
            actor=actor(),
            workers=workers or 0,
            stages=stages,
            another=another,
            verify=verify,
            carving=carving,
        )
        try:
            tell = both(ticker.snapshot, watch.snapshot)
            result = Intake(case, request, tell=tell, stop=watch.stopping, paused=watch.paused).run()
        finally:
            ticker.end()
        if result.done:
            after |= _read_again(case, watch, workers or 0, as_json=as_json)
            after |= after_intake(case, watch, matching=matching, stacking=stacking, as_json=as_json)
        with case.database.read() as connection:
            account, digest = read_account(connection), result_digest(connection)
            samples = findings(connection)
    _report(account, samples, digest, result, after, as_json=as_json)
    if not result.done:
        return EXIT_STOPPED
    return EXIT_WARNINGS if result.snapshot.warnings else 0


def _read_again(case: Case, watch: Attention, workers: int, *, as_json: bool) -> dict[str, Any]:
    """Do what somebody asked for on the screen while the case was held; gives the same as JSON."""
    ticker = Ticker("reading again", as_events=as_json)
    try:
        done = Retries(case, workers, tell=ticker.step, stop=watch.stopping).run()
    finally:
        ticker.end()
    for one in done if not as_json else ():
        click.echo(f"read again: {one.path}: {one.outcome or 'waits'}: {one.words}", err=True)
    return {"read_again": [one.as_json() for one in done]} if done else {}


def interrupt() -> Callable[[], bool]:
    """Turn the first Ctrl-C or termination into a wish to stop; a second one ends the program at once."""
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        signal.signal(number, signal.SIG_DFL)
        click.echo("\neveryframe: finishing the files in hand; once more to stop at once", err=True)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)
    return lambda: bool(asked)


def after_intake(case: Case, watch: Attention, *, matching: bool, stacking: bool, as_json: bool) -> dict[str, Any]:
    """Match and fold what was taken in, and say what came of it; gives the same as JSON."""
    done: dict[str, Any] = {}
    if matching:
        request = MatchRequest(home=home(), actor=actor())
        found = run_match(case, request, watch, as_events=as_json)
        done["match"] = asdict(found) if found else None
        if not as_json:
            say_match(found, err=True)
    if stacking:
        folded = run_stacks(case, watch, as_events=as_json)
        done["stacks"] = asdict(folded)
        if not as_json:
            say_stacks(folded, err=True)
    return done


def _report(
    account: Account,
    samples: Sequence[Finding],
    digest: str,
    result: IntakeResult,
    after: dict[str, Any],
    *,
    as_json: bool,
) -> None:
    if as_json:
        moment = result.snapshot.as_json()
        own = {"done": result.done, "fresh": result.fresh, "digest": digest, "peak_rss_worker": result.peak_worker}
        print_json(own | after | {"run": moment, "account": account_json(account, samples)})
        return
    if not result.fresh:
        click.echo("nothing new: this source was taken in before, and every stage asked for has run", err=True)
    print_account(account)
    click.echo(f"result digest {digest}")
