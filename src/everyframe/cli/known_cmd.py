"""``everyframe known``: take known sets in, list them, show one, remove one."""

import sys
from dataclasses import asdict
from pathlib import Path

import click

from everyframe.cli.common import actor, json_option, print_json
from everyframe.cli.ticker import Ticker
from everyframe.errors import EXIT_WARNINGS, UsageError
from everyframe.known.importing import NewSet, import_set, remove_set
from everyframe.known.info import KINDS, TRUSTS, SetInfo, read_info
from everyframe.known.lint import FAULTS
from everyframe.known.lint import KINDS as LINT_KINDS
from everyframe.known.readers import READERS
from everyframe.known.sets import KnownSet, set_folders, sets_folder
from everyframe.store.scheme_files import home

__all__ = ["known"]


@click.group()
def known() -> None:
    """Take known sets in, list them, show one, remove one."""


@known.command("import")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--name", default="", help="Name of the set; by default that of the file.")
@click.option("--kind", type=click.Choice(KINDS), help="What a hit means; NSRL files are known-software by themselves.")
@click.option("--scheme", default="", metavar="ID", help="The scheme of its categories; see: everyframe case schemes.")
@click.option("--version", default="", help="Version or date of the set.")
@click.option("--trust", type=click.Choice(TRUSTS), default="unverified", show_default=True, help="Who stands for it.")
@click.option("--map", "mapping", multiple=True, metavar="COLUMN=FIELD", help="Say what a column of a table holds.")
@click.option(
    "--onto", default="", metavar="SET", help="The set that an NSRL delta changes, if its name does not tell."
)
@click.option("--format", "form", type=click.Choice([r.NAME for r in READERS]), help="The format, if not by content.")
@json_option
def import_command(
    files: tuple[Path, ...], kind: str | None, mapping: tuple[str, ...], form: str | None, *, as_json: bool, **said: str
) -> None:
    """Import each FILE as a set of its own; the format is found from the content.

    An NSRL delta makes the next version of the set that it changes; the version before goes when the new one stands.
    Exit status is 1 when something was repaired or left out: the lint report says what, and how often.
    """
    if said["name"] and len(files) > 1:
        raise UsageError("--name goes with one file: each file is a set of its own")
    asked = NewSet(kind=kind or "", format=form or "", mapping=_mapping(mapping), **said)
    done = []
    for path in files:
        ticker = Ticker(f"reading {path.name}")
        info = import_set(path, asked, home=home(), actor=actor(), step=ticker.step)
        ticker.end()
        done.append(info)
        if not as_json:
            _say(info)
    if as_json:
        print_json([asdict(i) for i in done])
    if any(kind in FAULTS for i in done for kind in i.lint):
        sys.exit(EXIT_WARNINGS)


@known.command("list")
@json_option
def list_command(*, as_json: bool) -> None:
    """List the sets."""
    found = [read_info(f) for f in set_folders(home())]
    if as_json:
        print_json([asdict(i) for i in found])
        return
    for info in found:
        click.echo(
            f"{info.id}: {info.name} {info.version}".rstrip() + f", {info.kind}, {info.trust}, {info.rows:,} rows"
        )
    if not found:
        click.echo(f"no known sets in {sets_folder(home())}")


@known.command("show")
@click.argument("ident", metavar="SET")
@click.option("--check", is_flag=True, help="Read all of it and compare it with what was written.")
@json_option
def show(ident: str, *, check: bool, as_json: bool) -> None:
    """Show what is known of a set, with its lint report."""
    if ident not in {f.name for f in set_folders(home())}:
        raise UsageError(f"no known set {ident!r}; see: everyframe known list")
    info = read_info(sets_folder(home()) / ident)
    if check and (wrong := KnownSet(sets_folder(home()) / ident).verify()):
        raise UsageError(f"{ident}: the tables of {', '.join(wrong)} are not as they were written; import it again")
    if as_json:
        print_json(asdict(info))
    else:
        _say(info)


@known.command("remove")
@click.argument("ident", metavar="SET")
@click.option("--why", required=True, help="The reason; it stays on record.")
@json_option
def remove(ident: str, why: str, *, as_json: bool) -> None:
    """Remove a set; that it was there, and why it went, stays on record."""
    if not why.strip():
        raise UsageError("a removal needs a reason: --why '…'")
    info = remove_set(ident, home=home(), actor=actor(), why=why.strip())
    if as_json:
        print_json(asdict(info))
    else:
        click.echo(f"{info.id} is removed; {sets_folder(home()) / 'log.jsonl'} keeps that it was there")


def _mapping(given: tuple[str, ...]) -> dict[str, str]:
    mapping = {}
    for one in given:
        column, sign, field = one.rpartition("=")
        if not sign or not column:
            raise UsageError(f"--map {one}: say COLUMN=FIELD")
        mapping[column] = field
    return mapping


def _say(info: SetInfo) -> None:
    described = next((r.DESCRIPTION for r in READERS if info.format == r.NAME), info.format)
    click.echo(f"{info.id}: {info.name} {info.version}".rstrip())
    click.echo(f"  {'format':12} {described}, from {info.source} ({info.source_digest[:16]}…)")
    click.echo(f"  {'kind':12} {info.kind}, {info.trust}, scheme {info.scheme or 'not stated'}")
    if info.onto:
        click.echo(f"  {'made of':12} {info.onto}, and what {info.source} changes")
    click.echo(f"  {'imported':12} {info.imported_at} by {info.imported_by}")
    click.echo(f"  {'rows':12} {info.rows:,}: " + ", ".join(f"{a} {n:,}" for a, n in info.algorithms.items()))
    for code, rows in sorted(info.categories.items()):
        click.echo(f"  {'category':12} {code or '(none)'}: {rows:,}")
    for kind, count in sorted(info.lint.items()):
        click.echo(f"  {'lint':12} {kind}: {count:,}, {LINT_KINDS[kind]}; first at {info.lint_examples[kind][0]}")
