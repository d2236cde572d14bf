"""The command line: one command a file, in the order of a day's work."""

import importlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

import click

from everyframe.errors import EveryframeError

__all__ = ["COMMANDS", "cli", "main"]

#: Every command: its name, its module, the object in it. Loaded when it is asked for: workers start quickly, too.
COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("case", "case_cmd", "case"),
    ("cases", "cases_cmd", "cases"),
    ("exhibit", "exhibit_cmd", "exhibit"),
    ("intake", "intake_cmd", "intake"),
    ("running", "running_cmd", "running"),
    ("account", "account_cmd", "account"),
    ("warnings", "warnings_cmd", "warnings"),
    ("serve", "serve_cmd", "serve"),
    ("people", "people_cmd", "people"),
    ("queue", "queue_cmd", "queue"),
    ("assure", "assure_cmd", "assure"),
    ("simulate", "simulate_cmd", "simulate"),
    ("known", "known_cmd", "known"),
    ("match", "match_cmd", "match_command"),
    ("stacks", "stacks_cmd", "stacks"),
    ("export", "export_cmd", "export"),
    ("import", "import_cmd", "import_group"),
    ("exclude", "exclude_cmd", "exclude"),
    ("set", "set_cmd", "set_command"),
    ("digest", "digest_cmd", "digest"),
    ("verify", "verify_cmd", "verify"),
    ("validate", "validate_cmd", "validate"),
    ("demo", "demo_cmd", "demo"),
)


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the base class says so
        return [name for name, _, _ in COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        for name, module, attribute in COMMANDS:
            if name == cmd_name:
                found: click.Command = getattr(importlib.import_module(f"everyframe.cli.{module}"), attribute)
                return found
        return None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(None, "-V", "--version", prog_name="Everyframe", package_name="everyframe")
def cli() -> None:
    """Take lawfully seized media in, account for every file, and look at all of it.

    Results go to standard output, progress and messages to standard error. Every command that prints a result takes
    --json. Exit codes are listed in docs/commands.md.
    """


class _Terminated(KeyboardInterrupt):
    """Report that somebody asked the program to end; files that are half written are taken away on the way out."""


def _terminate(_number: int, _frame: FrameType | None) -> NoReturn:
    raise _Terminated


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code. The border at which errors become messages."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _terminate)
    try:
        code = cli.main(
            list(arguments) if arguments is not None else None, prog_name="everyframe", standalone_mode=False
        )
    except EveryframeError as error:
        click.echo(f"everyframe: {error}", err=True)
        if error.traceback and os.environ.get("EVERYFRAME_TRACEBACK"):
            traceback.print_exc()
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = 2
    except _Terminated:
        click.echo("everyframe: stopped", err=True)
        code = 128 + signal.SIGTERM
    except (click.Abort, KeyboardInterrupt):
        click.echo("everyframe: stopped", err=True)
        code = 128 + signal.SIGINT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 128 + signal.SIGPIPE
    except Exception as error:  # noqa: BLE001 - the border of the program: nothing behind it
        traceback.print_exc()
        click.echo(f"everyframe: this should not happen: {error!r}. The case is as its last commit left it.", err=True)
        code = 2
    sys.exit(code if isinstance(code, int) else 0)
