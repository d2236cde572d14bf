"""Category schemes as data: a category is always (scheme, code), never a bare number."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from everyframe.errors import SchemeError

__all__ = ["Category", "CategoryScheme", "parse_scheme"]

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
FIELDS = {"id", "name", "country", "category"}


@dataclass(frozen=True, slots=True)
class Category:
    """Hold one category: its code in the scheme, what it means, and the digit key that assigns it (or none)."""

    code: str
    name: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class CategoryScheme:
    """Hold a scheme; ``country`` is an ISO 3166 code or empty."""

    id: str
    name: str
    country: str
    categories: tuple[Category, ...]

    def category(self, code: str) -> Category:
        """Give the category with this code.

        Raises:
            SchemeError: the scheme has none.
        """
        for category in self.categories:
            if category.code == code:
                return category
        known = ", ".join(c.code for c in self.categories)
        raise SchemeError(f"scheme {self.id} has no category {code!r}; it has {known}")


def parse_scheme(data: Mapping[str, Any], where: str) -> CategoryScheme:
    """Build a scheme from what its file says; ``where`` names the file in messages.

    Raises:
        SchemeError: a field is missing, unknown, doubled or of the wrong kind.
    """
    unknown = sorted(set(data) - FIELDS)
    if unknown:
        raise SchemeError(f"{where}: unknown field {unknown[0]!r}; a scheme has {', '.join(sorted(FIELDS))}")
    rows = data.get("category")
    if not isinstance(rows, list) or not rows:
        raise SchemeError(f"{where}: needs at least one [[category]]")
    categories = tuple(_category(row, f"{where}: category {n}") for n, row in enumerate(rows, 1))
    _once([c.code for c in categories], f"{where}: code")
    _once([c.key for c in categories if c.key], f"{where}: key")
    ident = _text(data, "id", where)
    if not NAME.fullmatch(ident):
        raise SchemeError(f"{where}: id {ident!r} may hold letters, digits, dot, dash and underscore only")
    return CategoryScheme(ident, _text(data, "name", where), _text(data, "country", where, empty=True), categories)


def _category(row: object, where: str) -> Category:
    if not isinstance(row, dict):
        raise SchemeError(f"{where}: is not a table")
    unknown = sorted(set(row) - {"code", "name", "key"})
    if unknown:
        raise SchemeError(f"{where}: unknown field {unknown[0]!r}; a category has code, name, key")
    key = _text(row, "key", where, empty=True)
    if key and not re.fullmatch(r"[0-9]", key):
        raise SchemeError(f"{where}: key {key!r} is not one of the digits 0 to 9")
    return Category(_text(row, "code", where), _text(row, "name", where), key)


def _text(row: Mapping[str, Any], field: str, where: str, *, empty: bool = False) -> str:
    value = row.get(field, "")
    if not isinstance(value, str):
        raise SchemeError(f"{where}: {field} must be text in quotes, not {type(value).__name__}")
    if not value.strip() and not empty:
        raise SchemeError(f"{where}: {field} is missing")
    return value.strip()


def _once(values: list[str], what: str) -> None:
    doubled = sorted({v for v in values if values.count(v) > 1})
    if doubled:
        raise SchemeError(f"{what} {doubled[0]!r} stands twice")
