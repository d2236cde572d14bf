"""The digest sheet of an export: the SHA-256 of each file that was made, as ``sha256sum --check`` reads it."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from everyframe.atomic import atomic_file
from everyframe.errors import UsageError

__all__ = ["digests_of", "write_sheet"]

BUFFER = 1 << 20


def write_sheet(out: Path) -> dict[str, Any]:
    """Write the sheet of a file, or of every file in a folder, beside it as ``OUT.sha256``, from the bytes on disk.

    Gives ``out``, ``files`` and ``sha256``, that of the sheet itself.

    Raises:
        UsageError: a sheet stands there already, or something cannot be read.
    """
    sheet = out.with_name(f"{out.name}.sha256")
    if sheet.exists():
        raise UsageError(f"{sheet} exists already; nothing is written over it")
    total, count = hashlib.sha256(), 0
    try:
        with atomic_file(sheet) as file:
            for name, digest in digests_of(out):
                line = _line(name, digest)
                total.update(line)
                file.write(line)
                count += 1
    except OSError as error:
        raise UsageError(f"{sheet} could not be written: {error.strerror}") from error
    return {"out": str(sheet), "files": count, "sha256": total.hexdigest()}


def digests_of(out: Path) -> Iterator[tuple[str, str]]:
    """Give the path of each file, from the folder that ``out`` is in, with its SHA-256 in hexadecimal."""
    for path in [out] if out.is_file() else sorted(p for p in out.rglob("*") if p.is_file() and not p.is_symlink()):
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while data := file.read(BUFFER):
                digest.update(data)
        yield path.relative_to(out.parent).as_posix(), digest.hexdigest()


def _line(name: str, digest: str) -> bytes:
    """Give a line as GNU's program writes it; what would break a line is escaped."""
    path = name.encode("utf-8", "surrogateescape")
    escaped = path.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\r", b"\\r")
    return (b"\\" if escaped != path else b"") + digest.encode() + b"  " + escaped + b"\n"
