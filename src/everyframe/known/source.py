"""The file of a set: its first bytes, by which its format is found, and its lines."""

import codecs
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, Final

from everyframe.known.lint import Lint

__all__ = ["Source"]

HEAD: Final = 1 << 16
LONGEST: Final = 1 << 20
UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
UTF8_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Source:
    """Hold a file to import; ``mapping`` names the field that each column of a table fills; ``step`` hears of progress."""

    path: Path
    mapping: dict[str, str] = field(default_factory=dict)
    step: Callable[[int, int], None] = lambda _done, _total: None

    @cached_property
    def head(self) -> bytes:
        """Give the first 64 KiB."""
        with self.path.open("rb") as file:
            return file.read(HEAD)

    @cached_property
    def size(self) -> int:
        """Give the bytes of the file."""
        return self.path.stat().st_size

    @cached_property
    def head_lines(self) -> list[str]:
        """Give the first lines as text, without the last that may be cut."""
        encoding = "utf-16" if self.head.startswith(UTF16) else "utf-8-sig"
        text = self.head.decode(encoding, errors="replace")
        lines = [line.removesuffix("\r") for line in text.split("\n")]
        return lines if self.size <= HEAD else lines[:-1]

    def lines(self, lint: Lint) -> Iterator[tuple[int, str]]:
        """Give every line with its number; lines too long to be a row are counted and left out."""
        with self.path.open("rb") as file:
            yield from _Lines(_plain(file, self.head), self.size, self.step, lint).read()


@dataclass
class _Lines:
    file: BinaryIO
    size: int
    step: Callable[[int, int], None]
    lint: Lint

    def read(self) -> Iterator[tuple[int, str]]:
        number = done = 0
        raw = b"\n"
        while raw_next := self.file.readline(LONGEST):
            raw = raw_next
            number += 1
            done += len(raw)
            if not number % 65536:
                self.step(min(done, self.size), self.size)
            if len(raw) == LONGEST and not raw.endswith(b"\n"):
                done += self._skip()
                self.lint.add("long-line", f"line {number}", raw[:80])
            else:
                yield number, self._text(raw.rstrip(b"\r\n"), number)
        if not raw.endswith(b"\n"):
            self.lint.add("no-final-newline", f"line {number}")
        elif not number and self.size:
            self.lint.add("empty-line", "the whole file")
        self.step(self.size, self.size)

    def _skip(self) -> int:
        done = 0
        while rest := self.file.readline(LONGEST):
            done += len(rest)
            if rest.endswith(b"\n"):
                break
        return done

    def _text(self, raw: bytes, number: int) -> str:
        if number == 1:
            raw = raw.removeprefix(UTF8_MARK)
        try:
            return raw.decode()
        except UnicodeDecodeError:
            self.lint.add("not-utf8", f"line {number}")
            return raw.decode("cp1252", errors="replace")


class _Recoded(io.RawIOBase):
    """Give a UTF-16 file as UTF-8."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-16")(errors="replace")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what BufferedReader hands over
        data = b""
        while not data and (raw := self._file.read(len(buffer) // 4)):
            data = self._decoder.decode(raw).encode(errors="replace")
        buffer[: len(data)] = data
        return len(data)


def _plain(file: BinaryIO, head: bytes) -> BinaryIO:
    return io.BufferedReader(_Recoded(file)) if head.startswith(UTF16) else file
