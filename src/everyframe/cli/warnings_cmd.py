"""``everyframe warnings``: whatever could not be read, decoded or finished, and reading it again."""

import itertools
import uuid
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from everyframe.cli.common import actor, case_argument, json_option, keys_option, print_json
from everyframe.cli.intake_cmd import after_intake, interrupt
from everyframe.cli.ticker import Ticker
from everyframe.intake.attention import attended
from everyframe.intake.pool import prepare
from everyframe.intake.retrying import Retried, Retries
from everyframe.model.retry import MANNER_MEANING, Manner, Reread
from everyframe.model.warning import MEANING, WarningCode
from everyframe.review.again import ask, manners_of
from everyframe.store import retries
from everyframe.store import warnings as stored
from everyframe.store.case import Case
from everyframe.store.retries import Told
from everyframe.store.warnings import StoredWarning

__all__ = ["warnings"]

_CODES = click.Choice(["", *(c.value for c in WarningCode)])
_MANNERS = click.Choice(["", *(m.value for m in Manner)])


@click.command(epilog="Manners: " + "; ".join(f"{m.value}: {text}" for m, text in MANNER_MEANING.items()) + ".")
@case_argument
@click.option("--exhibit", default="", metavar="REF", help="Only those of this exhibit.")
@click.option("--code", default="", type=_CODES, help="Only those of one kind.")
@click.option("--id", "ids", type=click.IntRange(1), multiple=True, help="Only this one; can be given several times.")
@click.option("--retry", is_flag=True, help="Read the files of those again; with no choice, only what waits.")
@click.option("--manner", default="", type=_MANNERS, help="How to read again. [default: what is most likely to help]")
@click.option("--workers", type=click.IntRange(1), default=None, help="Worker processes. [default: one a CPU]")
@keys_option
@json_option
def warnings(
    directory: Path,
    exhibit: str,
    code: str,
    ids: tuple[int, ...],
    manner: str,
    workers: int | None,
    *,
    retry: bool,
    as_json: bool,
) -> None:
    """List the stored Warnings, grouped by kind; with --retry, read their files again.

    What was asked for on the screen and waits is read with them. Warnings are never removed; what came of reading again
    stands beside them, and the account follows.
    """
    if retry:
        prepare()
    with Case(directory) as case:
        found = _chosen(case, exhibit, code, ids)
        if not retry:
            _list(case, found, as_json=as_json)
            return
        with case.seat("intake", purpose="reading again"):
            refused = _ask(case, found if exhibit or code or ids else [], manner)
            done = _read_again(case, workers or 0, as_json=as_json)
    _report(done, refused, as_json=as_json)


def _chosen(case: Case, exhibit: str, code: str, ids: Sequence[int]) -> list[StoredWarning]:
    with case.database.read() as connection:
        found = list(stored.read_warnings(connection, code=code, exhibit=exhibit))
    return [w for w in found if not ids or w.id in ids]


def _ask(case: Case, found: Sequence[StoredWarning], manner: str) -> int:
    """Ask for each to be read again; gives how many it cannot help with, or not in this manner."""
    with case.database.read() as connection:
        numbers = [w.id for w in found]
        offered = manners_of(connection, numbers)
        waiting = {one.warning_id for one in retries.pending(connection, numbers)}
    able = [w.id for w in found if offered[w.id] and (not manner or manner in offered[w.id])]
    for ident in able:
        if ident not in waiting:
            ask(case, ident, manner, op=uuid.uuid4().hex, actor=actor())
    return len(found) - len(able)


def _read_again(case: Case, workers: int, *, as_json: bool) -> list[Retried]:
    ticker = Ticker("reading again", as_events=as_json)
    with attended(case.directory, interrupt()) as watch:
        try:
            done = Retries(case, workers, tell=ticker.step, stop=watch.stopping).run()
        finally:
            ticker.end()
        if any(d.outcome in (Reread.SHOWN, Reread.MORE) for d in done):
            after_intake(case, watch, matching=True, stacking=True, as_json=as_json)
    return done


def _report(done: Sequence[Retried], refused: int, *, as_json: bool) -> None:
    if as_json:
        print_json({"done": [d.as_json() for d in done], "not_offered": refused})
        return
    for d in done:
        click.echo(f"{d.warning_id} {d.path}: {d.outcome or 'waits'}\n    {d.words}")
    sums = Counter(str(d.outcome or "waits") for d in done)
    click.echo(", ".join(f"{number} {name}" for name, number in sums.items()) or "nothing waits to be read again")
    if refused:
        click.echo(f"{refused} cannot be helped by reading again, or not in this manner")


def _list(case: Case, found: list[StoredWarning], *, as_json: bool) -> None:
    with case.database.read() as connection:
        came = retries.told(connection, [w.id for w in found])
    if as_json:
        print_json([w.as_json() | {"retries": _told(came.get(w.id, []))} for w in found])
        return
    found.sort(key=lambda w: (w.code, w.exhibit, w.path))
    for kind, group in itertools.groupby(found, key=lambda w: w.code):
        rows = list(group)
        click.echo(f"{kind} ({len(rows)}): {MEANING[WarningCode(kind)]}")
        for w in rows:
            more = f" (and {w.files - 1} more of the same bytes)" if w.files > 1 else ""
            click.echo(f"  {w.exhibit}: {w.path or '-'}{more} [{w.id}]\n    {w.reason}")
            for one in came.get(w.id, []):
                click.echo(
                    f"    read again ({one.manner}): {one.outcome or 'waits'}{': ' * bool(one.words)}{one.words}"
                )
    click.echo(f"{len(found)} warnings")


def _told(rows: Sequence[Told]) -> list[dict[str, Any]]:
    return [{"manner": r.manner, "actor": r.actor, "at": r.at, "outcome": r.outcome, "words": r.words} for r in rows]
