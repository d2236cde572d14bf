"""VirtualBox disk images: a header, a map of blocks, the blocks."""

import struct

from everyframe.errors import EvidenceError
from everyframe.evidence.disk.media import Bytes

__all__ = ["SIGNATURE", "Vdi"]

SIGNATURE = b"\x7f\x10\xda\xbe"
AT = 0x40
HEADER = struct.Struct("<4x I I I")  # version, length of the header, kind
PLACES = struct.Struct("<I I")
SIZES = struct.Struct("<Q I I I")
NONE, ZERO = 0xFFFFFFFF, 0xFFFFFFFE
DYNAMIC, FIXED = 1, 2
MOST_BLOCKS = 1 << 26


class Vdi:
    """Read the disk inside a VDI file; blocks that were never written are zeros, as the format says."""

    def __init__(self, base: Bytes) -> None:
        header = base.read(0, 0x200)
        if len(header) < 0x200:  # noqa: PLR2004 - the header
            raise EvidenceError("a VDI image cut short within its header", "image-broken")
        _, _, kind = HEADER.unpack_from(header, AT)
        if kind not in (DYNAMIC, FIXED):
            raise EvidenceError("a VDI image that holds only the difference to another one", "image-not-read")
        map_at, self._data_at = PLACES.unpack_from(header, 0x154)
        self.size, self._block, extra, blocks = SIZES.unpack_from(header, 0x170)
        if not self._block or blocks > MOST_BLOCKS or blocks * self._block < self.size:
            raise EvidenceError("a VDI image whose header contradicts itself", "image-broken")
        self._stride, self._extra = self._block + extra, extra
        self._base = base
        self._map = memoryview(base.read(map_at, 4 * blocks)).cast("B")
        if len(self._map) < 4 * blocks:
            raise EvidenceError("a VDI image cut short within its block map", "image-broken")

    def read(self, offset: int, length: int) -> bytes:
        """Read from an offset."""
        parts = []
        length = max(0, min(length, self.size - offset))
        while length:
            number, within = divmod(offset, self._block)
            part = self._within(number, within, min(length, self._block - within))
            parts.append(part)
            offset, length = offset + len(part), length - len(part)
        return b"".join(parts)

    def _within(self, number: int, within: int, length: int) -> bytes:
        (place,) = struct.unpack_from("<I", self._map, 4 * number)
        if place in (NONE, ZERO):
            return bytes(length)
        data = self._base.read(self._data_at + place * self._stride + self._extra + within, length)
        if len(data) < length:
            raise OSError(5, f"block {number:,} of the image is behind its end")
        return data
