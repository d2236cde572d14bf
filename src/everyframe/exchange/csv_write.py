"""A table for people and spreadsheets: a row for every file, nothing in it that a spreadsheet would carry out."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from everyframe.exchange.handing_out import handed_out
from everyframe.store import exchange_files
from everyframe.store.case import Case
from everyframe.store.exchange_choice import Choice

__all__ = ["COLUMNS", "cell", "write_csv"]

COLUMNS: Final = (
    "exhibit", "path", "path_bytes", "size", "modified", "accessed", "changed", "created", "provenance", "state", "kind",
    "mime", "name_disagrees", "md5", "sha1", "sha256", "pdq", "pdq_quality", "width", "height", "duration_ms", "damaged",
    "looked", "scheme", "category", "decided_by", "decided_at",
)  # fmt: skip
#: Where a column's value has another name in the row.
NAMES: Final = {"exhibit": "reference", "path": "display", "category": "code", "decided_by": "actor"}
#: What begins a formula in some spreadsheet, and the mark itself, so that taking it off is always right.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "\uff1d", "\uff0b", "\uff0d", "\uff20")
MARK: Final = "'"
STEP: Final = 1000


def write_csv(
    case: Case, out: Path, choice: Choice, actor: str, step: Callable[[int, int], None] = lambda _d, _t: None
) -> dict[str, Any]:
    """Write the table: UTF-8 with a byte order mark, commas, CRLF.

    Raises:
        UsageError: it cannot be written there, or there is no such exhibit.
    """
    with handed_out(case, out, "csv", actor) as handed:
        handed.file.write(b"\xef\xbb\xbf" + _line(COLUMNS))
        rows = 0
        with case.database.read() as connection:
            total = exchange_files.count_files(connection, choice)
            for row in exchange_files.files(connection, choice):
                handed.file.write(_line([cell(_value(row, name)) for name in COLUMNS]))
                rows += 1
                if rows % STEP == 0:
                    step(rows, total)
        step(rows, rows)
        handed.facts |= {"rows": rows, "choice": choice.as_json()}
    return {"kind": "csv", "out": str(out), "sha256": handed.file.sha256, "bytes": handed.file.bytes} | handed.facts


def cell(text: str) -> str:
    """Give a text as a cell that no spreadsheet takes for a formula: with an apostrophe before it where it might be one."""
    return MARK + text if text.startswith(FORMULA) else text


def _value(row: dict[str, Any], column: str) -> str:
    if column == "path_bytes":
        path = bytes(row["path"])
        return "" if row["display"].encode() == path else path.hex()
    value = row[NAMES.get(column, column)]
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.hex() if isinstance(value, bytes) else str(value)


def _line(cells: Any) -> bytes:  # noqa: ANN401 - a sequence of texts
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode("utf-8", "surrogatepass")
