"""Packed storage of previews: a few large append-only files instead of a million small ones.

A pack is a sequence of records: ``EFPK``, payload length (u32, little-endian), CRC-32 of the payload (u32), payload. Rows
of the ``preview`` table name pack, offset and length of the payload. What stands behind the committed length of a pack
was never acknowledged and is cut off when the pack is next opened for writing.
"""

import os
import struct
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

from everyframe.errors import VerificationError

__all__ = ["PackReader", "PackWriter", "Place", "problems"]

HEAD = struct.Struct("<4sII")
MAGIC = b"EFPK"
PACK_BYTES = 1 << 30

Place = tuple[int, int, int]  # pack, offset of the payload, its length


def _file(directory: Path, number: int) -> Path:
    return directory / f"{number:05d}.pack"


class PackWriter:
    """Append payloads to the packs of a directory. One writer at a time: the holder of the intake seat.

    Args:
        directory: where the packs are; made when missing.
        committed: length per pack number that the database vouches for.
        pack_bytes: a new pack is begun when one has grown past this.
    """

    def __init__(self, directory: Path, committed: dict[int, int], *, pack_bytes: int = PACK_BYTES) -> None:
        directory.mkdir(exist_ok=True)
        self._directory = directory
        self._pack_bytes = pack_bytes
        self._number = max(committed, default=1)
        self._descriptor = -1
        self._at = committed.get(self._number, 0)
        self._dirty: dict[int, int] = {}
        self._open()

    def add(self, payload: bytes) -> Place:
        """Append one payload; it is safe on disk once ``sync`` has returned."""
        if self._at >= self._pack_bytes:
            self.sync_file()
            self._number, self._at = self._number + 1, 0
            self._open()
        record = HEAD.pack(MAGIC, len(payload), zlib.crc32(payload)) + payload
        view = memoryview(record)
        while view:
            written = os.pwrite(self._descriptor, view, self._at + len(record) - len(view))
            view = view[written:]
        place = (self._number, self._at + HEAD.size, len(payload))
        self._at += len(record)
        self._dirty[self._number] = self._at
        return place

    def sync(self) -> dict[int, int]:
        """Force what was added to disk; gives the new length per pack, to be committed with the rows."""
        if self._dirty:
            self.sync_file()
        dirty, self._dirty = self._dirty, {}
        return dirty

    def sync_file(self) -> None:
        """Force the pack that is open to disk."""
        os.fdatasync(self._descriptor)

    def close(self) -> None:
        """Close the pack that is open."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _open(self) -> None:
        self.close()
        path = _file(self._directory, self._number)
        fresh = not path.exists()
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if fresh:
            _sync_directory(self._directory)
        os.ftruncate(self._descriptor, self._at)


class PackReader:
    """Read payloads at random. Safe for use from several threads."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._descriptors: dict[int, int] = {}
        self._lock = threading.Lock()

    def read(self, place: Place) -> bytes:
        """Give one payload.

        Raises:
            VerificationError: the pack is missing, cut short or changed.
        """
        number, offset, length = place
        try:
            record = os.pread(self._descriptor(number), HEAD.size + length, offset - HEAD.size)
            magic, size, check = HEAD.unpack_from(record)
        except (OSError, struct.error) as error:
            raise VerificationError(f"preview pack {number} cannot be read at {offset}: {error}") from error
        payload = record[HEAD.size :]
        if magic != MAGIC or size != length or len(payload) != length or zlib.crc32(payload) != check:
            raise VerificationError(f"preview pack {number} is damaged at {offset}: rebuild the previews")
        return payload

    def close(self) -> None:
        """Close every pack."""
        with self._lock:
            for descriptor in self._descriptors.values():
                os.close(descriptor)
            self._descriptors.clear()

    def _descriptor(self, number: int) -> int:
        with self._lock:
            if number not in self._descriptors:
                path = _file(self._directory, number)
                self._descriptors[number] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            return self._descriptors[number]


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def problems(reader: PackReader, places: Iterator[Place]) -> Iterator[str]:
    """Read every place; yield what is wrong."""
    for place in places:
        try:
            reader.read(place)
        except VerificationError as error:
            yield str(error)
