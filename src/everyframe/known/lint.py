"""The lint report: everything odd in a set's file, counted by kind, so that no row goes missing without a word."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

__all__ = ["KINDS", "NOTES", "Lint"]

EXAMPLES: Final = 5
EXAMPLE_LENGTH: Final = 160

#: Facts worth counting that lose nothing.
NOTES: Final[dict[str, str]] = {
    "category-missing": "the entry has no category: kept without one",
    "category-null": "the category is null: kept without one",
    "comment-line": "a comment or header line",
    "empty-line": "an empty line",
    "wrong-label": "the file's label and its shape disagree: read by its shape",
    "trivial-digest": "the digest of an empty or trivial file: kept, never a match",
    "boolean-as-text": "a boolean written as text: read as the word says",
    "number-as-text": "a number written as text: read as the number",
    "no-final-newline": "the last line has no end: the file may have been cut short",
    "row-over-lines": "a quoted field goes over several lines: read as one row",
    "other-table": "a change of packages, makers, systems or versions, which sets do not keep",
    "statement-without-rows": "a statement that changes no row: read over",
    "time-rewritten": "a time written in another form: read as the instant it names",
    "digest-rewritten": "a digest with spaces or quotes around it: read without them",
    "file-added": "an entry without a record of any file: one was made from its name",
    "not-utf8": "not UTF-8: read as Windows-1252",
}

#: Faults: something was repaired, left out, or cannot be trusted fully.
FAULTS: Final[dict[str, str]] = {
    "bad-digest": "a value is no digest of its kind: left out",
    "no-digest": "a row without any digest: left out",
    "bad-number": "a size, quality or row number is no number in range: left out",
    "bad-boolean": "a flag is neither true nor false: left out",
    "bad-category": "the category is neither a number nor text: left out",
    "bad-time": "a value is no time: kept as it is, among the extra fields",
    "no-media-file": "no path to the bytes of an entry: its files are listed, and cannot be read",
    "too-deep": "a value nested more than 64 deep: left out below that",
    "bad-field": "a field has another type than its format says: kept as it is, among the extra fields",
    "bad-line": "a line that is not a row of this format: left out",
    "long-line": "a line of more than a mebibyte: left out",
    "columns": "a row with more or fewer columns than the header",
    "unbalanced-quote": "a quote that is never closed: the line left out",
    "truncated": "the file ends early",
    "bad-envelope": "the frame around the entries is damaged: entries read as far as possible",
    "not-an-object": "a list item that is no entry: left out",
    "broken-object": "an entry that is no valid JSON and could not be repaired: left out",
    "repaired-doubled-quote": "a doubled quote at the end of a value: repaired",
    "repaired-backslash": "a backslash that was not escaped: repaired",
    "repaired-trailing-comma": "a comma too many: repaired",
    "repaired-control-character": "a control character inside a text: kept",
    "stray-nested": "a file record outside its entry: left out",
    "damaged-database": "the database's own check reports damage",
    "unchecked-database": "the database is too large for its own check on import",
    "row-not-there": "a delta changes a row that the set does not have: check that it is the right set",
    "category-outside-scheme": "a category that the set's scheme does not have",
}
KINDS: Final[dict[str, str]] = NOTES | FAULTS


@dataclass(slots=True)
class Lint:
    """Count what is odd, with the first examples of each kind."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, where: str, what: object = "", count: int = 1) -> None:
        """Count one finding; ``where`` is a line, row or byte."""
        if kind not in KINDS:
            raise ValueError(f"no lint kind {kind!r}")
        self.counts[kind] += count
        kept = self.examples.setdefault(kind, [])
        if len(kept) < EXAMPLES:
            kept.append(f"{where}: {what!s:.{EXAMPLE_LENGTH}}" if what != "" else where)

    @property
    def faults(self) -> int:
        """Count what is more than a note."""
        return sum(n for kind, n in self.counts.items() if kind in FAULTS)
