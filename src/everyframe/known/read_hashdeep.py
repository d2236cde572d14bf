"""hashdeep audit files: a header that names the columns after two per cent signs, comments after a hash."""

from collections.abc import Iterator
from typing import ClassVar, Final

from everyframe.errors import UsageError
from everyframe.known.entry import ALGORITHMS, KnownEntry
from everyframe.known.lint import Lint
from everyframe.known.source import Source
from everyframe.known.values import digest, number

__all__ = ["HashdeepReader"]

MAGIC: Final = "%%%% HASHDEEP-"
COLUMNS: Final = "%%%% "
HEADER_LINES: Final = 20


class HashdeepReader:
    """Read a hashdeep file; digests that this program does not look up are kept as extra."""

    NAME: ClassVar = "hashdeep"
    DESCRIPTION: ClassVar = "hashdeep audit file"
    KIND: ClassVar = ""

    def recognises(self, source: Source) -> bool:
        """Look for the first line."""
        return bool(source.head_lines) and source.head_lines[0].startswith(MAGIC)

    def entries(self, source: Source, lint: Lint) -> Iterator[KnownEntry]:
        """Give every line."""
        columns = _columns(source)
        for line_number, line in source.lines(lint):
            where = f"line {line_number}"
            if not line.strip() or line.startswith(("%", "#")):
                lint.add("comment-line" if line.strip() else "empty-line", where, line)
                continue
            entry = _entry(columns, line, lint, where)
            if entry:
                yield entry


def _columns(source: Source) -> list[str]:
    for line in source.head_lines[1:HEADER_LINES]:
        if line.startswith(COLUMNS):
            columns = line.removeprefix(COLUMNS).strip().split(",")
            if set(columns) & set(ALGORITHMS):
                return columns
    raise UsageError(f"{source.path}: no line names the columns of this hashdeep file (%%%% size,md5,…)")


def _entry(columns: list[str], line: str, lint: Lint, where: str) -> KnownEntry | None:
    cells = line.split(",", len(columns) - 1)
    if len(cells) != len(columns):
        lint.add("columns", where, line)
    row = dict(zip(columns, cells, strict=False))
    digests = {a: digest(row.pop(a, ""), a, lint, where) for a in ALGORITHMS if a in columns}
    if not any(digests.values()):
        lint.add("no-digest", where, line)
        return None
    return KnownEntry(
        **digests,  # type: ignore[arg-type]  # digest fields by name
        size=number(row.pop("size", ""), lint, where),
        name=row.pop("filename", ""),
        extra=dict(row),
    )
