"""VICS JSON of every version: hash sets and cases, told apart by their shape and not by their label."""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from everyframe.errors import UsageError
from everyframe.known.block import Block, blocks_of
from everyframe.known.entry import KnownEntry
from everyframe.known.json_stream import JsonStream
from everyframe.known.lint import Lint
from everyframe.known.source import UTF8_MARK, Source
from everyframe.known.vics_block import SoundMedia
from everyframe.known.vics_media import media_entry
from everyframe.known.vics_walk import HINT, LABEL, Batch, VicsWalk, objects

__all__ = ["Vics11Reader", "Vics12Reader", "Vics13Reader", "Vics20Reader", "VicsReader"]

VERSION: Final = re.compile(rb"DataModels/([0-9]+\.[0-9]+)(?:\.xml)?", re.IGNORECASE)


class VicsReader:
    """Read a VICS file that does not say its version."""

    NAME: ClassVar = "vics"
    DESCRIPTION: ClassVar = "VICS JSON without a version"
    KIND: ClassVar = ""
    VERSION: ClassVar[bytes] = b""

    def recognises(self, source: Source) -> bool:
        """Look for JSON with Media in it, and for the version in its label."""
        head = source.head.removeprefix(UTF8_MARK).lstrip()
        if not head.startswith((b"{", b"[")):
            return False
        version = VERSION.search(head)
        if self.VERSION:
            return version is not None and version[1] == self.VERSION
        return version is not None or b"odata." in head or HINT.search(head) is not None

    def entries(self, source: Source, lint: Lint) -> Iterator[KnownEntry]:
        """Give every Media of the set, or of every case."""
        number = 0
        for batch in _batches(source, lint, None):
            for number, media in enumerate(objects(batch), number + 1):  # noqa: B020 - counts on
                if entry := media_entry(media, lint, f"entry {number}"):
                    yield entry

    def blocks(self, source: Source, lint: Lint) -> Iterator[Block]:
        """Give the same rows as blocks; sound Media take the short way."""
        sound = SoundMedia(lint)
        for batch in _batches(source, lint, sound):
            if isinstance(batch, Block):
                yield batch
            else:
                found = [media_entry(m, lint, f"entry {n}") for n, m in enumerate(batch, sound.number + 1)]
                sound.number += len(batch)
                yield from blocks_of(filter(None, found))


class Vics11Reader(VicsReader):
    """Read VICS 1.1."""

    NAME, DESCRIPTION, VERSION = "vics-1.1", "VICS 1.1 JSON", b"1.1"


class Vics12Reader(VicsReader):
    """Read VICS 1.2."""

    NAME, DESCRIPTION, VERSION = "vics-1.2", "VICS 1.2 JSON", b"1.2"


class Vics13Reader(VicsReader):
    """Read VICS 1.3."""

    NAME, DESCRIPTION, VERSION = "vics-1.3", "VICS 1.3 JSON", b"1.3"


class Vics20Reader(VicsReader):
    """Read VICS 2.0."""

    NAME, DESCRIPTION, VERSION = "vics-2.0", "VICS 2.0 JSON", b"2.0"


def _batches(source: Source, lint: Lint, sound: SoundMedia | None) -> Iterator[Batch]:
    """Walk through the file.

    Raises:
        UsageError: it holds no list of Media.
    """
    with source.path.open("rb") as file:
        file.seek(len(UTF8_MARK) if source.head.startswith(UTF8_MARK) else 0)
        walk = VicsWalk(JsonStream(file, lint, sound), lint, LABEL.search(source.head))
        for batch in walk.media():
            source.step(min(walk.stream.position, source.size - 1), source.size)
            yield batch
    if not walk.lists:
        raise UsageError(f"{source.path}: is JSON, but holds no list of Media")
    source.step(source.size, source.size)
