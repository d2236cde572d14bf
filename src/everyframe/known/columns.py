"""Tables with a header: which column fills which field, and each row as an entry."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from everyframe.errors import UsageError
from everyframe.known.entry import ALGORITHMS, KnownEntry
from everyframe.known.lint import Lint
from everyframe.known.source import Source
from everyframe.known.values import boolean, digest, number

__all__ = ["FIELDS", "Header", "csv_rows", "find_header", "table_entries"]

#: What a field may be called, written small and without anything but letters and digits.
ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "md5": ("md5", "md5hash", "hashmd5", "md5sum"),
    "sha1": ("sha1", "sha1hash", "hashsha1"),
    "sha256": ("sha256", "sha256hash", "sha2256", "hashsha256"),
    "pdq": ("pdq", "pdqhash"),
    "photodna": ("photodna", "photodnahash", "pdna"),
    "quality": ("quality", "pdqquality"),
    "category": ("category", "categorycode", "cat", "classification"),
    "size": ("size", "filesize", "mediasize"),
    "name": ("name", "filename"),
    "tags": ("tags",),
    "series": ("series", "seriesname"),
    "comments": ("comments", "comment", "notes", "description"),
    "victim_identified": ("victimidentified",),
    "offender_identified": ("offenderidentified",),
    "distributed": ("isdistributed", "distributed"),
}
FIELDS: Final = tuple(ALIASES)
BY_ALIAS: Final = {alias: field for field, aliases in ALIASES.items() for alias in aliases}
FLAGS: Final = ("victim_identified", "offender_identified", "distributed")
TEXTS: Final = ("category", "name", "tags", "series", "comments")
DELIMITERS: Final = ",;\t|"
QUALITY_MOST: Final = 100
LINES_OF_ONE_ROW: Final = 50


@dataclass(frozen=True, slots=True)
class Header:
    """Hold the columns of a table: the delimiter, the name of each, and the field it fills (or none)."""

    delimiter: str
    names: tuple[str, ...]
    fields: tuple[str, ...]

    @property
    def digests(self) -> tuple[str, ...]:
        """Give the algorithms that have a column."""
        return tuple(f for f in self.fields if f in ALGORITHMS)


def find_header(line: str, mapping: Mapping[str, str] | None = None) -> Header | None:
    """Read a header line; None when no column of it holds a digest.

    Raises:
        UsageError: the mapping names a column or field that does not exist.
    """
    delimiter = max(DELIMITERS, key=line.count)
    try:
        names = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return None
    names = [n.strip() for n in names]
    for column, field in (mapping or {}).items():
        if column not in names:
            raise UsageError(f"--map {column}={field}: no column {column!r}; there are {', '.join(names)[:400]}")
        if field not in FIELDS:
            raise UsageError(f"--map {column}={field}: no field {field!r}; there are {', '.join(FIELDS)}")
    fields = [(mapping or {}).get(n) or BY_ALIAS.get(re.sub(r"[^a-z0-9]", "", n.lower()), "") for n in names]
    own = [f if f not in fields[:n] else "" for n, f in enumerate(fields)]
    header = Header(delimiter, tuple(names), tuple(own))
    return header if header.digests else None


def table_entries(source: Source, lint: Lint, header: Header) -> Iterator[KnownEntry]:
    """Give every row under the header as an entry."""
    lines = source.lines(lint)
    next(lines, None)
    for line, cells in csv_rows(lines, header.delimiter, lint):
        where = f"line {line}"
        if len(cells) != len(header.names):
            lint.add("columns", where, f"{len(cells)} instead of {len(header.names)}")
        entry = _entry(header, cells, lint, where)
        if entry:
            yield entry


def csv_rows(lines: Iterable[tuple[int, str]], delimiter: str, lint: Lint) -> Iterator[tuple[int, list[str]]]:
    """Read rows that may span lines; a quote that never closes costs its own line, not the rest of the file."""
    waiting: list[tuple[int, str]] = []
    for number_, line in lines:
        waiting.append((number_, line))
        if '"' in line or len(waiting) > 1:
            if sum(text.count('"') for _, text in waiting) % 2 and len(waiting) < LINES_OF_ONE_ROW:
                continue
            yield from _finish(waiting, delimiter, lint)
        elif line.strip():
            yield number_, line.split(delimiter)
        else:
            lint.add("empty-line", f"line {number_}")
        waiting = []
    yield from _finish(waiting, delimiter, lint)


def _finish(waiting: Sequence[tuple[int, str]], delimiter: str, lint: Lint) -> Iterator[tuple[int, list[str]]]:
    rest = list(waiting)
    while rest and sum(text.count('"') for _, text in rest) % 2:
        number_, line = rest.pop(0)
        if '"' in line:
            lint.add("unbalanced-quote", f"line {number_}", line)
            yield from _singly(rest, delimiter, lint)
            return
        yield number_, line.split(delimiter)
    if len(rest) > 1:
        lint.add("row-over-lines", f"line {rest[0][0]}", f"{len(rest)} lines")
    if rest:
        yield from _parse(rest[0][0], "\n".join(text for _, text in rest), delimiter, lint)


def _singly(lines: Sequence[tuple[int, str]], delimiter: str, lint: Lint) -> Iterator[tuple[int, list[str]]]:
    for number_, line in lines:
        if line.count('"') % 2:
            lint.add("unbalanced-quote", f"line {number_}", line)
        else:
            yield from _parse(number_, line, delimiter, lint)


def _parse(number_: int, text: str, delimiter: str, lint: Lint) -> Iterator[tuple[int, list[str]]]:
    try:
        yield number_, next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error as error:
        lint.add("bad-line", f"line {number_}", error)


def _entry(header: Header, cells: Sequence[str], lint: Lint, where: str) -> KnownEntry | None:
    named = {field: cell for field, cell in zip(header.fields, cells, strict=False) if field and cell}
    digests = {a: digest(named[a], a, lint, where) for a in header.digests if a in named}
    if not any(digests.values()):
        lint.add("no-digest", where)
        return None
    flags: dict[str, bool] = {
        f: said for f in FLAGS if f in named and (said := boolean(named[f], lint, where)) is not None
    }
    return KnownEntry(
        **digests,  # type: ignore[arg-type]  # digest fields by name
        **{f: named[f].strip() for f in TEXTS if f in named},  # type: ignore[arg-type]  # text fields by name
        size=number(named.get("size"), lint, where),
        quality=number(named.get("quality"), lint, where, most=QUALITY_MOST),
        flags=flags,
        extra=_extra(header, cells),
    )


def _extra(header: Header, cells: Sequence[str]) -> dict[str, object]:
    extra: dict[str, object] = {
        name: cell for name, field, cell in zip(header.names, header.fields, cells, strict=False) if not field and cell
    }
    if len(cells) > len(header.names):
        extra["more columns"] = list(cells[len(header.names) :])
    return extra
