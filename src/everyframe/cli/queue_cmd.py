"""``everyframe queue``: what to look at next, and why."""

from pathlib import Path
from typing import Any

import click

from everyframe.cli.common import actor, case_argument, json_option, print_json
from everyframe.errors import UsageError
from everyframe.store.account import read_account
from everyframe.store.case import Case
from everyframe.store.windows import read_items
from everyframe.triage.drawings import DRAWINGS, png, svg
from everyframe.triage.opening import label, open_queue, relevant_codes
from everyframe.triage.pace import Pace, read_pace
from everyframe.triage.queue import Queue

__all__ = ["queue"]


@click.command()
@case_argument
@click.option("--first", default=20, show_default=True, type=click.IntRange(0), help="How many places to show.")
@click.option("--plain", is_flag=True, help="By the plain signals alone, without what decisions taught.")
@click.option("--reviewer", default=1, show_default=True, type=click.IntRange(1), help="Which of several reviewers.")
@click.option("--of", "reviewers", default=1, show_default=True, type=click.IntRange(1), help="How many look at once.")
@click.option("--drawings", type=click.Path(path_type=Path), help="Write the drawings of the pace here, SVG and PNG.")
@json_option
def queue(
    directory: Path, first: int, reviewer: int, reviewers: int, drawings: Path | None, *, plain: bool, as_json: bool
) -> None:
    """Say what to look at next and why, how much is left, and what one more hour buys.

    Nothing is changed, and nothing is hidden: the whole order holds everything that nobody has looked at.
    """
    if reviewer > reviewers:
        raise UsageError(f"--reviewer {reviewer} is not one of --of {reviewers}")
    with Case(directory) as case:
        opened = open_queue(case)
        codes = relevant_codes(opened.weights, case.scheme.id)
        with case.database.read() as connection:
            if plain:
                opened.update(label(connection, opened.facts, case.scheme.id, codes), learning=False)
            left = len(opened.standing.order)
            pace = read_pace(connection, left=left, scheme=case.scheme.id, relevant=codes, actor=actor())
            states = {s.value: t.files for s, t in read_account(connection).states.items()}
        shown = _shown(case, opened, opened.share(reviewer - 1, reviewers)[:first].tolist())
    if drawings is not None:
        _draw(drawings, pace, states)
    if as_json:
        print_json({"left": left, "learned": opened.standing.learned, "next": shown, "pace": pace.as_json()})
        return
    for place in shown:
        click.echo(f"{place['media']:>8}  {place['name']}\n          {place['reason']}")
    _say(pace)


def _shown(case: Case, opened: Queue, rows: list[int]) -> list[dict[str, Any]]:
    ids = [int(opened.facts.ids[row]) for row in rows]
    with case.database.read() as connection:
        names = {item.id: item.name for item in read_items(connection, ids)}
    return [
        {"media": ident, "name": names.get(ident, ""), "reason": opened.reason(row)}
        for ident, row in zip(ids, rows, strict=True)
    ]


def _draw(folder: Path, pace: Pace, states: dict[str, int]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, lay_out in DRAWINGS:
        drawing = lay_out(pace, states)
        (folder / f"{name}.svg").write_text(svg(drawing, alone=True), "utf-8")
        (folder / f"{name}.png").write_bytes(png(drawing))


def _say(pace: Pace) -> None:
    click.echo(f"{pace.left:,} looks left; {pace.looked:,} looked at, {pace.relevant:,} of them relevant")
    if pace.hours_left is not None and pace.per_hour is not None:
        click.echo(f"{pace.hours_left:,.1f} hours left at {pace.per_hour:,.0f} looks an hour")
    if pace.team_hours_left is not None and len(pace.workers) > 1:
        click.echo(f"{pace.team_hours_left:,.1f} hours left if all {len(pace.workers)} look at once")
    if pace.next_hour_relevant is not None:
        click.echo(
            f"one more hour: {pace.next_hour_looks:,.0f} looks, about {pace.next_hour_relevant:,.1f} new relevant ones "
            "if the yield stays as it was over the last 500 looks"
        )
    if pace.recall_at_least is not None and pace.confidence is not None:
        click.echo(
            f"found at least {100 * pace.recall_at_least:.0f} % of what is relevant ({100 * pace.confidence:g} % confidence)"
        )
