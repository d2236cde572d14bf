"""Break files the way seized media are broken."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from everyframe.demo.paint import Rng

Break: TypeAlias = Callable[[bytes, Rng], bytes]


@dataclass(frozen=True, slots=True)
class Damage:
    """Hold one kind of damage: what is broken, the format it needs, what can still be had."""

    name: str
    format: str
    expected: str
    apply: Break


def truncate(data: bytes, rng: Rng) -> bytes:
    """Keep the first 40-75 % of the bytes."""
    return data[: int(len(data) * rng.uniform(0.4, 0.75))]


def zero_middle(data: bytes, rng: Rng) -> bytes:
    """Overwrite 4 KB near the middle with zeros, or a tenth of a small file."""
    long = min(4096, len(data) // 10)
    start = int(len(data) * rng.uniform(0.45, 0.6))
    return data[:start] + bytes(long) + data[start + long :]


def spoil_crc(data: bytes, rng: Rng) -> bytes:
    """Flip bits in the checksum of a PNG's first picture data chunk."""
    del rng
    at = data.index(b"IDAT")
    (size,) = struct.unpack_from(">I", data, at - 4)
    end = at + 4 + size
    wrong = zlib.crc32(data[at:end]) ^ 0xA5A5A5A5
    return data[:end] + struct.pack(">I", wrong) + data[end + 4 :]


def empty(data: bytes, rng: Rng) -> bytes:
    """Keep nothing."""
    del data, rng
    return b""


def garbage(data: bytes, rng: Rng) -> bytes:
    """Replace everything with random bytes, as where clusters were reused."""
    return rng.bytes(min(len(data), 60_000))


DAMAGES: tuple[Damage, ...] = (
    Damage("truncated", "jpeg", "media-damaged", truncate),
    Damage("zeroed-middle", "jpeg", "media-damaged", zero_middle),
    Damage("truncated", "png", "media-damaged", truncate),
    Damage("bad-crc", "png", "media-damaged", spoil_crc),
    Damage("empty", "jpeg", "not-media", empty),
    Damage("garbage", "jpeg", "unreadable", garbage),
)
