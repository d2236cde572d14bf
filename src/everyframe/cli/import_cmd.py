"""``everyframe import``: take a case of another tool in."""

from pathlib import Path
from typing import Any

import click

from everyframe.cli.account_cmd import print_account
from everyframe.cli.common import actor, case_argument, json_option, print_json
from everyframe.cli.intake_cmd import interrupt
from everyframe.cli.ticker import Ticker, both
from everyframe.errors import EXIT_STOPPED, EXIT_WARNINGS
from everyframe.exchange.vics_decide import Decided, decide_import
from everyframe.exchange.vics_import import ImportRequest, VicsLister
from everyframe.intake.attention import attended
from everyframe.intake.run import Intake, IntakeRequest, IntakeResult
from everyframe.known.lint import KINDS
from everyframe.store import vics_imports
from everyframe.store.account import read_account
from everyframe.store.case import Case

__all__ = ["import_group"]


@click.group()
def import_group() -> None:
    """Take a case of another tool in."""


@import_group.command("vics")
@case_argument
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--exhibit", default="", metavar="REF", help="The exhibit it is listed under; by default the file's name."
)
@click.option(
    "--person", default="", metavar="NAME", help="Whose categories they are; by default the contact it names."
)
@click.option("--scheme", default="", metavar="ID", help="Of its categories; by default that of its label.")
@click.option("--workers", type=click.IntRange(1), default=None, help="Worker processes. [default: one a CPU]")
@json_option
def vics(
    directory: Path, file: Path, exhibit: str, person: str, scheme: str, workers: int | None, *, as_json: bool
) -> int:
    """Take a VICS case in, with the media folder beside its file; each content is held against the digests it names.

    Its categories become decisions of that person. Stopped at any moment, the same command goes on. Exit status is 1 when
    the case holds Warnings: a missing or altered file, or something that had to be repaired, is one.
    """
    lister = VicsLister(ImportRequest(file=file, exhibit=exhibit, person=person, scheme=scheme))
    ticker = Ticker("import", as_events=as_json)
    with (
        Case(directory) as case,
        case.seat("intake", purpose=f"import of {lister.reference}"),
        attended(directory, interrupt()) as watch,
    ):
        request = IntakeRequest(
            sources=(), exhibit=lister.reference, actor=actor(), workers=workers or 0, lister=lister
        )
        try:
            tell = both(ticker.snapshot, watch.snapshot)
            result = Intake(case, request, tell=tell, stop=watch.stopping, paused=watch.paused).run()
        finally:
            ticker.end()
        decided = _decided(case, lister) if result.done else Decided()
        found = _facts(case, lister, result, decided)
        with case.database.read() as connection:
            account = read_account(connection)
    if as_json:
        print_json(found | {"run": result.snapshot.as_json(), "account": account.as_json()})
    else:
        _say(found)
        print_account(account)
    if not result.done:
        return EXIT_STOPPED
    return EXIT_WARNINGS if result.snapshot.warnings else 0


def _decided(case: Case, lister: VicsLister) -> Decided:
    """Put the categories in force: one transaction, so that no seat is needed."""
    with case.database.read() as connection:
        (ident,) = [i.source_id for i in vics_imports.imports(connection) if i.sha256 == lister.sha256]
    return decide_import(case, ident, actor())


def _facts(case: Case, lister: VicsLister, result: IntakeResult, decided: Decided) -> dict[str, Any]:
    with case.database.read() as connection:
        (own,) = [i for i in vics_imports.imports(connection) if i.sha256 == lister.sha256]
    return {
        "done": result.done,
        "fresh": result.fresh,
        "exhibit": lister.reference,
        "version": own.version,
        "scheme": own.scheme,
        "person": own.person,
        "decided": decided.media,
        "decided_already": decided.already,
        "referenced_only": lister.counts["referenced"],
        "left_out": lister.counts["left out"],
        "lint": own.lint_counts,
    }


def _say(found: dict[str, Any]) -> None:
    said = f"VICS {found['version'] or 'of no stated version'}, categories of {found['person']} under {found['scheme']}"
    click.echo(f"exhibit {found['exhibit']}: {said}")
    for name in ("decided", "decided_already", "referenced_only", "left_out"):
        if found[name]:
            click.echo(f"  {name.replace('_', ' '):16} {found[name]:,}")
    for kind, count in sorted(found["lint"].items()):
        click.echo(f"  {'lint':16} {kind}: {count:,}, {KINDS[kind]}")
