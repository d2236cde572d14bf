"""The few SQL statements that an NSRL delta is made of, read as data. Nothing is ever run.

Strict: a statement that is not of these forms is refused, with the line where it begins.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final, TypeVar

from everyframe.errors import UsageError

__all__ = ["Change", "Insert", "Other", "Statement", "Value", "statements"]

T = TypeVar("T")
Value = str | int | float | bytes | None
CHUNK: Final = 1 << 20
#: One statement may not be longer; what is longer is damaged.
LONGEST: Final = 16 << 20
QUOTED: Final = r"""'(?:[^']++|'')*+'|"(?:[^"]++|"")*+"|\[[^\]]*+\]|`[^`]*+`"""
BETWEEN: Final = r"--[^\n]*+\n|/\*(?:[^*]++|\*(?!/))*+\*/"
#: Up to the semicolon that ends a statement; one in a text or comment does not.
STATEMENT: Final = re.compile(rf"(?:[^;'\"\[`/-]++|{QUOTED}|{BETWEEN}|-(?!-)|/(?!\*))*+;")
TOKEN: Final = re.compile(
    rf"\s++|{BETWEEN}|([xX]'[^']*+'|{QUOTED}|[A-Za-z_][A-Za-z_0-9$]*+|[-+]?\d++(?:\.\d++)?(?:[eE][-+]?\d++)?|.)",
    re.DOTALL,
)
BLANK: Final = re.compile(rf"(?:\s++|{BETWEEN})*+")
NUMBER: Final = re.compile(r"[-+]?\d+")
FRACTION: Final = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?")
BLOB: Final = re.compile(r"[xX]'((?:[0-9a-fA-F]{2})*)'")
WORD: Final = re.compile(r"[A-Za-z_][A-Za-z_0-9$]*")
#: Statements that change no row: read over, and said.
HARMLESS: Final = {"begin", "commit", "end", "pragma", "analyze", "vacuum", "reindex"}


@dataclass(frozen=True, slots=True)
class Insert:
    """Hold rows to add; without column names, the order is that of the table."""

    line: int
    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Hold an UPDATE, or a DELETE where ``to`` is None: all of ``where`` must hold of a row."""

    line: int
    table: str
    to: Mapping[str, Value] | None
    where: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Other:
    """Hold a statement that changes no row, by its first word."""

    line: int
    word: str


Statement = Insert | Change | Other


def statements(file: BinaryIO, name: str) -> Iterator[tuple[Statement, int]]:
    """Give each statement of a file, and the bytes read so far.

    Raises:
        UsageError: a statement is of none of these forms, or the file ends inside one.
    """
    line = 1
    for text, done in _texts(file, name):
        begins = line + text.count("\n", 0, BLANK.match(text).end())  # type: ignore[union-attr]  # matches everywhere
        line += text.count("\n")
        tokens = [token for token in TOKEN.findall(text) if token][:-1]
        if tokens:
            yield _Parser(tokens, begins, name).statement(), done


def _texts(file: BinaryIO, name: str) -> Iterator[tuple[str, int]]:
    """Cut a file into statements; each ends with its semicolon."""
    text, done = "", 0
    while True:
        at = 0
        while found := STATEMENT.match(text, at):
            yield found[0], done
            at = found.end()
        text = text[at:]
        if len(text) > LONGEST:
            raise UsageError(f"{name}: no statement ends within {LONGEST:,} letters; nothing was changed")
        chunk = file.read(CHUNK)
        if not chunk:
            break
        chunk += file.readline(CHUNK)  # ends between two letters, whatever the encoding's length of them
        done += len(chunk)
        text += _decoded(chunk, name)
    rest = BLANK.sub("", text + "\n", count=1)
    if rest.strip():
        raise UsageError(f"{name}: ends inside a statement: {rest.strip()[:80]!r}; nothing was changed")


def _decoded(chunk: bytes, name: str) -> str:
    try:
        return chunk.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{name}: is not UTF-8 ({error}); nothing was changed") from error


class _Parser:
    """Read one statement from its tokens, the semicolon left out."""

    def __init__(self, tokens: list[str], line: int, name: str) -> None:
        self._tokens, self._line, self._name = tokens, line, name
        self._at = 0

    def statement(self) -> Statement:
        word = self._word()
        if word == "insert":
            found: Statement = self._insert()
        elif word == "update":
            found = self._update()
        elif word == "delete":
            self._expect("from")
            found = Change(self._line, self._identifier(), None, self._where())
        elif word in HARMLESS or (word in {"create", "drop"} and self._is_index()):
            return Other(self._line, word)
        else:
            raise self._wrong(word)
        if self._at < len(self._tokens):
            raise self._wrong(self._tokens[self._at])
        return found

    def _insert(self) -> Insert:
        if self._peek() == "or":
            self._at += 1
            if self._word() not in {"ignore", "replace"}:
                raise self._wrong("OR")
        self._expect("into")
        table = self._identifier()
        columns: tuple[str, ...] = ()
        if self._peek() == "(":
            columns = tuple(self._list(self._identifier))
        self._expect("values")
        rows = [tuple(self._list(self._value))]
        while self._peek() == ",":
            self._at += 1
            rows.append(tuple(self._list(self._value)))
        if len(set(columns)) < len(columns) or any(columns and len(row) != len(columns) for row in rows):
            raise self._wrong("columns that do not fit the values")
        return Insert(self._line, table, columns, tuple(rows))

    def _update(self) -> Change:
        table = self._identifier()
        self._expect("set")
        to: dict[str, Value] = {}
        while True:
            column = self._identifier()
            self._expect("=")
            to[column] = self._value()
            if self._peek() != ",":
                return Change(self._line, table, to, self._where())
            self._at += 1

    def _where(self) -> dict[str, Value]:
        """Read conditions joined by AND; a change without any would be of every row, and is refused."""
        self._expect("where")
        where: dict[str, Value] = {}
        while True:
            column = self._identifier()
            if column in where:
                raise self._wrong(f"{column} twice")
            if self._peek() == "is":
                self._at += 1
                self._expect("null")
                where[column] = None
            else:
                self._expect("=")
                where[column] = self._value()
                if where[column] is None:
                    raise self._wrong("= NULL")
            if self._peek() != "and":
                return where
            self._at += 1

    def _list(self, read: Callable[[], T]) -> list[T]:
        self._expect("(")
        found = [read()]
        while self._peek() == ",":
            self._at += 1
            found.append(read())
        self._expect(")")
        return found

    def _value(self) -> Value:
        token = self._next()
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if NUMBER.fullmatch(token):
            return int(token)
        if FRACTION.fullmatch(token):
            return float(token)
        if blob := BLOB.fullmatch(token):
            return bytes.fromhex(blob[1])
        if token.lower() == "null":
            return None
        raise self._wrong(token)

    def _identifier(self) -> str:
        token = self._next()
        if WORD.fullmatch(token):
            return token.lower()
        if token[0] in '"[`' and WORD.fullmatch(token[1:-1]):
            return token[1:-1].lower()
        raise self._wrong(token)

    def _is_index(self) -> bool:
        rest = [token.lower() for token in self._tokens[1:3]]
        return "index" in (rest[1:] if rest[:1] == ["unique"] else rest[:1])

    def _word(self) -> str:
        token = self._next()
        if not WORD.fullmatch(token):
            raise self._wrong(token)
        return token.lower()

    def _expect(self, word: str) -> None:
        token = self._next()
        if token.lower() != word:
            raise self._wrong(token)

    def _peek(self) -> str:
        return self._tokens[self._at].lower() if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        if self._at >= len(self._tokens):
            raise self._wrong("its end")
        self._at += 1
        return self._tokens[self._at - 1]

    def _wrong(self, what: str) -> UsageError:
        return UsageError(
            f"{self._name}: the statement at line {self._line} is not one of an NSRL delta, at {what[:60]!r};"
            " nothing was changed"
        )
