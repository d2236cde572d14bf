"""Lists of digests that other tools read: of every file with its path, or of each content once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from everyframe.exchange.handing_out import handed_out
from everyframe.store import exchange_files
from everyframe.store.case import Case
from everyframe.store.exchange_choice import Choice

__all__ = ["ALGORITHMS", "FORMATS", "write_hashes"]

ALGORITHMS: Final = ("md5", "sha1", "sha256")
FORMATS: Final = ("sums", "plain", "hashdeep", "vics")
STEP: Final = 1000


def write_hashes(
    case: Case,
    out: Path,
    choice: Choice,
    actor: str,
    form: tuple[str, str],
    step: Callable[[int, int], None] = lambda _d, _t: None,
) -> dict[str, Any]:
    """Write the list. Files without a content have no digest; they are counted.

    Args:
        case: read from.
        out: the file.
        choice: which files.
        actor: who asks.
        form: algorithm and format: ``sums`` as md5sum, sha1sum and sha256sum write it, ``plain`` each digest once,
            ``hashdeep`` with the size.
        step: hears of progress.

    Raises:
        UsageError: it cannot be written there, or there is no such exhibit.
    """
    algorithm, name = form
    line = {"sums": _sums, "plain": _plain, "hashdeep": _hashdeep}[name]
    seen: set[int] | None = set() if name == "plain" else None
    with handed_out(case, out, f"hashes-{name}", actor) as handed:
        if name == "hashdeep":
            handed.file.write(f"%%%% HASHDEEP-1.0\n%%%% size,{algorithm},filename\n".encode())
        rows = without = done = 0
        with case.database.read() as connection:
            total = exchange_files.count_files(connection, choice)
            for row in exchange_files.files(connection, choice):
                done += 1
                if done % STEP == 0:
                    step(done, total)
                if row["media_id"] is None:
                    without += 1
                elif seen is None or row["media_id"] not in seen:
                    handed.file.write(line(row, bytes(row[algorithm]).hex()))
                    rows += 1
                    if seen is not None:
                        seen.add(row["media_id"])
        step(done, done)
        handed.facts |= {"algorithm": algorithm, "rows": rows, "without_content": without, "choice": choice.as_json()}
    own = {"kind": f"hashes-{name}", "out": str(out), "sha256": handed.file.sha256, "bytes": handed.file.bytes}
    return own | handed.facts


def _sums(row: dict[str, Any], digest: str) -> bytes:
    """Give a line as GNU's programs write it, the path's bytes as they are; what would break a line is escaped."""
    path = bytes(row["path"])
    escaped = path.replace(b"\\", b"\\\\").replace(b"\n", b"\\n").replace(b"\r", b"\\r")
    return (b"\\" if escaped != path else b"") + digest.encode() + b"  " + escaped + b"\n"


def _plain(_row: dict[str, Any], digest: str) -> bytes:
    return digest.encode() + b"\n"


def _hashdeep(row: dict[str, Any], digest: str) -> bytes:
    """Give a line of hashdeep, which has no escape: the path as people see it, in one line."""
    return f"{row['size'] or 0},{digest},{row['reference']}/{row['display']}\n".encode("utf-8", "surrogatepass")
