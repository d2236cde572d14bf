"""QCOW2 images: two levels of tables, clusters plain or deflated.

A reader of its own, since libqcow (20260703) gives wrong bytes for compressed clusters without an error.
"""

import errno
import struct
import zlib
from collections import OrderedDict

from everyframe.errors import EvidenceError
from everyframe.evidence.disk.media import Bytes

__all__ = ["SIGNATURE", "Qcow"]

SIGNATURE = b"QFI\xfb"
HEADER = struct.Struct(">4s I Q I I Q I I Q")
FEATURES_AT, COMPRESSION_AT = 72, 104
DIRTY, CORRUPT = 1, 2
COMPRESSED, PLACE = 1 << 62, 0x00FFFFFFFFFFFE00
ZEROS = 1
TABLES_HELD = 64
VERSIONS = (2, 3)
MOST_L1 = 1 << 25


class Qcow:
    """Read the disk inside a QCOW2 file; clusters that were never written are zeros, as the format says."""

    def __init__(self, base: Bytes) -> None:
        header = base.read(0, 112).ljust(112, b"\0")
        _, version, backing, _, bits, self.size, encryption, l1_count, l1_at = HEADER.unpack_from(header)
        _check(header, version, bits, backing=backing, encryption=encryption)
        if l1_count > MOST_L1:
            raise EvidenceError("a QCOW2 image whose header contradicts itself", "image-broken")
        self._base, self._bits = base, bits
        raw = base.read(l1_at, 8 * l1_count)
        if len(raw) < 8 * l1_count:
            raise EvidenceError("a QCOW2 image cut short within its first table", "image-broken")
        self._l1 = [place & PLACE for (place,) in struct.iter_unpack(">Q", raw)]
        self._l2: OrderedDict[int, bytes] = OrderedDict()
        self._last: tuple[int, bytes] = (-1, b"")

    def read(self, offset: int, length: int) -> bytes:
        """Read from an offset."""
        parts = []
        length = max(0, min(length, self.size - offset))
        cluster = 1 << self._bits
        while length:
            within = offset & (cluster - 1)
            part = self._within(offset >> self._bits, within, min(length, cluster - within))
            parts.append(part)
            offset, length = offset + len(part), length - len(part)
        return b"".join(parts)

    def _within(self, number: int, within: int, length: int) -> bytes:
        entry = self._entry(number)
        if entry & COMPRESSED:
            return self._inflated(number, entry)[within : within + length]
        if not entry & PLACE or entry & ZEROS:
            return bytes(length)
        data = self._base.read((entry & PLACE) + within, length)
        if len(data) < length:
            raise OSError(errno.EIO, f"cluster {number:,} of the image is behind its end")
        return data

    def _entry(self, number: int) -> int:
        first, second = divmod(number, 1 << (self._bits - 3))
        if first >= len(self._l1):
            raise OSError(errno.EIO, f"cluster {number:,} of the image is in no table")
        if not self._l1[first]:
            return 0
        if first not in self._l2:
            table = self._base.read(self._l1[first], 1 << self._bits)
            if len(table) < 1 << self._bits:
                raise OSError(errno.EIO, "a table of the image is behind its end")
            self._l2[first] = table
            if len(self._l2) > TABLES_HELD:
                self._l2.popitem(last=False)
        found: int = struct.unpack_from(">Q", self._l2[first], 8 * second)[0]
        return found

    def _inflated(self, number: int, entry: int) -> bytes:
        if self._last[0] != number:
            split = 62 - (self._bits - 8)
            at, sectors = entry & ((1 << split) - 1), (entry & ~(3 << 62)) >> split
            raw = self._base.read(at, (sectors + 1) * 512 - at % 512)
            try:
                data = zlib.decompressobj(-15).decompress(raw, 1 << self._bits)
            except zlib.error as error:
                raise OSError(errno.EIO, f"cluster {number:,} of the image is damaged: {error}") from error
            if len(data) < 1 << self._bits:
                raise OSError(errno.EIO, f"cluster {number:,} of the image is cut short")
            self._last = (number, data)
        return self._last[1]


def _check(header: bytes, version: int, bits: int, *, backing: int, encryption: int) -> None:
    """Refuse what is not read, each with its reason."""
    features: int = struct.unpack_from(">Q", header, FEATURES_AT)[0] if version > VERSIONS[0] else 0
    if version not in VERSIONS:
        raise EvidenceError(f"a QCOW image of version {version}; versions 2 and 3 are read", "image-not-read")
    if encryption:
        raise EvidenceError("an encrypted QCOW2 image", "image-encrypted")
    if backing:
        raise EvidenceError("a QCOW2 image that holds only the difference to another one", "image-not-read")
    if features & ~(DIRTY | CORRUPT) or (
        version > VERSIONS[0] and header[COMPRESSION_AT] and header[100:104] > b"\0\0\0h"
    ):
        raise EvidenceError("a QCOW2 image with features that are not read; convert it with qemu-img", "image-not-read")
    if not 9 <= bits <= 21:  # noqa: PLR2004 - what the format allows
        raise EvidenceError("a QCOW2 image whose header contradicts itself", "image-broken")
