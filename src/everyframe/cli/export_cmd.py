"""``everyframe export``: hand out what is in a case, in the field's own formats."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from everyframe.cli.common import actor, case_argument, json_option, print_json, size_text
from everyframe.cli.ticker import Ticker
from everyframe.errors import EXIT_WARNINGS
from everyframe.exchange.csv_write import write_csv
from everyframe.exchange.digest_sheet import write_sheet
from everyframe.exchange.hash_lists import ALGORITHMS, FORMATS, write_hashes
from everyframe.exchange.uco_write import write_uco
from everyframe.exchange.vics_categories import NumberedScheme, parse_mapping
from everyframe.exchange.vics_entities import VERSIONS
from everyframe.exchange.vics_write import SEGMENTS, WHATS, VicsRequest, segment_of, write_vics
from everyframe.model.states import State
from everyframe.review.query import view_of
from everyframe.store.case import Case
from everyframe.store.exchange_choice import Choice
from everyframe.store.scheme_files import load_scheme

__all__ = ["export"]

F = TypeVar("F", bound=Callable[..., Any])


@click.group()
def export() -> None:
    """Hand out what is in a case; nothing is written over, and each export is on record."""


def _choice(function: F) -> F:
    """Add the options that narrow what goes out, and OUT."""
    for add in (
        click.option("--category", "categories", multiple=True, metavar="CODE", help="Only these; none: without one."),
        click.option(
            "--state", "states", multiple=True, type=click.Choice([s.value for s in State]), help="Only these."
        ),
        click.option("--exhibit", "exhibits", multiple=True, metavar="REF", help="Only files of these exhibits."),
        click.option("--query", default="", metavar="QUERY", help="Only what the grid shows for this query."),
        click.option(
            "--show", default="", metavar="VIEW", help="Only what the grid shows in this view, as in remaining."
        ),
        click.option("--sheet", is_flag=True, help="Beside OUT a sheet with the SHA-256 of each file made."),
        click.argument("out", metavar="OUT", type=click.Path(path_type=Path)),
        case_argument,
    ):
        function = add(function)
    return function


def _scheme_options(function: F) -> F:
    """Add the options that say which categories go out, as which numbers."""
    for add in (
        click.option(
            "--number", "numbers", multiple=True, metavar="CODE=N", help="The number a code is to be in VICS."
        ),
        click.option("--scheme", "scheme", default="", metavar="ID", help="Whose categories; by default the case's."),
    ):
        function = add(function)
    return function


@export.command("vics")
@_choice
@click.option("--version", type=click.Choice(VERSIONS), default="2.0", show_default=True, help="Version of VICS.")
@click.option("--segment", type=click.Choice(SEGMENTS), help="Segment of the label; by default that of the scheme.")
@click.option("--what", type=click.Choice(WHATS), default="case", show_default=True, help="All of it, or hashes alone.")
@click.option("--files", is_flag=True, help="The originals, too: OUT is a folder then.")
@_scheme_options
@json_option
def vics(
    directory: Path,
    out: Path,
    *,
    files: bool,
    as_json: bool,
    numbers: tuple[str, ...],
    scheme: str,
    **said: Any,  # noqa: ANN401 - what click hands over
) -> None:
    """Write a VICS file with every picture and film, its files, hashes, metadata and categories.

    With --files the originals are read back from their sources and held against their digests. Stopped at any moment, the
    same command goes on. Exit status is 1 when an original could not be handed out.
    """
    with Case(directory) as case:
        numbered = _numbered(case, scheme, numbers)
        request = VicsRequest(
            out=out,
            actor=actor(),
            scheme=numbered,
            version=said["version"],
            segment=said["segment"] or segment_of(numbered.id),
            what=said["what"],
            files=files,
            choice=_chosen(said, numbered.id),
        )
        _done(write_vics(case, request, _ticker(out, as_json=as_json)), sheet=said["sheet"], as_json=as_json)


@export.command("csv")
@_choice
@click.option("--scheme", "scheme", default="", metavar="ID", help="Of --category; by default the case's.")
@json_option
def csv_command(directory: Path, out: Path, *, as_json: bool, scheme: str, **said: Any) -> None:  # noqa: ANN401 - the same
    """Write a table with a row for every file."""
    with Case(directory) as case:
        choice = _chosen(said, _numbered(case, scheme, ()).id)
        _done(
            write_csv(case, out, choice, actor(), _ticker(out, as_json=as_json)), sheet=said["sheet"], as_json=as_json
        )


@export.command("hashes")
@_choice
@click.option("--algorithm", type=click.Choice(ALGORITHMS), default="md5", show_default=True, help="Of the digests.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="sums", show_default=True, help="Of the list.")
@_scheme_options
@json_option
def hashes(
    directory: Path,
    out: Path,
    *,
    as_json: bool,
    numbers: tuple[str, ...],
    scheme: str,
    algorithm: str,
    form: str,
    **said: Any,  # noqa: ANN401 - the same
) -> None:
    """Write a list of digests."""
    with Case(directory) as case:
        numbered = _numbered(case, scheme, numbers)
        choice = _chosen(said, numbered.id)
        if form == "vics":
            segment = segment_of(numbered.id)
            request = VicsRequest(
                out=out, actor=actor(), scheme=numbered, segment=segment, what="hashset", choice=choice
            )
            _done(write_vics(case, request, _ticker(out, as_json=as_json)), sheet=said["sheet"], as_json=as_json)
        else:
            _done(
                write_hashes(case, out, choice, actor(), (algorithm, form), _ticker(out, as_json=as_json)),
                sheet=said["sheet"],
                as_json=as_json,
            )


@export.command("case")
@_choice
@click.option("--scheme", "scheme", default="", metavar="ID", help="Of --category; by default the case's.")
@json_option
def case_command(directory: Path, out: Path, *, as_json: bool, scheme: str, **said: Any) -> None:  # noqa: ANN401 - the same
    """Write CASE/UCO 1.4 as JSON-LD: exhibits, files, hashes, and who decided what."""
    with Case(directory) as case:
        choice = _chosen(said, _numbered(case, scheme, ()).id)
        _done(
            write_uco(case, out, choice, actor(), _ticker(out, as_json=as_json)), sheet=said["sheet"], as_json=as_json
        )


def _numbered(case: Case, scheme: str, numbers: tuple[str, ...]) -> NumberedScheme:
    """Give the scheme whose categories go out; one that came with an import needs no file of its own."""
    if scheme and scheme.startswith("vics-"):
        return NumberedScheme(scheme, parse_mapping(numbers))
    return NumberedScheme.of(load_scheme(scheme) if scheme else case.scheme, parse_mapping(numbers))


def _chosen(said: dict[str, Any], scheme: str) -> Choice:
    states = tuple(State(s) for s in said["states"])
    asked = {"show": said["show"], "q": said["query"]}
    view = view_of(asked) if any(asked.values()) else None
    return Choice(exhibits=said["exhibits"], states=states, categories=said["categories"], scheme=scheme, view=view)


def _ticker(out: Path, *, as_json: bool) -> Callable[[int, int], None]:
    return Ticker(f"writing {out.name}", as_events=as_json).step


def _done(found: dict[str, Any], *, sheet: bool, as_json: bool) -> None:
    if sheet:
        found["sheet"] = write_sheet(Path(found["out"]))
    if as_json:
        print_json(found)
    else:
        _say(found)
    if found.get("originals", {}).get("missing") or found.get("originals", {}).get("never read"):
        sys.exit(EXIT_WARNINGS)


def _say(found: dict[str, Any]) -> None:
    click.echo(f"{found['out']}: {size_text(found['bytes'])}, SHA-256 {found['sha256']}")
    if "sheet" in found:
        click.echo(f"  {'sheet':18} {found['sheet']['out']}, {found['sheet']['files']:,} files")
    for name in ("media", "files", "rows", "other_files", "without_category", "other_scheme", "never_read"):
        if found.get(name):
            click.echo(f"  {name.replace('_', ' '):18} {found[name]:,}")
    for name in ("left_out_by_version", "originals"):
        for what, number in found.get(name, {}).items():
            click.echo(f"  {name.replace('_', ' '):18} {what}: {number:,}")
