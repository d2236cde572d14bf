"""``everyframe people``: the accounts of a case."""

from dataclasses import asdict
from pathlib import Path

import click

from everyframe.cli.common import actor, case_argument, json_option, print_json
from everyframe.people.accounts import Accounts
from everyframe.people.roles import ROLES
from everyframe.store.case import Case

__all__ = ["people"]

SHOWN = ("name", "display", "role", "disabled", "must_change", "failures", "failed_at", "created_at")
role_option = click.option(
    "--role", type=click.Choice(ROLES), default="reviewer", show_default=True, help="What they may do."
)


@click.group()
def people() -> None:
    """Say who may come to a case that is served with --team. Each change is in the audit."""


@people.command("add")
@case_argument
@click.argument("name")
@role_option
@click.option("--display", default="", help="The name as others see it.")
@json_option
def add(directory: Path, name: str, role: str, display: str, *, as_json: bool) -> None:
    """Make an account NAME, and print the password to start with: it works for 72 hours, and has to be changed at once."""
    with Case(directory) as case:
        start = Accounts(case).add(name, role, display=display, actor=actor())
    _told(name, start, as_json=as_json)


@people.command("list")
@case_argument
@json_option
def list_people(directory: Path, *, as_json: bool) -> None:
    """List the accounts."""
    with Case(directory) as case:
        found = Accounts(case).all()
    if as_json:
        rows = [{name: value for name, value in asdict(p).items() if name in SHOWN} for p in found]
        print_json([row | {"second_factor": bool(p.secret)} for row, p in zip(rows, found, strict=True)])
        return
    for p in found:
        state = "kept out" if p.disabled else "starting password" if p.must_change else "let in"
        click.echo(f"{p.name:20} {p.role:14} {state:18} {'second factor' if p.secret else '-':14} {p.display}")


@people.command("role")
@case_argument
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
def set_role(directory: Path, name: str, role: str) -> None:
    """Give NAME another role; it holds within a second."""
    with Case(directory) as case:
        Accounts(case).set_role(name, role, actor=actor())
    click.echo(f"{name} is {role}", err=True)


@people.command("disable")
@case_argument
@click.argument("name")
def disable(directory: Path, name: str) -> None:
    """Keep NAME out, and end their sessions."""
    with Case(directory) as case:
        Accounts(case).disable(name, disabled=True, actor=actor())
    click.echo(f"{name} is kept out", err=True)


@people.command("enable")
@case_argument
@click.argument("name")
def enable(directory: Path, name: str) -> None:
    """Let NAME in again."""
    with Case(directory) as case:
        Accounts(case).disable(name, disabled=False, actor=actor())
    click.echo(f"{name} is let in", err=True)


@people.command("reset")
@case_argument
@click.argument("name")
@click.option("--factor", is_flag=True, help="The second factor was lost: it is set up anew, too.")
@json_option
def reset(directory: Path, name: str, *, factor: bool, as_json: bool) -> None:
    """Give NAME a new password to start with; ends their sessions and any lock."""
    with Case(directory) as case:
        start = Accounts(case).reset(name, actor=actor(), factor=factor)
    _told(name, start, as_json=as_json)


@people.command("logout")
@case_argument
@click.argument("name")
def sign_out(directory: Path, name: str) -> None:
    """End every session of NAME."""
    with Case(directory) as case:
        ended = Accounts(case).sign_out(name, actor=actor())
    click.echo(f"{ended} sessions ended", err=True)


def _told(name: str, start: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"name": name, "password": start})
        return
    click.echo(f"Password of {name} to start with, shown only now:", err=True)
    click.echo(start)
