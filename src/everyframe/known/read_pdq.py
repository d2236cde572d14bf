"""PDQ lists: 64 hexadecimal digits a line, with or without a quality, in either order, and anything after as the name."""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from everyframe.known.entry import KnownEntry
from everyframe.known.lint import Lint
from everyframe.known.source import Source

__all__ = ["PdqReader"]

LINE: Final = re.compile(
    r"\s*(?:(?P<before>[0-9]{1,3})\s*[,;\t ]\s*)?(?P<hash>[0-9a-fA-F]{64})"
    r"(?:\s*[,;\t ]\s*(?P<after>[0-9]{1,3})(?=$|[,;\t ]))?(?:\s*[,;\t ]\s*(?P<name>.*?))?\s*"
)
HEADER: Final = re.compile(r"^\W*(pdq|hash)\b", re.IGNORECASE)
QUALITY_MOST: Final = 100
HALF: Final = 128
FEWEST: Final = 3
SHARE: Final = 0.7


class PdqReader:
    """Read a list of PDQ hashes.

    Bare hashes are told from SHA-256 by their bits: half of a PDQ hash is set by its making, of a SHA-256 only by chance.
    """

    NAME: ClassVar = "pdq"
    DESCRIPTION: ClassVar = "PDQ list (hexadecimal, with or without quality)"
    KIND: ClassVar = ""

    def recognises(self, source: Source) -> bool:
        """Look for a quality beside each hash, or for hashes with half their bits set."""
        lines = [x for x in source.head_lines[:256] if x.strip() and not HEADER.match(x) and not x.startswith("#")]
        found = [m for x in lines if (m := LINE.fullmatch(x))]
        if not found or 2 * len(found) < len(lines):
            return False
        if 2 * sum(_quality(m) is not None for m in found) > len(found):
            return True
        half = sum(int(m["hash"], 16).bit_count() == HALF for m in found)
        return len(found) >= FEWEST and half >= SHARE * len(found)

    def entries(self, source: Source, lint: Lint) -> Iterator[KnownEntry]:
        """Give every line."""
        for number, line in source.lines(lint):
            where = f"line {number}"
            found = LINE.fullmatch(line)
            if found:
                yield _entry(found, lint, where)
            elif not line.strip():
                lint.add("empty-line", where)
            else:
                comment = line.startswith("#") or (number == 1 and HEADER.match(line))
                lint.add("comment-line" if comment else "bad-line", where, line)


def _quality(found: re.Match[str]) -> str | None:
    return found["before"] or found["after"]


def _entry(found: re.Match[str], lint: Lint, where: str) -> KnownEntry:
    quality = int(_quality(found) or -1)
    if quality > QUALITY_MOST:
        lint.add("bad-number", where, f"quality {quality}")
        quality = -1
    return KnownEntry(pdq=bytes.fromhex(found["hash"]), quality=quality, name=found["name"] or "")
