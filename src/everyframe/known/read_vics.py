"""VICS JSON of every version: hash sets and cases, told apart by their shape and not by their label."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar, Final

from everyframe.errors import UsageError
from everyframe.known.block import Block, blocks_of
from everyframe.known.entry import KnownEntry
from everyframe.known.json_stream import JsonStream
from everyframe.known.json_text import Wrong
from everyframe.known.lint import Lint
from everyframe.known.source import UTF8_MARK, Source
from everyframe.known.vics_block import SoundMedia
from everyframe.known.vics_media import media_entry

__all__ = ["Vics11Reader", "Vics12Reader", "Vics13Reader", "Vics20Reader", "VicsReader"]

VERSION: Final = re.compile(rb"DataModels/([0-9]+\.[0-9]+)(?:\.xml)?", re.IGNORECASE)
LABEL: Final = re.compile(rb"#(Cases|Media)\b", re.IGNORECASE)
LIST: Final = re.compile(rb'"(?:value|Media|Cases)"\s*:\s*\[', re.IGNORECASE)
HINT: Final = re.compile(
    rb'"(MD5|SHA1|MediaID|Media|Cases?|CaseID|CaseNumber|SeizureDate|ContactName|ContactOrganization)"\s*:'
)
MEDIA_KEYS: Final = {b"MD5", b"SHA1", b"MediaID"}
#: Media as objects, or as a block where all are sound.
Batch = list[dict[str, Any]] | Block
LISTS: Final = {"value", "media", "cases"}


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
            for number, media in enumerate(_objects(batch), number + 1):  # noqa: B020 - counts on
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


class _Walk:
    """Go through the frame around the Media; where it is damaged, on to the next list that can be found."""

    def __init__(self, stream: JsonStream, lint: Lint, label: re.Match[bytes] | None) -> None:
        self.stream, self._lint = stream, lint
        self._label = label[1].lower() if label else b""
        self.lists = 0

    def media(self) -> Iterator[Batch]:
        while (following := self.stream.peek()) and following in {b"{", b"["}:
            try:
                if following == b"[":
                    yield from self._list()
                else:
                    yield from self._object()
            except Wrong as error:
                self._lint.add("bad-envelope", f"near byte {self.stream.position}", error)
                if not self._find_list():
                    return
        if following:
            self._lint.add("bad-envelope", f"near byte {self.stream.position}", "more after the end")
            if self._find_list():
                yield from self.media()

    def _object(self) -> Iterator[Batch]:
        self.stream.skip()
        own: dict[str, Any] = {}
        while (following := self.stream.peek()) != b"}":
            if following == b",":
                self.stream.skip()
                continue
            if not following:
                self._lint.add("truncated", f"byte {self.stream.position}")
                break
            key = self._key()
            if key.lower() in LISTS and self.stream.peek() == b"[":
                yield from self._list()
            else:
                own[key] = self.stream.value()
        self.stream.skip()
        if "MD5" in own:  # the file is one Media, without a list around it
            self._lint.add("bad-envelope", f"near byte {self.stream.position}", "a Media outside a list")
            self.lists += 1
            yield [own]

    def _key(self) -> str:
        key = self.stream.value()
        if not isinstance(key, str) or self.stream.peek() != b":":
            raise Wrong("no key")
        self.stream.skip()
        return key

    def _list(self) -> Iterator[Batch]:
        self.stream.skip()
        hint = HINT.search(self.stream.window())
        if hint and hint[1] not in MEDIA_KEYS:
            self._check_label(b"cases")
            yield from self._cases()
            return
        if self.lists == 0 and self._label == b"cases" and hint:
            self._check_label(b"media")
        self.lists += 1
        yield from self.stream.batches()

    def _cases(self) -> Iterator[Batch]:
        while (following := self.stream.peek()) != b"]":
            if following == b"{":
                self._label = b""
                yield from self._object()
            elif following == b",":
                self.stream.skip()
            else:
                raise Wrong("no case where one should be")
        self.stream.skip()

    def _check_label(self, shape: bytes) -> None:
        if self._label and self._label != shape:
            self._lint.add("wrong-label", "envelope", f"says {self._label.decode()}, holds {shape.decode()}")

    def _find_list(self) -> bool:
        """Go on to the next list that has the name of one; give whether there is one."""
        while window := self.stream.window():
            found = LIST.search(window, 1)
            if found:
                self.stream.jump(found.end() - 1)
                return True
            self.stream.jump(max(1, len(window) - 64))
        return False


def _objects(batch: Batch) -> list[dict[str, Any]]:
    return [] if isinstance(batch, Block) else batch


def _batches(source: Source, lint: Lint, sound: SoundMedia | None) -> Iterator[Batch]:
    """Walk through the file.

    Raises:
        UsageError: it holds no list of Media.
    """
    with source.path.open("rb") as file:
        file.seek(len(UTF8_MARK) if source.head.startswith(UTF8_MARK) else 0)
        walk = _Walk(JsonStream(file, lint, sound), lint, LABEL.search(source.head))
        for batch in walk.media():
            source.step(min(walk.stream.position, source.size - 1), source.size)
            yield batch
    if not walk.lists:
        raise UsageError(f"{source.path}: is JSON, but holds no list of Media")
    source.step(source.size, source.size)
