"""``everyframe validate``: known answers on this machine."""

import subprocess

import click

from everyframe.cli.common import json_option, print_json
from everyframe.errors import SelfTestError
from everyframe.validate.selftest import self_test, versions

__all__ = ["validate"]


@click.command()
@json_option
def validate(*, as_json: bool) -> None:
    """Check that this machine gives the known answers, and name what it decodes with."""
    self_test()
    found = versions() | {"exiftool": _exiftool()}
    if as_json:
        print_json({"passed": True, "versions": found})
        return
    click.echo("digests, perceptual hash and decoder give the known answers")
    for name, version in found.items():
        click.echo(f"  {name:14} {version}")


def _exiftool() -> str:
    try:
        done = subprocess.run(["exiftool", "-ver"], capture_output=True, text=True, check=True, timeout=30)  # noqa: S607 - on PATH by its package
    except (OSError, subprocess.SubprocessError) as error:
        raise SelfTestError(
            f"exiftool does not run: {error}. Install it: apt-get install libimage-exiftool-perl"
        ) from error
    return done.stdout.strip()
