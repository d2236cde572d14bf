"""What leaves the case: one file that is there whole or not at all, never over another, and on record before it has its name."""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from everyframe.atomic import atomic_file
from everyframe.errors import EvidenceError, UsageError
from everyframe.evidence.source import fingerprint
from everyframe.model.entry import display_path
from everyframe.model.warning import Problem
from everyframe.store import audit_log, sources, warnings
from everyframe.store.case import Case

__all__ = ["Handed", "Outfile", "check_place", "handed_out", "record"]

BUFFER = 1 << 20


class Outfile:
    """Write a file, digesting it on the way."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._parts: list[bytes] = []
        self._held = 0
        self.bytes = 0

    def write(self, data: bytes) -> None:
        """Append bytes."""
        self._parts.append(data)
        self._held += len(data)
        if self._held >= BUFFER:
            self.flush()

    def flush(self) -> None:
        """Hand over what is held back."""
        data = b"".join(self._parts)
        self._parts, self._held = [], 0
        self._hash.update(data)
        self._file.write(data)
        self.bytes += len(data)

    @property
    def sha256(self) -> str:
        """Give the digest of what was flushed."""
        return self._hash.hexdigest()


@dataclass(slots=True)
class Handed:
    """Hold what is said of an export in the audit; ``problems`` are Warnings of a Media (its id)."""

    file: Outfile
    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[tuple[int, Problem]] = field(default_factory=list)


def check_place(case: Case, out: Path) -> None:
    """Check that something may be written there.

    Raises:
        UsageError: something stands there, its folder does not, or it lies in the evidence or among the rows of the case.
    """
    if out.exists() or out.is_symlink():
        raise UsageError(f"{out} exists already; nothing is written over it: choose another name, or move it away")
    if not out.parent.is_dir():
        raise UsageError(f"there is no folder {out.parent}; make it first")
    here = os.fsencode(out.parent.resolve()) + b"/"
    with case.database.read() as connection:
        places = [(s.path, s.display) for s in sources.sources(connection)]
    for path, shown in places:
        if here.startswith(path.rstrip(b"/") + b"/"):
            raise UsageError(f"{out} lies within {shown}, which was taken in; nothing is written beside evidence")
    own = fingerprint(case.directory).realpath + b"/"
    if here.startswith(own) and not here.startswith(own + b"export/"):
        raise UsageError(f"{out} lies within the case; only {case.directory / 'export'} is there to write into")


@contextlib.contextmanager
def handed_out(case: Case, out: Path, kind: str, actor: str) -> Iterator[Handed]:
    """Open a file that is handed out. Commit points: the audit record, then the rename.

    Raises:
        UsageError: it cannot be written there.
    """
    check_place(case, out)
    try:
        with atomic_file(out) as raw:
            handed = Handed(Outfile(raw))
            yield handed
            handed.file.flush()
            record(case, kind, out, actor, handed)
            if out.exists():
                raise UsageError(f"{out} was made by somebody else meanwhile; choose another name")
    except (OSError, EvidenceError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(f"{out} could not be written: {reason}") from error


def record(case: Case, kind: str, out: Path, actor: str, handed: Handed) -> None:
    """Put an export on record, with the Warnings that it met, in one transaction."""
    where = display_path(os.fsencode(out.absolute()))
    body = {"kind": kind, "out": where, "sha256": handed.file.sha256, "bytes": handed.file.bytes, **handed.facts}
    with case.database.write() as connection:
        warnings.add_to_media(connection, handed.problems)
        audit_log.append(connection, actor, "export", body)
