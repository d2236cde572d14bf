"""Finding category schemes: those that ship with Everyframe, and the agency's own under ``EVERYFRAME_HOME/schemes``."""

import os
import tomllib
from importlib import resources
from pathlib import Path

from everyframe.errors import SchemeError
from everyframe.model.scheme import CategoryScheme, parse_scheme

__all__ = ["home", "load_scheme", "load_schemes"]


def home() -> Path:
    """Give the agency's own directory: ``EVERYFRAME_HOME``, or ``~/.everyframe``."""
    return Path(os.environ.get("EVERYFRAME_HOME") or Path.home() / ".everyframe")


def load_schemes() -> dict[str, CategoryScheme]:
    """Load every scheme by its id. An agency's file may not take the id of a shipped one.

    Raises:
        SchemeError: a file is wrong, or two have one id.
    """
    found: dict[str, CategoryScheme] = {}
    for name, content in _files():
        scheme = _parse(name, content)
        if scheme.id in found:
            raise SchemeError(
                f"{name}: the id {scheme.id!r} is taken by another scheme; give this one an id of its own"
            )
        found[scheme.id] = scheme
    return found


def load_scheme(ident: str) -> CategoryScheme:
    """Load one scheme.

    Raises:
        SchemeError: there is none with this id.
    """
    schemes = load_schemes()
    if ident not in schemes:
        raise SchemeError(
            f"no category scheme {ident!r}; there are {', '.join(schemes)}, and files in {home() / 'schemes'}"
        )
    return schemes[ident]


def _files() -> list[tuple[str, bytes]]:
    shipped = sorted(resources.files("everyframe.schemes").iterdir(), key=lambda f: f.name)
    own = sorted((home() / "schemes").glob("*.toml"))
    return [(f.name, f.read_bytes()) for f in shipped if f.name.endswith(".toml")] + [
        (str(f), f.read_bytes()) for f in own
    ]


def _parse(name: str, content: bytes) -> CategoryScheme:
    try:
        data = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SchemeError(f"{name}: is not a TOML file: {error}") from error
    return parse_scheme(data, name)
