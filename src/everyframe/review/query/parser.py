"""Reading a query. What is wrong is said with its place, so that the screen can point at it.

::

    query  = any
    any    = all { "or" all }
    all    = { not }
    not    = "-" not | "(" any ")" | term
    term   = name [ "@" clock ] operator value { "," value } | value
"""

import re
from dataclasses import dataclass
from typing import Final

from everyframe.errors import QueryError
from everyframe.model.query import All, Any, Node, Not, Term, Value
from everyframe.review.query.fields import DEFAULT, Field, field_named

__all__ = ["MOST", "chips", "parse"]

MOST: Final = 4000  # letters of a query
_DEPTH: Final = 40
_HEAD: Final = re.compile(r'([A-Za-z][A-Za-z-]*)(?:@("(?:[^"\\]|\\.)*"|[\w-]+))?(<=|>=|<|>|:)')
_BARE: Final = re.compile(r'[^\s,()"]+')
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_OR: Final = re.compile(r"or(?=[\s(]|$)", re.IGNORECASE)
_SPACE: Final = re.compile(r"\s*")


def parse(text: str) -> Node:
    """Read a query; the empty one asks for everything.

    Raises:
        QueryError: it cannot be understood; ``at`` is the place of the letter where that begins.
    """
    if len(text) > MOST:
        raise QueryError(f"a query has at most {MOST} letters", MOST)
    reader = _Reader(text)
    found = reader.any(0)
    if reader.at < len(text):
        raise QueryError("this bracket was never opened", reader.at)
    return found


def chips(text: str) -> list[tuple[int, int]]:
    """Give the parts of a query that hold one by one, each from its first letter to behind its last.

    Raises:
        QueryError: it cannot be understood.
    """
    reader = _Reader(text)
    reader.any(0)
    if reader.at < len(text):
        raise QueryError("this bracket was never opened", reader.at)
    return reader.tops if not reader.split else [(reader.tops[0][0], reader.tops[-1][1])]


@dataclass
class _Reader:
    text: str
    at: int = 0

    def __post_init__(self) -> None:
        self.tops: list[tuple[int, int]] = []
        self.split = False  # an "or" stands outside all brackets

    def any(self, depth: int) -> Node:
        parts = [self._all(depth)]
        while match := _OR.match(self.text, self._skip()):
            if parts[-1] == All(()):
                raise QueryError("something must stand before this or", self.at)
            where, self.at = self.at, match.end()
            parts.append(self._all(depth))
            self.split = self.split or depth == 0
            if parts[-1] == All(()):
                raise QueryError("something must stand behind this or", where)
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def _all(self, depth: int) -> Node:
        parts: list[Node] = []
        while self._skip() < len(self.text) and self.text[self.at] != ")" and not _OR.match(self.text, self.at):
            start = self.at
            parts.append(self._not(depth))
            if depth == 0:
                self.tops.append((start, self.at))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _not(self, depth: int) -> Node:
        if depth > _DEPTH:
            raise QueryError(f"more than {_DEPTH} brackets or minus signs inside one another", self.at)
        if self.text[self.at] == "-":
            self.at += 1
            if self.at == len(self.text) or self.text[self.at].isspace() or self.text[self.at] == ")":
                raise QueryError("what the minus takes away must follow it at once", self.at - 1)
            return Not(self._not(depth + 1))
        if self.text[self.at] == "(":
            return self._bracket(depth)
        return self._term()

    def _bracket(self, depth: int) -> Node:
        opened = self.at
        self.at += 1
        found = self.any(depth + 1)
        if self._skip() == len(self.text):
            raise QueryError("this bracket is never closed", opened)
        self.at += 1
        return found

    def _term(self) -> Term:
        start, head = self.at, _HEAD.match(self.text, self.at)
        if not head:
            return Term(DEFAULT, (Value(self._value()),), start=start, end=self.at)
        name, clock, operator = head[1].lower(), _plain(head[2] or ""), head[3]
        field = field_named(name)
        if field is None:
            raise QueryError(f"no field is called {head[1]}; put the words in quotation marks to look for them", start)
        if clock and not field.clocked:
            raise QueryError(f"{name} has one clock only", start)
        if operator != ":" and not field.compared:
            raise QueryError(f"{name} takes a colon", head.start(3))
        self.at = head.end()
        values = [self._typed(field, operator)]
        while self.text.startswith(",", self.at):
            self.at += 1
            values.append(self._typed(field, operator))
        return Term(name, tuple(values), operator, clock, start, self.at)

    def _typed(self, field: Field, operator: str) -> Value:
        start = self.at
        text = self._value()
        if field.choices and text.lower() not in field.choices:
            raise QueryError(f"{field.name} is one of: {', '.join(field.choices)}", start)
        try:
            return Value(text.lower() if field.choices else text, field.read(text, operator))
        except ValueError as error:
            raise QueryError(f"{field.name}: {error}", start) from error

    def _value(self) -> str:
        if quoted := _QUOTED.match(self.text, self.at):
            if not quoted[1]:
                raise QueryError("there is nothing between these quotation marks", self.at)
            self.at = quoted.end()
            return _plain(quoted[0])
        if self.text.startswith('"', self.at):
            raise QueryError("this quotation mark has no partner", self.at)
        bare = _BARE.match(self.text, self.at)
        if not bare:
            raise QueryError("a value is missing here", self.at)
        self.at = bare.end()
        return bare[0]

    def _skip(self) -> int:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.at


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL) if text.startswith('"') else text
