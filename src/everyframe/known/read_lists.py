"""Lists as md5sum, sha1sum, sha256sum and md5deep write them, in both styles, or bare digests one a line."""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from everyframe.known.entry import KnownEntry
from everyframe.known.lint import Lint
from everyframe.known.source import Source

__all__ = ["ListReader"]

BY_LENGTH: Final = {32: "md5", 40: "sha1", 64: "sha256"}
PLAIN: Final = re.compile(r"\\?([0-9a-fA-F]{64}|[0-9a-fA-F]{40}|[0-9a-fA-F]{32})(?:[ \t]+[*]?(.*))?")
TAGGED: Final = re.compile(r"\\?(MD5|SHA1|SHA256|SHA2-256) ?\((.*)\) ?= ?([0-9a-fA-F]+)\s*")
SIZED: Final = re.compile(r"\s*([0-9]{1,18})\s+([0-9a-fA-F]{64}|[0-9a-fA-F]{40}|[0-9a-fA-F]{32})(?:\s+[*]?(.*))?")
TAGS: Final = {"MD5": "md5", "SHA1": "sha1", "SHA256": "sha256", "SHA2-256": "sha256"}
COMMENTS: Final = ("#", "%", ";")


class ListReader:
    """Read a list of digests with file names."""

    NAME: ClassVar = "list"
    DESCRIPTION: ClassVar = "md5sum, sha1sum, sha256sum, md5deep list, or bare digests"
    KIND: ClassVar = ""

    def recognises(self, source: Source) -> bool:
        """Look whether most of the first lines are digests."""
        lines = [x for x in source.head_lines[:64] if x.strip() and not x.startswith(COMMENTS)]
        return bool(lines) and 2 * sum(_read(x) is not None for x in lines) >= len(lines)

    def entries(self, source: Source, lint: Lint) -> Iterator[KnownEntry]:
        """Give every line."""
        for number, line in source.lines(lint):
            if not line.strip() or line.startswith(COMMENTS):
                lint.add("comment-line" if line.strip() else "empty-line", f"line {number}", line)
                continue
            entry = _read(line)
            if entry:
                yield entry
            else:
                lint.add("bad-line", f"line {number}", line)


def _read(line: str) -> KnownEntry | None:
    if plain := PLAIN.fullmatch(line):
        return _entry(BY_LENGTH[len(plain[1])], plain[1], plain[2] or "")
    if tagged := TAGGED.fullmatch(line):
        algorithm = TAGS[tagged[1]]
        return _entry(algorithm, tagged[3], tagged[2]) if BY_LENGTH.get(len(tagged[3])) == algorithm else None
    if sized := SIZED.fullmatch(line):
        return _entry(BY_LENGTH[len(sized[2])], sized[2], sized[3] or "", int(sized[1]))
    return None


def _entry(algorithm: str, text: str, name: str, size: int = -1) -> KnownEntry:
    return KnownEntry(**{algorithm: bytes.fromhex(text)}, name=name, size=size)  # type: ignore[arg-type]  # digest by name
