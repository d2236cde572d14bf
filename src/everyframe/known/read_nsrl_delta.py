"""NSRL RDS 3 deltas: SQL that changes the last full database. No set by itself; ``delta_import`` applies it to one."""

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
    DESCRIPTION: ClassVar = "NSRL RDS 3 delta (SQL), applied to the set that it changes"
    KIND: ClassVar = "known-software"

    def recognises(self, source: Source) -> bool:
        """Look for statements that change the tables of an RDS."""
        return any(STATEMENT.match(line) for line in source.head_lines)

    def entries(self, source: Source, lint: Lint) -> Iterator[KnownEntry]:  # noqa: ARG002 - every reader has it
        """Refuse: what a delta takes away is known only beside the set that it changes."""
        raise UsageError(
            f"{source.path}: is an NSRL delta; it is no set by itself, and is applied to one by: known import"
        )
