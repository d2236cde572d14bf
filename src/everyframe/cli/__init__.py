"""The command line: one command a file, in the order of a day's work."""

import os
import signal
import sys
import traceback
from collections.abc import Sequence

import click

import everyframe
from everyframe.cli import (
    account_cmd,
    case_cmd,
    demo_cmd,
    digest_cmd,
    exclude_cmd,
    intake_cmd,
    serve_cmd,
    set_cmd,
    validate_cmd,
    verify_cmd,
    warnings_cmd,
)
from everyframe.errors import EveryframeError

__all__ = ["COMMANDS", "cli", "main"]

COMMANDS: tuple[click.Command, ...] = (
    case_cmd.case,
    intake_cmd.intake,
    account_cmd.account,
    warnings_cmd.warnings,
    serve_cmd.serve,
    exclude_cmd.exclude,
    set_cmd.set_command,
    digest_cmd.digest,
    verify_cmd.verify,
    validate_cmd.validate,
    demo_cmd.demo,
)


class _InOrder(click.Group):
    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(everyframe.__version__, "-V", "--version", prog_name="Everyframe")
def cli() -> None:
    """Take lawfully seized media in, account for every file, and look at all of it.

    Results go to standard output, progress and messages to standard error. Every command that prints a result takes
    --json. Exit codes are listed in docs/commands.md.
    """


for _command in COMMANDS:
    cli.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code. The border at which errors become messages."""
    try:
        code = cli.main(list(arguments) if arguments is not None else None, standalone_mode=False)
    except EveryframeError as error:
        click.echo(f"everyframe: {error}", err=True)
        if error.traceback and os.environ.get("EVERYFRAME_TRACEBACK"):
            traceback.print_exc()
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = 2
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
