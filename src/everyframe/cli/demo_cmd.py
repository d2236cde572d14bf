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
