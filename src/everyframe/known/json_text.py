"""JSON as text that may be wrong: one value at a time, with the repairs that old exporters need."""

import json
import re
from typing import Any, Final

from everyframe.known.lint import Lint

__all__ = ["Unfinished", "Wrong", "read_value", "repaired"]

STRICT: Final = json.JSONDecoder()
LOOSE: Final = json.JSONDecoder(strict=False)
#: The last characters of a text, where an error may mean that more is to come.
EDGE: Final = 16
#: What is repaired, in this order: the kind counted, what is wrong, what it becomes.
REPAIRS: Final = (
    ("repaired-backslash", re.compile(r'(?<!\\)((?:\\\\)*)\\(?![\\/"bfnrtu])'), r"\1\\\\"),
    ("repaired-doubled-quote", re.compile(r'(?<=[^\s:,\[{\\])""(?=\s*[,}\]])'), '"'),
    ("repaired-trailing-comma", re.compile(r",(?=\s*[}\]])"), ""),
)


class Unfinished(Exception):  # noqa: N818 - no error: more text is needed
    """Report that a value goes on after the end of the text."""


class Wrong(Exception):  # noqa: N818 - caught by the caller, counted, never shown
    """Report a text that is no JSON."""


def read_value(text: str, at: int) -> tuple[Any, int]:
    """Read the value that begins at a position, and give it with the position after it.

    Raises:
        Unfinished: the text ends inside the value.
        Wrong: there is no value here.
    """
    try:
        return STRICT.raw_decode(text, at)
    except RecursionError as error:
        raise Wrong("nested too deeply") from error
    except json.JSONDecodeError as error:
        if error.pos >= len(text) - EDGE or error.msg.startswith("Unterminated string"):
            raise Unfinished from error
        raise Wrong(str(error)) from error
    except ValueError as error:  # a number of thousands of digits
        raise Wrong(str(error)) from error


def repaired(text: str, lint: Lint, where: str) -> object:
    """Read one value after the known repairs, and count those that were made.

    Raises:
        Wrong: it is still no JSON.
    """
    made = []
    for kind, pattern, instead in REPAIRS:
        text, count = pattern.subn(instead, text)
        if count:
            made.append((kind, count))
    try:
        value, end = LOOSE.raw_decode(text)
    except (ValueError, RecursionError) as error:
        raise Wrong(str(error)) from error
    if text[end:].strip():
        raise Wrong("more after the end")
    for kind, count in made or [("repaired-control-character", 1)]:
        lint.add(kind, where, count=count)
    return value
