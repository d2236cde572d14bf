"""The frame of a VICS file: through cases and lists to the Media, told apart by their shape and not by their label."""

import re
from collections.abc import Iterator
from typing import Any, Final

from everyframe.known.block import Block
from everyframe.known.json_stream import JsonStream
from everyframe.known.json_text import Wrong
from everyframe.known.lint import Lint

__all__ = ["HINT", "LABEL", "Batch", "VicsWalk", "objects"]

LABEL: Final = re.compile(rb"#(Cases|Media)\b", re.IGNORECASE)
LIST: Final = re.compile(rb'"(?:value|Media|Cases)"\s*:\s*\[', re.IGNORECASE)
HINT: Final = re.compile(
    rb'"(MD5|SHA1|MediaID|Media|Cases?|CaseID|CaseNumber|SeizureDate|ContactName|ContactOrganization)"\s*:'
)
MEDIA_KEYS: Final = {b"MD5", b"SHA1", b"MediaID"}
LISTS: Final = {"value", "media", "cases"}
#: Media as objects, or as a block where all are sound and the stream was told to make one.
Batch = list[dict[str, Any]] | Block


def objects(batch: Batch) -> list[dict[str, Any]]:
    """Give the objects of a batch."""
    return [] if isinstance(batch, Block) else batch


class VicsWalk:
    """Go through the frame around the Media; where it is damaged, on to the next list that can be found.

    ``lists`` counts the lists of Media so far; ``heads`` holds what each case said of itself, once it was passed.
    """

    def __init__(self, stream: JsonStream, lint: Lint, label: re.Match[bytes] | None) -> None:
        self.stream, self._lint = stream, lint
        self._label = label[1].lower() if label else b""
        self.lists = 0
        self.heads: list[dict[str, Any]] = []

    def media(self) -> Iterator[Batch]:
        """Give the Media in batches, as they stand there."""
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
        elif head := {k: v for k, v in own.items() if "odata" not in k.lower()}:
            self.heads.append(head)

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
