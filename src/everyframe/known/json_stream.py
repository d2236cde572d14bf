"""Lists of JSON objects too large for memory: whole batches at once while they are sound, one by one where they are not."""

import codecs
import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Final

import msgspec

from everyframe.known.block import Block
from everyframe.known.json_text import Unfinished, Wrong, read_value, repaired
from everyframe.known.lint import Lint

__all__ = ["JsonStream"]

#: Small enough that what was read stays in the processor's cache.
CHUNK: Final = 1 << 18
#: One value may not be longer; what is longer is damaged.
LONGEST: Final = 16 << 20
TRIES: Final = 4
#: Of this many batches of a file that is odd throughout, one is tried as if it were not.
OFTEN: Final = 16
SPACE: Final = re.compile(rb"\s*")
KEY: Final = re.compile(rb'\s*\{\s*("(?:[^"\\]|\\.){1,200}")\s*:')
END: Final = re.compile(r"\}(?=\s*\]|\s*,\s*\{)")
END_TRIES: Final = 32
ANY_BORDER: Final = re.compile(r"\}\s*,\s*(?=\{)")


class JsonStream:
    """Walk through a JSON file with a bounded buffer.

    Args:
        file: opened for bytes.
        lint: hears of everything odd.
        sound: makes a block of a whole list, or says that it cannot; then its objects are given one by one.
    """

    def __init__(self, file: BinaryIO, lint: Lint, sound: Callable[[bytes], Block | None] | None = None) -> None:
        self._file, self._lint = file, lint
        self._data, self._at, self._base = b"", 0, 0
        self._ended = False
        self._decode = msgspec.json.Decoder().decode
        self._sound, self._misses = sound, 0

    @property
    def position(self) -> int:
        """Give the byte of the file that comes next; near it where something was repaired."""
        return self._base + self._at

    def peek(self) -> bytes:
        """Give the next byte that is not space, or nothing at the end."""
        while True:
            self._at = SPACE.match(self._data, self._at).end()  # type: ignore[union-attr]  # matches everywhere
            if self._at < len(self._data):
                return self._data[self._at : self._at + 1]
            if not self._more():
                return b""

    def skip(self) -> None:
        """Pass over the byte that peek gave."""
        self._at += 1

    def window(self) -> bytes:
        """Give some of what comes next, without passing over it."""
        while len(self._data) - self._at < CHUNK and self._more():
            pass
        return self._data[self._at : self._at + CHUNK]

    def jump(self, count: int) -> None:
        """Pass over bytes of the window."""
        self._at += count

    def value(self) -> object:
        """Read one value.

        Raises:
            Wrong: there is none here, or it is too long or cut off.
        """
        self.peek()
        while True:
            text = self._text()
            try:
                value, end = read_value(text, 0)
            except Unfinished as error:
                if len(text) > LONGEST or not self._more():
                    raise Wrong("unfinished") from error
                continue
            self._leave(text[end:])
            return value

    def batches(self) -> Iterator[list[dict[str, Any]] | Block]:
        """Give, in batches, the objects of a list whose opening bracket was passed over; ends after its closing bracket."""
        key = KEY.match(self.window())
        border = re.compile(rb"\}\s*,(?=\s*\{\s*" + re.escape(key[1]) + rb"\s*:)") if key else None
        while True:
            following = self.peek()
            if following in {b"", b"]"}:
                self._end_of_list(following)
                return
            if following == b",":
                self.skip()
            batch = self._batch(border) if border else None
            if batch is None:
                single, over = self._one_by_one(re.compile(border.pattern.decode("latin-1")) if border else ANY_BORDER)
                yield self._only_objects(single)
                if over:
                    return
            else:
                yield batch if isinstance(batch, Block) else self._only_objects(batch)

    def _end_of_list(self, following: bytes) -> None:
        if following:
            self.skip()
        else:
            self._lint.add("truncated", f"byte {self.position}")

    def _batch(self, border: re.Pattern[bytes]) -> list[Any] | Block | None:
        """Read as many whole objects as the buffer holds; nothing when it does not end between two, or is not sound."""
        self.window()
        tail = max(self._at, len(self._data) - (CHUNK >> 2))
        for found in reversed(list(border.finditer(self._data, tail))[-TRIES:]):
            end = found.start() + 1
            text = b"[" + self._data[self._at : end] + b"]"
            try:
                batch: list[Any] | Block = self._block(text) or self._decode(text)
            except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
                continue
            self._at = end
            return batch
        return None

    def _block(self, text: bytes) -> Block | None:
        """Make a block, unless the last few tries were in vain; then only now and again."""
        if self._sound is None or (self._misses >= TRIES and self._misses % OFTEN):
            self._misses += 1
            return None
        block = self._sound(text)
        self._misses = 0 if block else self._misses + 1
        return block

    def _one_by_one(self, border: re.Pattern[str]) -> tuple[list[Any], bool]:
        """Read the buffer object by object; give them, and whether the list is over."""
        text, at = self._text(), 0
        batch: list[Any] = []
        while True:
            while at < len(text) and text[at] in " \t\r\n,":
                at += 1
            if at >= len(text) or text[at] == "]":
                self._leave(text[at + 1 :])
                return batch, at < len(text)
            try:
                value, at = read_value(text, at)
                batch.append(value)
            except Unfinished:
                if at or (len(text) <= LONGEST and not self._ended):
                    self._leave(text[at:])
                    self._more()
                    return batch, False
                at = self._mend(text, at, border, batch)
            except Wrong:
                at = self._mend(text, at, border, batch)

    def _mend(self, text: str, at: int, border: re.Pattern[str], batch: list[Any]) -> int:
        """Repair the object that begins here, or count it; give where the next one begins."""
        found = border.search(text, at)
        ends = [found.start() + 1] if found else _possible_ends(text, at)
        where, said = f"near byte {self.position + at}", Wrong()
        for end in ends:
            try:
                batch.append(repaired(text[at:end], self._lint, where))
            except Wrong as error:
                said = error
            else:
                return end
        self._lint.add("broken-object", where, said)
        return ends[0]

    def _only_objects(self, batch: list[Any]) -> list[dict[str, Any]]:
        found = [item for item in batch if type(item) is dict]
        if len(found) < len(batch):
            for item in batch:
                if type(item) is not dict:
                    self._lint.add("not-an-object", f"near byte {self.position}", repr(item)[:60])
        return found

    def _text(self) -> str:
        rest = self._data[self._at :]
        try:
            text, used = codecs.utf_8_decode(rest, "strict", self._ended)
        except UnicodeDecodeError:
            self._lint.add("not-utf8", f"near byte {self.position}")
            text, used = rest.decode("cp1252", errors="replace"), len(rest)
        if used < len(rest):  # a character is cut at the end of the buffer
            self._more()
            return self._text()
        return text

    def _leave(self, rest: str) -> None:
        data = rest.encode(errors="surrogatepass")
        self._base = self.position + len(self._data) - self._at - len(data)
        self._data, self._at = data, 0

    def _more(self) -> bool:
        chunk = self._file.read(CHUNK)
        if not chunk:
            self._ended = True
            return False
        self._base += self._at
        self._data = self._data[self._at :] + chunk
        self._at = 0
        return True


def _possible_ends(text: str, at: int) -> list[int]:
    """Give where an object may end: before a comma and another, before a bracket that closes the list, with the text."""
    return [*(found.start() + 1 for found in itertools.islice(END.finditer(text, at), END_TRIES)), len(text)]
