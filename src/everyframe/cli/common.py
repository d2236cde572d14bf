"""What several commands share: their arguments, and how results are printed."""

import getpass
import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

__all__ = ["actor", "case_argument", "json_option", "keys_option", "print_json", "size_text"]

F = TypeVar("F", bound=Callable[..., Any])


def case_argument(function: F) -> F:
    """Add the CASE argument."""
    return click.argument("directory", metavar="CASE", type=click.Path(path_type=Path))(function)


def _use_keys(_ctx: click.Context, _param: click.Parameter, value: Path | None) -> None:
    """Hand the name of the file of keys to the processes that open images; the keys themselves stay in the file."""
    if value is not None:
        os.environ["EVERYFRAME_KEYS"] = str(value.resolve())


def keys_option(function: F) -> F:
    """Add --keys."""
    return click.option(
        "--keys",
        metavar="FILE",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        callback=_use_keys,
        expose_value=False,
        help="A file of keys for encrypted volumes: a line each, 'password WORDS' or 'recovery KEY'.",
    )(function)


def json_option(function: F) -> F:
    """Add --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, on one line.")(function)


def print_json(value: object) -> None:
    """Print one JSON value on a line of its own."""
    click.echo(json.dumps(value, ensure_ascii=False))


def actor() -> str:
    """Name who is at the keyboard: ``EVERYFRAME_ACTOR``, or the user and machine."""
    return os.environ.get("EVERYFRAME_ACTOR") or f"{_user()}@{socket.gethostname()}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def size_text(count: float) -> str:
    """Write a number of bytes for people, in decimal units."""
    for unit in ("B", "kB", "MB", "GB"):
        if abs(count) < 999.95:  # noqa: PLR2004 - a thousand of one make the next; what rounds to it counts
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"
