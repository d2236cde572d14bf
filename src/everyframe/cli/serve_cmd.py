"""``everyframe serve``: open the case for looking."""

from pathlib import Path

import click

from everyframe.cli.common import actor, case_argument
from everyframe.store.case import Case

__all__ = ["serve"]


@click.command()
@case_argument
@click.option("--port", default=8420, show_default=True, type=click.IntRange(1, 65535), help="On 127.0.0.1 only.")
def serve(directory: Path, port: int) -> None:
    """Open the case for looking, in a browser on this machine, until Ctrl-C.

    Prints a link that works once. Intake may run at the same time.
    """
    from everyframe.web.serve import serve as serve_case

    with Case(directory) as case, case.seat("review", purpose=f"review at port {port}"):
        serve_case(case, port=port, actor=actor(), announce=lambda text: click.echo(text, err=True))
