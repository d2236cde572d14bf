"""``everyframe serve``: open the case for looking."""

from pathlib import Path

import click

from everyframe.cli.common import actor, case_argument
from everyframe.errors import UsageError
from everyframe.store.case import Case

__all__ = ["serve"]

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@case_argument
@click.option("--port", default=8420, show_default=True, type=click.IntRange(1, 65535), help="Where to listen.")
@click.option("--team", is_flag=True, help="For people with accounts; see everyframe people.")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen at; others need --team and TLS."
)
@click.option("--name", "names", multiple=True, help="Name in the address bar; can be given several times.")
@click.option("--certificate", type=FILE, help="TLS certificate with its chain, as PEM.")
@click.option("--key", type=FILE, help="Its private key, as PEM.")
def serve(
    directory: Path,
    port: int,
    host: str,
    names: tuple[str, ...],
    certificate: Path | None,
    key: Path | None,
    *,
    team: bool,
) -> None:
    """Open the case for looking, until Ctrl-C. Intake may run at the same time.

    Without --team: for one person in a browser on this machine, by a link that works once. With --team: for people who sign
    in.
    """
    from everyframe.intake.pool import prepare
    from everyframe.web.serve import Listening, serve_team
    from everyframe.web.serve import serve as serve_case

    where = Listening(host, port, names, certificate, key)
    if not team and (where.secure or not where.local or names):
        raise UsageError("--host, --name, --certificate and --key go with --team: others than you have to sign in")
    with Case(directory) as case, case.seat("review", purpose=f"review at port {port}"):
        prepare()  # what is uploaded, and what clues are cut from, is decoded by processes that are forked at once
        if team:
            serve_team(case, where, announce=lambda text: click.echo(text, err=True))
        else:
            serve_case(case, port=port, actor=actor(), announce=lambda text: click.echo(text, err=True))
