"""The weights of the order: shipped ones, and what an agency's own file says instead."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from everyframe.errors import OrderError
from everyframe.store.scheme_files import home

__all__ = ["FILE", "Weights", "load_weights", "parse_weights"]

#: Of the agency, in ``EVERYFRAME_HOME``.
FILE = "order.toml"
FIELDS = ("learning", "exploration", "signals", "links", "relevant", "models")
MOST = 1000.0


@dataclass(frozen=True, slots=True)
class Weights:
    """Hold the weights.

    Args:
        learning: whether decisions teach the order.
        exploration: share of places (0-0.5) that go to pictures drawn at random.
        signals: points for what is true of a picture.
        links: points for what it shares with relevant pictures.
        relevant: scheme → the codes that count as relevant.
        models: names of the agency's models (files in ``EVERYFRAME_HOME/models``) → points for their score of 1.
    """

    learning: bool
    exploration: float
    signals: dict[str, float]
    links: dict[str, float]
    relevant: dict[str, tuple[str, ...]]
    models: dict[str, float]

    def relevant_codes(self, scheme: str) -> frozenset[str]:
        """Give the codes of a scheme that count as relevant.

        Raises:
            OrderError: the file does not say.
        """
        if scheme not in self.relevant:
            said = ", ".join(sorted(self.relevant))
            raise OrderError(
                f"{home() / FILE}: say under [relevant] which categories of scheme {scheme} count as relevant, as in "
                f'{scheme} = ["1", "2"]; it says so for {said}'
            )
        return frozenset(self.relevant[scheme])


def load_weights() -> Weights:
    """Load the shipped weights, with what the agency's file says in their place.

    Raises:
        OrderError: a file is wrong.
    """
    shipped = _read("order.toml", (resources.files("everyframe.triage") / "order.toml").read_bytes())
    own = home() / FILE
    if not own.is_file():
        return parse_weights(shipped, shipped, "order.toml")
    return parse_weights(shipped, _read(str(own), own.read_bytes()), str(own))


def _read(name: str, content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OrderError(f"{name}: is not a TOML file: {error}") from error


def parse_weights(shipped: Mapping[str, Any], own: Mapping[str, Any], where: str) -> Weights:
    """Put the two together, field by field; ``where`` names the file in messages.

    Raises:
        OrderError: a field is unknown or of the wrong kind.
    """
    unknown = sorted(set(own) - set(FIELDS))
    if unknown:
        raise OrderError(f"{where}: unknown field {unknown[0]!r}; there are {', '.join(FIELDS)}")
    learning = own.get("learning", shipped["learning"])
    if not isinstance(learning, bool):
        raise OrderError(f"{where}: learning must be true or false")
    return Weights(
        learning,
        _number(own.get("exploration", shipped["exploration"]), f"{where}: exploration", 0, 0.5),
        _points(shipped, own, "signals", where),
        _points(shipped, own, "links", where),
        dict(shipped["relevant"]) | _codes(own.get("relevant", {}), where),
        {k: _number(v, f"{where}: models.{k}", -MOST, MOST) for k, v in _table(own, "models", where).items()},
    )


def _table(values: Mapping[str, Any], name: str, where: str) -> dict[str, Any]:
    found = values.get(name, {})
    if not isinstance(found, dict):
        raise OrderError(f"{where}: {name} must be a table, as in [{name}]")
    return found


def _points(shipped: Mapping[str, Any], own: Mapping[str, Any], name: str, where: str) -> dict[str, float]:
    given, known = _table(own, name, where), shipped[name]
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise OrderError(f"{where}: [{name}] has no {unknown[0]!r}; there are {', '.join(known)}")
    return {k: _number(given.get(k, v), f"{where}: {name}.{k}", -MOST, MOST) for k, v in known.items()}


def _number(value: object, what: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise OrderError(f"{what} must be a number from {low:g} to {high:g}, not {value!r}")
    return float(value)


def _codes(value: object, where: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise OrderError(f"{where}: relevant must be a table, as in [relevant]")
    for scheme, codes in value.items():
        if not isinstance(codes, list) or not codes or not all(isinstance(c, str) and c for c in codes):
            raise OrderError(f'{where}: relevant.{scheme} must be a list of codes in quotes, as in ["1", "2"]')
    return {scheme: tuple(codes) for scheme, codes in value.items()}
