"""A cursor over one archive: the headers in order, and the bytes of the member it stands on."""

import ctypes
import errno
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from everyframe.errors import EvidenceError
from everyframe.evidence.container import unreadable
from everyframe.evidence.feed import Feed, Readable
from everyframe.evidence.libarchive import EOF, FATAL, OK, RETRY, WARN, call, names_in
from everyframe.evidence.member import FAMILY, XAR, Member, member_of

__all__ = ["MODES", "ZIP_MEMBER", "Cursor", "Mode"]

CHUNK = 256 * 1024
RETRIES = 16


@dataclass(frozen=True, slots=True)
class Mode:
    """Name one way of looking at the bytes: the formats tried, and whether a compression must lie around them."""

    formats: tuple[str, ...]
    compressed: bool = False


FILTERS = ("none", "gzip", "bzip2", "compress", "lzma", "xz", "lzip", "lz4", "zstd", "rpm")
STREAMED = ("tar", "cpio", "ar", "iso9660", "warc")
SEEKING = ("7zip", "cab", "lha", "rar", "rar5", "xar")

ZIP_MEMBER = Mode(("zip_streamable",))
MODES = (Mode((*STREAMED, *SEEKING)), Mode(STREAMED, compressed=True), Mode(("raw",), compressed=True))
"""What is tried in turn. A compressed zip or 7z is a compressed file first: it is opened as an archive in an archive."""


class Cursor:
    """Go through an archive once, from the first header on; ``member`` is the header it stands on.

    ``plain_names`` keeps libarchive from composing the characters of names that are recorded as bytes.
    Every way out of libarchive raises first what the stream or ``beat`` raised inside it.
    """

    def __init__(
        self, stream: Readable, length: int, mode: Mode, beat: Callable[[], None], *, plain_names: bool = False
    ) -> None:
        self.member: Member | None = None
        self.spent = False
        self.broken = False
        self.warnings: list[str] = []
        self._beat = beat
        self._plain_names = plain_names
        self._feed = Feed(stream, length, beat)
        self._archive: int | None = call("read_new")
        self._ordinal = -1
        for name in FILTERS if mode.compressed else FILTERS[:1]:
            call(f"read_support_filter_{name}", self._archive)
        for name in mode.formats:
            call(f"read_support_format_{name}", self._archive)
        call("read_set_seek_callback", self._archive, self._feed.seek)
        code = call("read_open2", self._archive, None, None, self._feed.read, self._feed.skip, None)
        self._release()
        self.recognised = code >= WARN and (not mode.compressed or call("filter_count", self._archive) > 1)

    def __next__(self) -> Member:
        """Go on to the next header. libarchive must not be asked further about bytes that it did not recognise."""
        if not self.recognised:
            raise EvidenceError("broken: not recognised", "archive-broken")
        self.spent = False
        entry = ctypes.c_void_p()
        with names_in("C" if self._plain_names else "C.UTF-8"):
            code = self._again(lambda: call("read_next_header", self._archive, ctypes.byref(entry)))
            if code == EOF or code < WARN:
                self.member = None
                self.broken = True
                raise StopIteration if code == EOF else self._fault()
            self._ordinal += 1
            self.member = member_of(self._archive or 0, entry.value or 0, self._ordinal)
        if code == WARN:
            self.warnings.append(self._words())
        return self.member

    def __iter__(self) -> Iterator[Member]:
        return self

    def chunks(self) -> Iterator[memoryview]:
        """Give the bytes of the member, once; anything short of all of them is an error."""
        self.spent = True
        if self.member and self.member.encrypted:
            raise EvidenceError("encrypted", "archive-encrypted")
        buffer = ctypes.create_string_buffer(CHUNK)
        total = 0
        while size := self._again(lambda: call("read_data", self._archive, buffer, CHUNK)):
            if size < OK:
                self.broken = size == FATAL
                raise self._fault()
            self._beat()
            if self.member and self.member.family == XAR:
                size = min(size, (self.member.size or 0) - total)  # libarchive adds zeros behind
            total += size
            yield memoryview(buffer)[:size]
        declared = self.member.size if self.member else None
        if declared is not None and total != declared:
            raise EvidenceError(f"broken: {total:,} bytes of {declared:,} declared", "archive-broken")

    def past(self, ordinal: int) -> bool:
        """Tell whether the member of this number can only be reached by beginning again."""
        return self.broken or self._ordinal > ordinal or (self._ordinal == ordinal and self.spent)

    @property
    def missing(self) -> int:
        """Tell how many bytes libarchive looked for behind the end."""
        return self._feed.missing

    def family(self) -> int:
        """Give the format recognised, 0 before the first header."""
        return int(call("format", self._archive)) & FAMILY

    def close(self) -> None:
        """Free what libarchive holds."""
        archive, self._archive = self._archive, None
        if archive is not None:
            call("read_free", archive)

    def _release(self) -> None:
        """Raise what the stream raised; a read error of the evidence becomes an error of this archive."""
        try:
            self._feed.release()
        except OSError as error:
            raise unreadable(error) from error

    def _again(self, step: Callable[[], int]) -> int:
        code = RETRY
        for _ in range(RETRIES):
            code = step()
            self._release()
            if code != RETRY:
                break
        return code

    def _words(self) -> str:
        words: bytes = call("error_string", self._archive) or b"libarchive gives no reason"
        return words.decode("utf-8", "backslashreplace")

    def _fault(self) -> EvidenceError:
        """Say why libarchive cannot go on: encrypted, out of memory, or broken."""
        words = self._words()
        sealed = self._ordinal < 0 and call("read_has_encrypted_entries", self._archive) == 1
        if sealed or "ncrypt" in words or "assphrase" in words:
            return EvidenceError(f"encrypted: {words}", "archive-encrypted")
        if call("errno", self._archive) == errno.ENOMEM:
            return EvidenceError(f"needs more memory than there is: {words}", "archive-limit")
        return EvidenceError(f"broken: {words}", "archive-broken")
