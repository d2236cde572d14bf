"""E01 images (EWF-E01 and EWF-S01): sections, chunk tables and chunks, across segments.

A thin reader of its own, since the libewf wheel reads at a fifteenth of the speed. Each chunk's checksum is verified as it
is read, and a chunk that fails it is an error, never zeros.
"""

import errno
import struct
import zlib
from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass
from itertools import pairwise

from everyframe.errors import EvidenceError
from everyframe.evidence.disk.media import Files

__all__ = ["SIGNATURE", "Ewf"]

SIGNATURE = b"EVF\x09\x0d\x0a\xff\x00"
FILE_HEADER = 13
SECTION = struct.Struct("<16s QQ 40x I")
TABLE = struct.Struct("<I 4x Q 4x I")
COMPRESSED = 1 << 31
SMART_VOLUME = 94  # bytes of the volume section in the SMART form; the other has 1,052
MOST_CHUNKS = 1 << 20  # of one table; writers stop at 16,375 or 65,534
MOST_CHUNK_BYTES = 64 << 20
MOST_NOTES = 1 << 20
CACHED_BYTES = 16 << 20
TABLES_HELD = 16
NOTES = {"c": "case number", "n": "evidence number", "a": "description", "e": "examiner", "t": "notes",
         "m": "acquired", "u": "system date", "av": "software", "ov": "operating system"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Section:
    segment: int
    start: int
    body: int
    end: int


@dataclass(frozen=True, slots=True)
class _Table:
    """Hold where the offsets of some chunks stand. ``end`` is where the data of the last one ends."""

    first: int
    count: int
    section: _Section
    base: int
    end: int


class Ewf:
    """Read the disk inside an E01 image.

    Args:
        files: its segments in order.
    """

    def __init__(self, files: Files) -> None:
        self._files = files
        self._tables: list[_Table] = []
        self._offsets: OrderedDict[int, list[tuple[int, int, bool]]] = OrderedDict()
        self._chunks: OrderedDict[int, bytes] = OrderedDict()
        self._chunk_count = 0
        self._sectors: _Section | None = None  # the newest, until its table comes
        self.chunk_size = 0
        self.size = 0
        self.hashes: dict[str, str] = {}
        self.notes: dict[str, str] = {}
        self.problems: list[str] = []
        self._complete = False
        for number in range(len(files.paths)):
            self._read_segment(number)
        if not self.chunk_size:
            raise EvidenceError("an E01 image without its volume section: nothing says how it is cut", "image-broken")
        self._firsts = [t.first for t in self._tables]
        listed = sum(t.count for t in self._tables)
        if not self._complete:
            self.problems.append(f"its last segment is missing or cut short: {len(files.paths)} of its files are here")
        if listed < self._chunk_count:
            missing = (self._chunk_count - listed) * self.chunk_size
            self.problems.append(f"{missing:,} bytes at its end are not in the segments that are here")
        self._cache_size = max(2, CACHED_BYTES // self.chunk_size)

    def read(self, offset: int, length: int) -> bytes:
        """Read from an offset; a chunk that is missing or fails its checksum is an OSError."""
        length = min(length, self.size - offset)
        if length <= 0:
            return b""
        first, last = offset // self.chunk_size, (offset + length - 1) // self.chunk_size
        if first == last:
            start = offset - first * self.chunk_size
            return self._chunk(first)[start : start + length]
        data = b"".join(self._run(first, last))
        start = offset - first * self.chunk_size
        return data[start : start + length]

    def _run(self, first: int, last: int) -> list[bytes]:
        """Give several chunks, read from the file in one go where they stand one behind the other."""
        places = [self._place(n) for n in range(first, last + 1)]
        parts: list[bytes] = []
        at = 0
        while at < len(places):
            upto = at + 1
            while upto < len(places) and _follows(places[upto - 1], places[upto]):
                upto += 1
            segment, start, _, _ = places[at]
            raw = memoryview(self._files.pread(segment, start, places[upto - 1][2] - start))
            parts.extend(
                self._unpack(first + n, raw[p[1] - start : p[2] - start], compressed=p[3])
                for n, p in enumerate(places[at:upto], at)
            )
            at = upto
        return parts

    def _chunk(self, number: int) -> bytes:
        if number in self._chunks:
            self._chunks.move_to_end(number)
            return self._chunks[number]
        segment, start, end, compressed = self._place(number)
        data = self._unpack(number, memoryview(self._files.pread(segment, start, end - start)), compressed=compressed)
        self._chunks[number] = data
        if len(self._chunks) > self._cache_size:
            self._chunks.popitem(last=False)
        return data

    def _place(self, number: int) -> tuple[int, int, int, bool]:
        """Give segment, start, end and whether it is compressed."""
        index = bisect_right(self._firsts, number) - 1
        if index < 0 or number - self._tables[index].first >= self._tables[index].count:
            raise OSError(errno.EIO, f"chunk {number:,} is in a segment that is not here")
        if index not in self._offsets:
            self._offsets[index] = self._load(self._tables[index])
            if len(self._offsets) > TABLES_HELD:
                self._offsets.popitem(last=False)
        start, end, compressed = self._offsets[index][number - self._tables[index].first]
        return self._tables[index].section.segment, start, end, compressed

    def _unpack(self, number: int, raw: memoryview, *, compressed: bool) -> bytes:
        expected = min(self.chunk_size, self.size - number * self.chunk_size)
        try:
            data = self._inflate(raw) if compressed else _checked(raw)
        except (zlib.error, ValueError, struct.error) as error:
            raise OSError(errno.EIO, f"chunk {number:,} of the image is damaged: {error}") from error
        if len(data) < expected:
            raise OSError(errno.EIO, f"chunk {number:,} of the image has {len(data):,} of {expected:,} bytes")
        return bytes(data[:expected])

    def _inflate(self, raw: memoryview) -> bytes:
        return zlib.decompressobj().decompress(raw, self.chunk_size)

    def _load(self, table: _Table) -> list[tuple[int, int, bool]]:
        """Read the offsets of one table. Before EnCase 6 they overflow past 2 GiB; from there on none is compressed."""
        raw = self._files.pread(table.section.segment, table.section.body + TABLE.size, 4 * table.count)
        if len(raw) < 4 * table.count:
            raise OSError(errno.EIO, "a chunk table of the image is cut short")
        found: list[tuple[int, bool]] = []
        overflow, before = False, 0
        for (entry,) in struct.iter_unpack("<I", raw):
            offset = entry if overflow else entry & ~COMPRESSED
            if not overflow and offset < before and entry & COMPRESSED:
                overflow, offset = True, entry
            before = offset
            found.append((table.base + offset, bool(entry & COMPRESSED) and not overflow))
        ends = [start for start, _ in found[1:]] + [table.end]
        return [
            (start, max(start, min(end, start + 2 * MOST_CHUNK_BYTES)), c)
            for (start, c), end in zip(found, ends, strict=True)
        ]

    def _read_segment(self, number: int) -> None:
        """Go through the sections of one segment file."""
        header = self._files.pread(number, 0, FILE_HEADER)
        if not header.startswith(SIGNATURE):
            self.problems.append(f"segment {number + 1} has no E01 header")
            return
        said = struct.unpack_from("<H", header, 9)[0]
        if said != number + 1:
            self.problems.append(f"segment {number + 1} says that it is number {said}")
        at, size = FILE_HEADER, self._files.sizes[number]
        while at + SECTION.size <= size:
            raw = self._files.pread(number, at, SECTION.size)
            name, following, _, checksum = SECTION.unpack(raw)
            if zlib.adler32(raw[:72]) != checksum:
                self.problems.append(f"segment {number + 1}: the section at byte {at:,} fails its checksum")
                return
            kind = name.rstrip(b"\0").decode("ascii", "replace")
            end = min(following, size) if following > at else size
            self._read_section(kind, _Section(number, at, at + SECTION.size, end))
            if kind in ("done", "next") or following <= at:
                self._complete = kind == "done"
                return
            at = following

    def _read_section(self, kind: str, section: _Section) -> None:
        match kind:
            case "volume" | "disk" if not self.chunk_size:
                self._read_volume(section)
            case "sectors":
                self._sectors = section
            case "table":
                self._add_table(section)
            case "table2":
                self._use_second(section)
            case "hash" | "digest":
                self._read_hashes(kind, section)
            case "header" | "header2" if section.end - section.body < MOST_NOTES:
                self._read_notes(kind, section)
            case "error2":
                self._read_errors(section)

    def _read_volume(self, section: _Section) -> None:
        raw = self._files.pread(section.segment, section.body, SMART_VOLUME)
        if len(raw) < SMART_VOLUME:
            return
        _, chunks, per_chunk, sector = struct.unpack_from("<IIII", raw)
        (sectors,) = struct.unpack_from("<Q" if section.end - section.body > SMART_VOLUME else "<I", raw, 16)
        chunk_size = per_chunk * sector
        if not 0 < chunk_size <= MOST_CHUNK_BYTES:
            raise EvidenceError(f"an E01 image that declares chunks of {chunk_size:,} bytes", "image-broken")
        self.chunk_size, self._chunk_count = chunk_size, chunks
        self.size = sectors * sector if sectors else chunks * chunk_size

    def _add_table(self, section: _Section) -> None:
        """Note a chunk table. The oldest forms keep the chunks behind it, in the same section."""
        count, base, _ = self._table_header(section)
        first = self._tables[-1].first + self._tables[-1].count if self._tables else 0
        sectors, self._sectors = self._sectors, None
        end = sectors.end if sectors is not None and sectors.segment == section.segment else section.end
        if 0 < count <= min(MOST_CHUNKS, (section.end - section.body) // 4):
            self._tables.append(_Table(first, count, section, base, end))

    def _use_second(self, section: _Section) -> None:
        """Take the copy of the newest table when that one fails its checksum."""
        if not self._tables or self._sound(self._tables[-1].section):
            return
        count, base, intact = self._table_header(section)
        if intact and self._sound(section):
            newest = self._tables.pop()
            self._tables.append(_Table(newest.first, count, section, base, newest.end))

    def _table_header(self, section: _Section) -> tuple[int, int, bool]:
        raw = self._files.pread(section.segment, section.body, TABLE.size)
        if len(raw) < TABLE.size:
            return 0, 0, False
        count, base, checksum = TABLE.unpack(raw)
        return count, base, zlib.adler32(raw[:20]) == checksum

    def _sound(self, section: _Section) -> bool:
        count, _, intact = self._table_header(section)
        if not intact or count > MOST_CHUNKS:
            return False
        raw = self._files.pread(section.segment, section.body + TABLE.size, 4 * count + 4)
        return len(raw) == 4 * count + 4 and zlib.adler32(raw[:-4]) == struct.unpack("<I", raw[-4:])[0]

    def _read_hashes(self, kind: str, section: _Section) -> None:
        raw = self._files.pread(section.segment, section.body, 36)
        if any(raw[:16]):
            self.hashes["md5"] = raw[:16].hex()
        if kind == "digest" and any(raw[16:36]):
            self.hashes["sha1"] = raw[16:36].hex()

    def _read_notes(self, kind: str, section: _Section) -> None:
        """Read what whoever acquired it wrote down; nothing depends on it."""
        raw = self._files.pread(section.segment, section.body, section.end - section.body)
        try:
            text = zlib.decompressobj().decompress(raw, MOST_NOTES)
        except zlib.error:
            return
        lines = text.decode("utf-16" if kind == "header2" else "latin-1", "replace").splitlines()
        for names, values in pairwise(lines):
            if "\t" in names and "c" in names.split("\t"):
                told = zip(names.split("\t"), values.split("\t"), strict=False)
                self.notes |= {NOTES[n]: v.strip() for n, v in told if n in NOTES and v.strip()}

    def _read_errors(self, section: _Section) -> None:
        raw = self._files.pread(section.segment, section.body, 4)
        (count,) = struct.unpack("<I", raw) if len(raw) == 4 else (0,)  # noqa: PLR2004 - one number
        if count:
            self.notes["acquisition errors"] = f"{count:,} stretches could not be read when the image was made"


def _follows(before: tuple[int, int, int, bool], after: tuple[int, int, int, bool]) -> bool:
    return before[0] == after[0] and before[2] == after[1]


def _checked(raw: memoryview) -> memoryview | bytes:
    """Verify the checksum behind an uncompressed chunk."""
    data, (checksum,) = raw[:-4], struct.unpack("<I", raw[-4:])
    if zlib.adler32(data) != checksum:
        raise ValueError("it fails its checksum")
    return data
