"""Writing a query back as text that reads as the same query."""

import re
from typing import Final

from everyframe.model.query import All, Any, Node, Not, Term
from everyframe.review.query.fields import DEFAULT

__all__ = ["quote", "write"]

_SAFE: Final = re.compile(r"[^\s,()\"<>:@-][^\s,()\"<>:@]*")
_SAFE_CLOCK: Final = re.compile(r"\w+")


def write(node: Node) -> str:
    """Write a query."""
    match node:
        case Any(parts):
            return " or ".join(_inside(part, Any) for part in parts)
        case All(parts):
            return " ".join(_inside(part, Any, All) for part in parts)
        case Not(part):
            return f"-{_inside(part, Any, All)}"
        case Term():
            return _term(node)


def quote(text: str) -> str:
    """Write a value, in quotation marks where it needs them."""
    if _SAFE.fullmatch(text) and text.lower() != "or":
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _inside(part: Node, *brackets: type) -> str:
    text = write(part)
    return f"({text})" if isinstance(part, brackets) else text


def _term(term: Term) -> str:
    clock = f"@{term.clock if _SAFE_CLOCK.fullmatch(term.clock) else _always(term.clock)}" if term.clock else ""
    values = ",".join(quote(value.text) for value in term.values)
    alone = term.name == DEFAULT and term.operator == ":" and len(term.values) == 1
    return values if alone else f"{term.name}{clock}{term.operator}{values}"


def _always(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
