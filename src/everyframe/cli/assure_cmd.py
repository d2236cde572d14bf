"""``everyframe assure``: draw a blind sample of what nobody has looked at, and say what it bounds."""

from pathlib import Path

import click

from everyframe.cli.common import actor, case_argument, json_option, print_json
from everyframe.errors import UsageError
from everyframe.store.case import Case
from everyframe.store.sampling import STRATA
from everyframe.triage.assurance import USUAL, Finding, draw_sample, findings

__all__ = ["assure"]


@click.command()
@case_argument
@click.option("--sample", "asked", type=click.IntRange(1), help="Draw so many; without it, say what was found so far.")
@click.option("--seed", default="", help="Draw by this seed. [default: a new random one]")
@click.option("--confidence", default=0.95, show_default=True, type=click.FloatRange(0.5, 0.999), help="Of the bound.")
@click.option(
    "--stratum",
    "strata",
    multiple=True,
    type=click.Choice([s.value for s in STRATA]),
    help="Draw from these states only.",
)
@json_option
def assure(
    directory: Path, asked: int | None, seed: str, confidence: float, strata: tuple[str, ...], *, as_json: bool
) -> None:
    """Bound what is relevant among what nobody has looked at, from a random sample that is looked at blind.

    Drawn with --sample, the sample stands in the audit with its seed. Look at it in the review under "Sample", then run
    this again. docs/assurance.md has the design and the arithmetic.
    """
    if asked is None and (seed or strata):
        raise UsageError("--seed and --stratum go with --sample")
    with Case(directory) as case:
        if asked is not None:
            draw_sample(case, asked, actor=actor(), seed=seed, confidence=confidence, strata=strata or USUAL)
        with case.database.read() as connection:
            found = findings(connection)
    if as_json:
        print_json([f.as_json() for f in found])
        return
    for finding in found:
        _say(finding)
    if not found:
        click.echo(f"no sample was drawn yet; draw one with: everyframe assure {directory} --sample 300")


def _say(finding: Finding) -> None:
    click.echo(finding.sentence)
    for s in finding.strata:
        click.echo(
            f"  {s.name}: {s.drawn:,} of {s.population:,} looked at, {s.relevant:,} relevant; at most {s.most:,} in all, "
            f"{s.unseen:,} not found yet (share at most {100 * (s.share or 0):.2f} %)"
        )
    if finding.whole is None:
        click.echo("  look at the rest of it in the review: show Sample, in the order As drawn")
