"""``everyframe case``: make a case, and say what it is."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from everyframe.cli.common import actor, case_argument, json_option, print_json
from everyframe.errors import UsageError
from everyframe.store import seat, sources, warnings
from everyframe.store.case import Case, NewCase
from everyframe.store.scheme_files import home, load_schemes

__all__ = ["case"]


@click.group()
def case() -> None:
    """Make a case, and say what it is."""


@case.command("create")
@case_argument
@click.option("--number", required=True, help="The unit's own number for the case.")
@click.option("--organization", default="", help="The unit.")
@click.option("--contact", "contact_name", default="", help="Who to ask about the case.")
@click.option("--contact-phone", default="", help="Their telephone number.")
@click.option("--contact-email", default="", help="Their e-mail address.")
@click.option("--contact-title", default="", help="Their rank or title.")
@click.option("--scheme", default="triage", show_default=True, help="Category scheme; see: everyframe case schemes.")
@json_option
def create(directory: Path, *, as_json: bool, **fields: str) -> None:
    """Make a case in a new directory."""
    if not fields["number"].strip():
        raise UsageError("a case needs a number: --number …")
    with Case.create(directory, NewCase(**fields), actor=actor()) as made:
        info = made.info
    if as_json:
        print_json({"case": str(directory)} | asdict(info))
    else:
        click.echo(f"case {info.number} stands in {directory} ({info.scheme} categories)")


@case.command("info")
@case_argument
@json_option
def info(directory: Path, *, as_json: bool) -> None:
    """Say what a case is, what it holds, and who is working on it."""
    with Case(directory) as opened:
        facts = _facts(opened)
    if as_json:
        print_json(facts)
        return
    for name, value in facts.items():
        if not isinstance(value, (list, dict)):
            click.echo(f"{name.replace('_', ' '):16} {value}")
    for source in facts["sources"]:
        click.echo(f"{'exhibit':16} {source['exhibit']}: {source['path']} ({source['state']})")
    for name, held in facts["seats"].items():
        click.echo(f"{name:16} {'free' if not held else 'process {pid} on {host} since {since}'.format(**held)}")


@case.command("schemes")
@json_option
def schemes(*, as_json: bool) -> None:
    """List the category schemes, shipped and your own."""
    found = load_schemes()
    if as_json:
        print_json([asdict(s) for s in found.values()])
        return
    for scheme in found.values():
        click.echo(f"{scheme.id}: {scheme.name}")
        for category in scheme.categories:
            click.echo(f"  {category.key or ' '}  {category.code:14} {category.name}")
    click.echo(f"add your own as a TOML file in {home() / 'schemes'}")


def _facts(opened: Case) -> dict[str, Any]:
    with opened.database.read() as connection:
        found = [{"exhibit": s.reference, "path": s.display, "state": s.state} for s in sources.sources(connection)]
        count = warnings.count(connection)
    seats = {name: seat.holder(opened.directory, name) for name in ("intake", "review")}
    return asdict(opened.info) | {"warnings": count, "sources": found, "seats": seats}
