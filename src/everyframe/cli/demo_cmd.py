"""``everyframe demo``: draw a benign exhibit to try things on."""

from pathlib import Path

import click

from everyframe.cli.common import json_option, print_json
from everyframe.cli.ticker import Ticker
from everyframe.errors import UsageError

__all__ = ["demo"]


@click.group()
def demo() -> None:
    """Draw a benign exhibit to try things on."""


@demo.command("make")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--files", default=400, show_default=True, type=click.IntRange(40), help="About how many files.")
@click.option("--seed", default=1, show_default=True, help="The same seed draws the same exhibit.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1), help="Processes that draw.")
@json_option
def make(directory: Path, files: int, seed: int, workers: int, *, as_json: bool) -> None:
    """Draw the exhibit into DIRECTORY/exhibit, with the truth about it in DIRECTORY/manifest.json."""
    from everyframe.demo import make_exhibit

    if directory.exists() and any(directory.iterdir()):
        raise UsageError(f"{directory} is not empty; the demo exhibit gets a directory of its own")
    ticker = Ticker("drawing", plain=as_json)
    manifest = make_exhibit(directory, files=files, seed=seed, workers=workers, progress=ticker.step)
    ticker.end()
    if as_json:
        print_json(
            {
                "exhibit": str(directory / "exhibit"),
                "manifest": str(directory / "manifest.json"),
                "files": len(manifest.rows),
            }
        )
    else:
        click.echo(
            f"{len(manifest.rows)} files in {directory / 'exhibit'}, the truth about them in {directory / 'manifest.json'}"
        )


@demo.command("case")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--media", default=3000, show_default=True, type=click.IntRange(300), help="About how many files.")
@click.option("--seed", default=1, show_default=True, help="The same seed draws the same case.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1), help="Processes that draw.")
@json_option
def case(directory: Path, media: int, seed: int, workers: int, *, as_json: bool) -> None:
    """Draw a simulated case into DIRECTORY: small pictures, a hash list of the known half, and the truth.

    Relevant is what shows one kind of lamp. Take DIRECTORY/exhibit in, then run: everyframe simulate CASE --truth
    DIRECTORY/truth.json.
    """
    from everyframe.demo.simulated_build import make_case

    ticker = Ticker("drawing", plain=as_json)
    made = make_case(directory, media=media, seed=seed, workers=workers, progress=ticker.step)
    ticker.end()
    if as_json:
        paths = {"exhibit": str(made.exhibit), "truth": str(made.truth), "known": str(made.known)}
        print_json(paths | {"files": made.files})
    else:
        click.echo(f"{made.files} files in {made.exhibit}, the truth in {made.truth}, the known half in {made.known}")
