"""vPDQ text: one frame of a video a line, as ``frame,quality,hash,seconds``."""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from everyframe.known.entry import KnownEntry
from everyframe.known.lint import Lint
from everyframe.known.source import Source

__all__ = ["VpdqReader"]

LINE: Final = re.compile(r"\s*([0-9]{1,12}),\s*([0-9]{1,3}),\s*([0-9a-fA-F]{64}),\s*([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*")
QUALITY_MOST: Final = 100


class VpdqReader:
    """Read the frames of a video; each is a row, with its number and its time in whole milliseconds as extra."""

    NAME: ClassVar = "vpdq"
    DESCRIPTION: ClassVar = "vPDQ text (frame, quality, hash, seconds)"
    KIND: ClassVar = ""

    def recognises(self, source: Source) -> bool:
        """Look whether most of the first lines are frames."""
        lines = [x for x in source.head_lines[:64] if x.strip()]
        return bool(lines) and 2 * sum(LINE.fullmatch(x) is not None for x in lines) > len(lines)

    def entries(self, source: Source, lint: Lint) -> Iterator[KnownEntry]:
        """Give every frame."""
        for number, line in source.lines(lint):
            where = f"line {number}"
            found = LINE.fullmatch(line)
            if not found:
                lint.add("bad-line" if line.strip() else "empty-line", where, line)
                continue
            quality = int(found[2])
            if quality > QUALITY_MOST:
                lint.add("bad-number", where, f"quality {quality}")
                quality = -1
            yield KnownEntry(
                pdq=bytes.fromhex(found[3]),
                quality=quality,
                extra={"frame": int(found[1]), "milliseconds": round(float(found[4]) * 1000)},
            )
