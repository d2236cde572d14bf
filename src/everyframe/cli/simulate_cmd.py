"""``everyframe simulate``: how soon each order finds what a truth file says there is."""

from pathlib import Path

import click

from everyframe.cli.common import case_argument, json_option, print_json
from everyframe.cli.ticker import Ticker
from everyframe.store.case import Case
from everyframe.triage.opening import open_queue
from everyframe.triage.simulate import METHODS, PAGE, Outcome, measure, play
from everyframe.triage.truth import read_truth

__all__ = ["simulate"]


@click.command()
@case_argument
@click.option("--truth", required=True, type=click.Path(path_type=Path), help="What is relevant, by path: a JSON file.")
@click.option("--seed", default=1, show_default=True, help="Of what is random.")
@click.option("--page", default=PAGE, show_default=True, type=click.IntRange(1), help="Looks between two reorderings.")
@json_option
def simulate(directory: Path, truth: Path, seed: int, page: int, *, as_json: bool) -> None:
    """Play a reviewer who knows the truth, and count the looks that each order needs. The case is not changed."""
    with Case(directory) as case:
        queue = open_queue(case, seed=seed)
        known = read_truth(case, queue.facts, truth)
        found: list[Outcome] = []
        for method in METHODS:
            ticker = Ticker(method, plain=as_json)
            played = play(method, queue, known, seed=seed, page=page, step=ticker.step)
            ticker.end()
            found.append(measure(played, known.targets, len(queue.facts)))
    if as_json:
        print_json({o.method: o.as_json() for o in found} | {"files": known.files, "unique": len(queue.facts)})
        return
    click.echo(f"{found[0].relevant} to find among {len(queue.facts):,} contents of {known.files:,} files")
    click.echo(f"{'order':14}{'to 80 %':>9}{'to 95 %':>9}{'to 100 %':>9}{'all':>9}   looks")
    for outcome in found:
        looks = "".join(f"{'never' if n is None else n:>9}" for n in outcome.to.values())
        click.echo(f"{outcome.method:14}{looks}{outcome.looks:>9}")
