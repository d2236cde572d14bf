"""The file table of NTFS, as far as it is needed to find records in use that no directory names."""

import struct
from collections.abc import Iterator
from typing import BinaryIO

__all__ = ["in_use"]

RECORD = 1024
CHUNK = 1024 * RECORD
IN_USE = 1


def in_use(table: BinaryIO) -> Iterator[int]:
    """Give the numbers of the base records in use, from the stream of ``$MFT``.

    The size of a record is taken from the first one, as it is written there.
    """
    head = table.read(48)
    size = struct.unpack_from("<I", head, 28)[0] if len(head) == 48 and head[:4] == b"FILE" else RECORD  # noqa: PLR2004 - the header
    if size not in (1024, 2048, 4096):
        return
    table.seek(0)
    number = 0
    while chunk := table.read(CHUNK):
        for at in range(0, len(chunk) - 47, size):
            (flags,) = struct.unpack_from("<H", chunk, at + 22)
            (base,) = struct.unpack_from("<Q", chunk, at + 32)
            if chunk[at : at + 4] == b"FILE" and flags & IN_USE and not base & 0xFFFFFFFFFFFF:
                yield number
            number += 1
