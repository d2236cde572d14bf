"""Extents that Btrfs compressed: zlib, LZO, Zstandard."""

import struct
import zlib

import imagecodecs

__all__ = ["unpacked"]

SECTOR = 4096
FRAME = b"\x28\xb5\x2f\xfd"


def unpacked(kind: int, raw: bytes, size: int) -> bytes:
    """Unpack one extent; what stands behind the packed bytes is padding.

    Raises:
        OSError: it cannot be unpacked.
    """
    try:
        match kind:
            case 0:
                return raw
            case 1:
                return zlib.decompressobj().decompress(raw, size)
            case 2:
                return _lzo(raw, size)
            case 3:
                return bytes(imagecodecs.zstd_decode(raw[: _frame_end(raw)], out=size))
    except (zlib.error, ValueError, RuntimeError, IndexError, struct.error) as error:
        raise OSError(5, f"a compressed extent is damaged: {error}") from error
    raise OSError(5, f"compression {kind}, which is not read")


def _lzo(raw: bytes, size: int) -> bytes:
    """Unpack segments of one sector each; the length of one does not cross the border of a sector."""
    (total,) = struct.unpack_from("<I", raw)
    place, parts, done = 4, [], 0
    while place + 4 <= min(total, len(raw)) and done < size:
        (length,) = struct.unpack_from("<I", raw, place)
        part = bytes(imagecodecs.lzo_decode(raw[place + 4 : place + 4 + length], out=min(SECTOR, size - done)))
        parts.append(part)
        done, place = done + len(part), place + 4 + length
        if SECTOR - place % SECTOR < 4:  # noqa: PLR2004 - bytes of a length
            place += SECTOR - place % SECTOR
    return b"".join(parts)


def _frame_end(raw: bytes) -> int:
    """Give where the first frame of Zstandard ends (RFC 8878, 3.1.1)."""
    if raw[:4] != FRAME:
        raise ValueError("no frame of Zstandard")
    traits = raw[4]
    single = traits >> 5 & 1
    place = 5 + (1 - single) + (0, 1, 2, 4)[traits & 3] + ((single, 2, 4, 8)[traits >> 6])
    while True:
        head = int.from_bytes(raw[place : place + 3], "little")
        place += 3 + (1 if head >> 1 & 3 == 1 else head >> 3)
        if place > len(raw):
            raise ValueError("a frame that is cut short")
        if head & 1:
            return place + (4 if traits & 4 else 0)
