"""EnCase ``.hash`` sets: a fixed header, then records of 18 bytes, MD5 first."""

from collections.abc import Iterator
from typing import ClassVar, Final

from everyframe.known.entry import KnownEntry
from everyframe.known.lint import Lint
from everyframe.known.source import Source

__all__ = ["EncaseReader"]

MAGIC: Final = b"HASH\x0d\x0a\xff\x00"
START: Final = 1152
RECORD: Final = 18
MD5: Final = 16
RECORDS_AT_ONCE: Final = 4096


class EncaseReader:
    """Read an EnCase hash set; the two bytes after each MD5 are kept as extra where they are not zero."""

    NAME: ClassVar = "encase"
    DESCRIPTION: ClassVar = "EnCase hash set (.hash)"
    KIND: ClassVar = ""

    def recognises(self, source: Source) -> bool:
        """Look for the magic number."""
        return source.head.startswith(MAGIC)

    def entries(self, source: Source, lint: Lint) -> Iterator[KnownEntry]:
        """Give every record."""
        if source.size < START:
            lint.add("truncated", f"byte {source.size}", "inside the header")
        with source.path.open("rb") as file:
            file.seek(START)
            at = START
            while chunk := file.read(RECORD * RECORDS_AT_ONCE):
                for spot in range(0, len(chunk) - RECORD + 1, RECORD):
                    tail = chunk[spot + MD5 : spot + RECORD]
                    extra: dict[str, object] = {"record tail": tail.hex()} if tail != b"\0\0" else {}
                    yield KnownEntry(md5=chunk[spot : spot + MD5], extra=extra)
                at += len(chunk)
                if len(chunk) % RECORD:
                    lint.add("truncated", f"byte {at}", "inside a record")
                source.step(at, source.size)
