"""The composite of a Photoshop document by the published layout: large documents and 16 bits, which Pillow refuses."""

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import pillow
from everyframe.analysis.decoders.base import Decoded
from everyframe.analysis.failures import RefusedError
from everyframe.analysis.limits import Limits
from everyframe.analysis.pixels import pil_raster
from everyframe.model.features import Picture

__all__ = ["decode_composite"]

NAME: Final = "everyframe psd composite"
_MODES: Final = {1: ("L", 1), 3: ("RGB", 3), 4: ("CMYK", 4)}
_LARGE: Final = 2


@dataclass(frozen=True, slots=True)
class _Header:
    version: int
    channels: int
    height: int
    width: int
    depth: int
    mode: int


def decode_composite(blob: Blob, limits: Limits) -> Decoded:
    """Decode the composite, raw or run-length coded, of 8 or 16 bits; missing rows stay black."""
    data = blob.data()
    header = _Header(*struct.unpack_from(">4xH6xHIIHH", data))
    if header.mode not in _MODES or header.depth not in {8, 16}:
        raise RefusedError(f"colour mode {header.mode} at {header.depth} bits")
    pillow.within(header.width, header.height, limits)
    at = _composite_start(data, header.version)
    mode, wanted = _MODES[header.mode]
    if header.channels < wanted:
        raise RefusedError(f"{header.channels} channels")
    planes, missing = _planes(data, at, header, wanted)
    if mode == "CMYK":
        planes = 255 - planes
    image = Image.merge(mode, [Image.fromarray(plane) for plane in planes])
    shown = pil_raster(image)
    if missing and pillow.is_flat(shown.view):
        raise RefusedError("cut short before the composite")
    damage = f"cut short: {missing} rows are missing" if missing else ""
    seen = pillow.joined("16 bits a channel" if header.depth > 8 else "", shown.seen)  # noqa: PLR2004 - eight bits
    return Decoded(Picture(header.width, header.height, 1, 1, NAME, seen, damage), shown)


def _composite_start(data: bytes, version: int) -> int:
    """Step over colour table, resources and layers; the layers' length is of 8 bytes in large documents."""
    at = 26
    for size in (4, 4, 8 if version == _LARGE else 4):
        at += size + int.from_bytes(data[at : at + size], "big")
    return at


def _planes(data: bytes, at: int, header: _Header, wanted: int) -> tuple[NDArray[np.uint8], int]:
    """Give the first planes as 8 bits, and how many rows of them are missing."""
    step = header.depth // 8
    planes = np.zeros((wanted, header.height, header.width), np.uint8)
    lengths, at = _row_lengths(data, at, header)
    missing = 0
    for row in range(wanted * header.height):
        packed = data[at : at + lengths[row]] if row < len(lengths) else b""
        at += len(packed)
        line = packed if lengths.raw else _unpack(packed)
        values = np.frombuffer(line[: header.width * step], np.uint8)[::step]
        missing += len(values) < header.width
        planes[row // header.height, row % header.height, : len(values)] = values
    return planes, missing


class _Lengths(list[int]):
    """Hold the packed length of every row, and whether the rows are not packed at all."""

    raw = False


def _row_lengths(data: bytes, at: int, header: _Header) -> tuple[_Lengths, int]:
    coding = int.from_bytes(data[at : at + 2], "big")
    rows = header.channels * header.height
    if rows > len(data):
        raise RefusedError(f"{rows} rows in {len(data)} bytes")
    if coding == 0:
        plain = _Lengths([header.width * header.depth // 8] * rows)
        plain.raw = True
        return plain, at + 2
    if coding != 1:
        raise RefusedError(f"compression {coding}")
    size, letter = (4, "I") if header.version == _LARGE else (2, "H")
    count = min(rows, max(0, len(data) - at - 2) // size)
    return _Lengths(struct.unpack_from(f">{count}{letter}", data, at + 2)), at + 2 + rows * size


def _unpack(packed: bytes) -> bytes:
    """Undo PackBits, as far as the bytes reach."""
    out = bytearray()
    at = 0
    while at < len(packed):
        count = packed[at]
        if count < 128:  # noqa: PLR2004 - literal bytes
            out += packed[at + 1 : at + 2 + count]
            at += 2 + count
        else:
            out += packed[at + 1 : at + 2] * (257 - count if count > 128 else 0)  # noqa: PLR2004 - a run
            at += 2 if count > 128 else 1  # noqa: PLR2004 - 128 stands for nothing
    return bytes(out)
