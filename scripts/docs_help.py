"""Rewrite the parts of the documentation that the program says itself: help, exit codes, stages, settings, schemes.

    .venv/bin/python scripts/docs_help.py [--check]

Each such part stands between ``<!-- made: NAME -->`` and ``<!-- /made -->``. With ``--check`` nothing is written, and the
exit code is 1 when a part is not as it should be.
"""

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from everyframe import errors
from everyframe.analysis import STAGES
from everyframe.cli import cli
from everyframe.model.scheme import CategoryScheme, parse_scheme
from everyframe.model.settings import SETTINGS

DOCS = Path(__file__).resolve().parents[1] / "docs"
SCHEMES = Path(__file__).resolve().parents[1] / "src" / "everyframe" / "schemes"
PART = re.compile(r"(<!-- made: ([a-z-]+)((?: [a-z-]+)*) -->\n).*?(<!-- /made -->)", re.DOTALL)
WIDTH = 100


def help_text(path: str) -> str:
    """Give the help of one command, as printed on a terminal of ``WIDTH`` characters."""
    settings = {"help_option_names": ["-h", "--help"], "terminal_width": WIDTH, "max_content_width": WIDTH}
    command: click.Command = cli
    context = click.Context(command, info_name="everyframe", **settings)  # type: ignore[arg-type]
    for name in path.split():
        found = command.get_command(context, name) if isinstance(command, click.Group) else None
        if found is None:
            raise SystemExit(f"there is no command {path!r}")
        command = found
        context = click.Context(command, info_name=name, parent=context)
    return f"```text\n{command.get_help(context)}\n```\n"


def exit_codes(_: str) -> str:
    """Give the exit codes as a table."""
    rows = [("0", "all is well"), (str(errors.EXIT_WARNINGS), "done; the case holds Warnings")]
    classes = [getattr(errors, name) for name in errors.__all__ if not name.startswith("EXIT")]
    for kind in sorted(classes, key=lambda c: (c.exit_code, len(c.__mro__), c.__name__)):
        meaning = (kind.__doc__ or "").partition("\n")[0].removeprefix("Report ").removeprefix("that ")
        rows.append((str(kind.exit_code), f"[{kind.__name__}](errors.md#{kind.__name__.lower()}): {meaning}"))
    rows.append((str(errors.EXIT_STOPPED), "intake stopped on request; the same command goes on"))
    rows.append(("128 + N", "ended by signal N: 130 by Ctrl-C"))
    return _table(("code", "meaning"), rows)


def stages(_: str) -> str:
    """Give the stages as a table."""
    rows = [(f"`{s.name}`", s.description, ", ".join(sorted(s.kinds))) for s in STAGES]
    return _table(("stage", "what it does", "of what"), rows)


def settings(_: str) -> str:
    """Give the settings of a case as a table."""
    return _table(("name", "default", "meaning"), [(f"`{s.name}`", str(s.default), s.meaning) for s in SETTINGS])


def schemes(_: str) -> str:
    """Give the schemes that come along, each as a table."""
    return "\n".join(_scheme(path) for path in sorted(SCHEMES.glob("*.toml")))


def _scheme(path: Path) -> str:
    import tomllib

    scheme: CategoryScheme = parse_scheme(tomllib.loads(path.read_text("utf-8")), path.name)
    rows = [(c.key, f"`{c.code}`", c.name) for c in scheme.categories]
    return f"### `{scheme.id}`\n\n{scheme.name}\n\n{_table(('key', 'code', 'category'), rows)}"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


MAKERS: dict[str, Callable[[str], str]] = {
    "exit-codes": exit_codes,
    "help": help_text,
    "schemes": schemes,
    "settings": settings,
    "stages": stages,
}


def made(text: str) -> str:
    """Give a page with its made parts as they should be."""
    return PART.sub(lambda m: f"{m[1]}\n{MAKERS[m[2]](m[3].strip())}\n{m[4]}", text)


def main(arguments: list[str]) -> int:
    """Check the pages, or rewrite them."""
    stale = [page for page in sorted(DOCS.glob("*.md")) if made(page.read_text("utf-8")) != page.read_text("utf-8")]
    for page in stale:
        if "--check" not in arguments:
            page.write_text(made(page.read_text("utf-8")), "utf-8")
        print(f"{page.relative_to(DOCS.parent)} {'is stale' if '--check' in arguments else 'rewritten'}")  # noqa: T201 - its result
    return int("--check" in arguments and bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
