"""NSRL RDS 3 deltas: SQL that changes the last full database. Refused, with what to do instead."""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from everyframe.errors import UsageError
from everyframe.known.entry import KnownEntry
from everyframe.known.lint import Lint
from everyframe.known.source import Source

__all__ = ["NsrlDeltaReader"]

STATEMENT: Final = re.compile(
    r"^\s*(INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+[\"'`\[]?(FILE|PKG|MFG|OS|METADATA|VERSION|DISTINCT_HASH)\b",
    re.IGNORECASE | re.MULTILINE,
)


class NsrlDeltaReader:
    """Recognise a delta so that it is never taken for something else."""

    NAME: ClassVar = "nsrl-delta"
    DESCRIPTION: ClassVar = "NSRL RDS 3 delta (SQL); refused with instructions"
    KIND: ClassVar = "known-software"

    def recognises(self, source: Source) -> bool:
        """Look for statements that change the tables of an RDS."""
        return any(STATEMENT.match(line) for line in source.head_lines)

    def entries(self, source: Source, lint: Lint) -> Iterator[KnownEntry]:  # noqa: ARG002 - every reader has it
        """Refuse: an import is immutable, and a set that runs foreign SQL would not be."""
        raise UsageError(
            f"{source.path}: is an NSRL delta. Apply it to a copy of the last full database"
            f" (sqlite3 RDS.db < {source.path.name}), import the result as its new version, and remove the old one"
        )
