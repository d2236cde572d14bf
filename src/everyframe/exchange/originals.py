"""Originals that are handed out: read back from the evidence, and held against their digests while they are copied."""

import hashlib
import os
import re
from collections import Counter
from pathlib import Path
from typing import Any, Final

from everyframe.errors import EvidenceError
from everyframe.exchange.fetch import Fetcher
from everyframe.intake.wire import Item, Step
from everyframe.model.states import Provenance
from everyframe.model.warning import Problem, WarningCode
from everyframe.store import jobs, sources
from everyframe.store.case import Case
from everyframe.store.exchange_rows import Content

__all__ = ["Originals", "settle"]

EXTENSION: Final = re.compile(rb".*\.([A-Za-z0-9]{1,8})", re.DOTALL)
HEX: Final = re.compile(r"[0-9A-F]{32}")
TRIES: Final = 8  # occurrences of one content that are tried


class Originals:
    """Copy originals into ``Files.NAME/AB/CD/rest.ext`` below a folder. Files that stand there already are checked and kept.

    Args:
        case: whose evidence is read.
        folder: to write below.
        name: of the export.
    """

    def __init__(self, case: Case, folder: Path, name: str) -> None:
        self._case, self._folder = case, folder
        self._wanted: set[bytes] | None = set() if any(folder.iterdir()) else None
        self._top = f"Files.{name}"
        self._fetcher = Fetcher()
        self.counts: Counter[str] = Counter()
        self.problems: list[tuple[int, Problem]] = []
        with case.database.read() as connection:
            self._roots = {s.id: s.path for s in sources.sources(connection)}

    def copy(self, content: Content) -> str | None:
        """Copy the original of a content; gives where it lies, as VICS writes it, or None with a Warning kept."""
        if content.media is None:
            self.counts["never read"] += 1
            return None
        md5 = content.md5.hex().upper()
        parts = (self._top, md5[:2], md5[2:4], md5[4:] + _extension(content))
        if self._place(content.media, self._folder.joinpath(*parts), content.files):
            if self._wanted is not None:
                self._wanted.add(content.md5)
            return "\\".join(parts)
        self.counts["missing"] += 1
        return None

    def close(self) -> None:
        """End the process that reads."""
        self._fetcher.close()

    def clear_leftovers(self) -> None:
        """Take away what an export that was stopped had copied, and this one does not name."""
        if self._wanted is None:
            return
        for path in (self._folder / self._top).rglob("*"):
            stem = "".join(path.relative_to(self._folder / self._top).parts)[:32]
            if path.is_file() and bytes.fromhex(stem if HEX.fullmatch(stem) else "") not in self._wanted:
                path.unlink()

    def _place(self, media: dict[str, Any], target: Path, files: list[dict[str, Any]]) -> bool:
        wanted = bytes(media["sha256"])
        if target.is_file() and target.stat().st_size == media["size"] and _digest(target) == wanted:
            self.counts["there already"] += 1
            return True
        target.parent.mkdir(parents=True, exist_ok=True)
        said = []
        order = sorted(files, key=lambda f: (f["provenance"] == Provenance.EMBEDDED, f["depth"], f["id"]))
        for row in order[:TRIES]:
            if words := self._copy(row, wanted, media["size"], target):
                said.append(f"{row['reference']} {row['display']}: {words}")
            else:
                self.counts["copied"] += 1
                self.counts["bytes"] += media["size"]
                return True
        reason = "; ".join(said) or "no file of it was chosen"
        self.problems.append((media["id"], Problem(WarningCode.NOT_EXPORTED, reason, "export")))
        return False

    def _copy(self, row: dict[str, Any], wanted: bytes, size: int, target: Path) -> str:
        """Copy from one occurrence; gives why not, or nothing."""
        making = target.with_name(target.name + ".making")
        found = hashlib.sha256()
        chunks = self._chunks(row)
        try:
            with making.open("wb") as file:
                for chunk in chunks:
                    found.update(chunk)
                    file.write(chunk)
                    if file.tell() > size:
                        break
            if found.digest() == wanted:
                making.replace(target)
                return ""
        except EvidenceError as error:
            return str(error)
        finally:
            chunks.close()
            making.unlink(missing_ok=True)
        return "the bytes are no longer those that were taken in"

    def _chunks(self, row: dict[str, Any]) -> Any:  # noqa: ANN401 - a generator that is closed by its caller
        embedded = row["provenance"] == Provenance.EMBEDDED
        with self._case.database.read() as connection:
            steps = jobs.chain(connection, row["parent_id"] if embedded else row["id"])
        way = tuple(Step(s.file_id, s.member, s.locator, s.size) for s in steps)
        item = Item(row["id"], "content", self._roots[row["source_id"]], way, frozenset())
        return self._fetcher.chunks(item, int(row["locator"]) if embedded else 0, row["size"] if embedded else None)


def _extension(content: Content) -> str:
    """Give the ending of the content's first name, where it is a plain one."""
    found = EXTENSION.fullmatch(bytes(content.files[0]["path"]))
    return "." + found[1].decode("ascii") if found else ""


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def settle(folder: Path) -> None:
    """Have everything below a folder on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.sync()
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
