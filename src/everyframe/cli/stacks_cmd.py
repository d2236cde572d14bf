"""``everyframe stacks``: fold near-duplicates, and decide what belongs together."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from everyframe.cli.common import actor, case_argument, json_option, print_json
from everyframe.cli.ticker import PhaseTicker, both
from everyframe.grouping.by_person import decide_stacks
from everyframe.grouping.stacking import Stacked, stack_case
from everyframe.intake.attention import Attention, attended
from everyframe.known.nearest import MATCH_RADIUS
from everyframe.store.case import Case

__all__ = ["run_stacks", "say_stacks", "stacks"]

#: What ``everyframe stacks CASE`` means; the case is no name of a command.
SHORT = "fold"


class _Folding(click.Group):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        named = next((a for a in args if not a.startswith("-")), "")
        if named and named not in self.commands:
            args = [SHORT, *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Folding)
def stacks() -> None:
    """Fold near-duplicates under representatives: `everyframe stacks CASE`; decide what belongs together."""


@stacks.command(SHORT)
@case_argument
@click.option("--radius", type=click.IntRange(0, MATCH_RADIUS), default=None, help="Bits, this time. [default: as set]")
@json_option
def fold_command(directory: Path, radius: int | None, *, as_json: bool) -> None:
    """Fold the pictures of a case: the same as `everyframe stacks CASE`.

    What people decided stays. To keep another radius: everyframe set CASE stacks.radius N.
    """
    with Case(directory) as case, case.seat("intake", purpose="stacking"), attended(directory) as watch:
        found = run_stacks(case, watch, radius=radius, as_events=as_json)
    if as_json:
        print_json(asdict(found))
    else:
        say_stacks(found)


@stacks.command("split")
@case_argument
@click.argument("pictures", metavar="MEDIA…", nargs=-1, required=True)
@json_option
def split_command(directory: Path, pictures: tuple[str, ...], *, as_json: bool) -> None:
    """Keep each MEDIA (its number or SHA-256) apart from its representative, now and in every later run."""
    _decide(directory, "split", pictures, as_json=as_json)


@stacks.command("merge")
@case_argument
@click.argument("pictures", metavar="MEDIA…", nargs=-1, required=True)
@json_option
def merge_command(directory: Path, pictures: tuple[str, ...], *, as_json: bool) -> None:
    """Keep every MEDIA (its number or SHA-256) in one stack, now and in every later run."""
    _decide(directory, "merge", pictures, as_json=as_json)


@stacks.command("undo")
@case_argument
@json_option
def undo_command(directory: Path, *, as_json: bool) -> None:
    """Take the newest split or merge back; by a further decision, as nothing is ever deleted."""
    _decide(directory, "undo", (), as_json=as_json)


def run_stacks(case: Case, watch: Attention, *, radius: int | None = None, as_events: bool = False) -> Stacked:
    """Fold with progress, which is also said to whoever watches."""
    ticker = PhaseTicker(as_events=as_events)
    try:
        return stack_case(case, actor=actor(), radius=radius, tell=both(ticker.step, watch.step))
    finally:
        ticker.end()


def say_stacks(found: Stacked, *, err: bool = False) -> None:
    """Print what was folded; on standard error when it is not the result of the command."""
    click.echo(
        f"{found.members:,} of {found.pictures:,} pictures are members of {found.stacks:,} stacks (radius {found.radius}); "
        f"{found.differing:,} of them show something else and get a look of their own; {found.by_hand:,} put there by hand",
        err=err,
    )
    for one, other in found.contradictions:
        click.echo(
            f"pictures {one} and {other} are kept together, but another decision keeps apart what that would join"
        )


def _decide(directory: Path, kind: str, pictures: Sequence[str], *, as_json: bool) -> None:
    op = uuid.uuid4().hex
    with Case(directory) as case, case.seat("intake", purpose="stacking"), attended(directory) as watch:
        changed = decide_stacks(case, kind, pictures, op=op, actor=actor())["pairs"]
        found = run_stacks(case, watch, as_events=as_json)
    if as_json:
        print_json({"op": op, "kind": kind, "pairs": changed, "stacks": asdict(found)})
    else:
        click.echo(f"{kind}: {changed:,} pairs of pictures")
        say_stacks(found)
