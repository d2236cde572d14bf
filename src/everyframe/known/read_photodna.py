"""PhotoDNA values, one a line: 144 bytes as base64 or hexadecimal, beside an MD5 or a name. Stored, never computed."""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from everyframe.known.entry import KnownEntry
from everyframe.known.lint import Lint
from everyframe.known.source import Source
from everyframe.known.values import photodna_bytes

__all__ = ["PhotoDnaReader"]

BETWEEN: Final = re.compile(r"[,;\t ]+")
MD5: Final = re.compile(r"[0-9a-fA-F]{32}")


class PhotoDnaReader:
    """Read a list of PhotoDNA values."""

    NAME: ClassVar = "photodna"
    DESCRIPTION: ClassVar = "PhotoDNA values (base64 or hexadecimal)"
    KIND: ClassVar = ""

    def recognises(self, source: Source) -> bool:
        """Look whether most of the first lines hold a value."""
        lines = [x for x in source.head_lines[:64] if x.strip() and not x.startswith("#")]
        return bool(lines) and 2 * sum(_read(x) is not None for x in lines) > len(lines)

    def entries(self, source: Source, lint: Lint) -> Iterator[KnownEntry]:
        """Give every line."""
        for number, line in source.lines(lint):
            entry = _read(line)
            if entry:
                yield entry
            elif line.strip():
                lint.add("comment-line" if line.startswith("#") else "bad-line", f"line {number}", line)
            else:
                lint.add("empty-line", f"line {number}")


def _read(line: str) -> KnownEntry | None:
    value, md5, rest = b"", b"", []
    for part in BETWEEN.split(line.strip()):
        if not value and (found := photodna_bytes(part)):
            value = found
        elif not md5 and MD5.fullmatch(part):
            md5 = bytes.fromhex(part)
        else:
            rest.append(part)
    return KnownEntry(photodna=value, md5=md5, name=" ".join(rest)) if value else None
