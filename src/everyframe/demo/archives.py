"""Write archives with fixed timestamps: zip, tar.gz, 7z, an encrypted, a broken and an overblown zip."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import libarchive

Members: TypeAlias = Sequence[tuple[str, bytes]]
Pack: TypeAlias = Callable[[Members], bytes]

PASSWORD = b"kettle-and-orchard"
"""Opens the encrypted demo archive; no reader is told."""

BOMB_SIZE = 600 << 20
_STAMP = (2023, 6, 1, 12, 0, 0)
_EPOCH = 1_685_620_800
_DOS_TIME = (_STAMP[3] << 11) | (_STAMP[4] << 5)
_DOS_DATE = ((_STAMP[0] - 1980) << 9) | (_STAMP[1] << 5) | _STAMP[2]
_ENCRYPTED = 1


def pack_zip(members: Members) -> bytes:
    """Return a plain zip; pictures are stored, since they do not shrink."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name, _STAMP), data)
    return out.getvalue()


def pack_tar_gz(members: Members) -> bytes:
    """Return a gzipped tar."""
    out = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=_EPOCH, compresslevel=1) as outer,
        tarfile.open(fileobj=outer, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size, info.mtime, info.mode = len(data), _EPOCH, 0o644
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def pack_7z(members: Members) -> bytes:
    """Return a 7z archive."""
    parts: list[bytes] = []

    def keep(data: bytes) -> int:
        parts.append(bytes(data))
        return len(data)

    with libarchive.custom_writer(keep, "7zip", options="compression=deflate") as archive:
        for name, data in members:
            archive.add_file_from_memory(name, len(data), data, permission=0o644, mtime=_EPOCH)
    return b"".join(parts)


def pack_broken_zip(members: Members) -> bytes:
    """Return a zip cut off after 70 % of its bytes, and so without a directory."""
    whole = pack_zip(members)
    return whole[: int(len(whole) * 0.7)]


def pack_encrypted_zip(members: Members) -> bytes:
    """Return a zip under traditional encryption, which the standard library can read but not write."""
    return _assemble(_encrypted_entry(name.encode(), data) for name, data in members)


def pack_bomb(members: Members) -> bytes:
    """Return a zip with one member that grows a thousandfold, to 600 MB of zeros; `members` are not used."""
    del members
    block = bytes(1 << 20)
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = squeeze.compress(block) + squeeze.flush(zlib.Z_FULL_FLUSH)
    again = squeeze.compress(block) + squeeze.flush(zlib.Z_FULL_FLUSH)
    count = BOMB_SIZE // len(block)
    body = first + again * (count - 1) + squeeze.flush()
    checksum = 0
    for _ in range(count):
        checksum = zlib.crc32(block, checksum)
    return _assemble(iter([_entry(b"holiday.bmp", body, (0, zipfile.ZIP_DEFLATED, checksum, BOMB_SIZE))]))


def _entry(name: bytes, body: bytes, facts: tuple[int, int, int, int]) -> tuple[bytes, bytes]:
    """Return a member with its local header, and the fields that the directory repeats."""
    flags, method, checksum, size = facts
    fields = struct.pack("<HHHHHIII", 20, flags, method, _DOS_TIME, _DOS_DATE, checksum, len(body), size)
    fields += struct.pack("<HH", len(name), 0)
    return b"PK\3\4" + fields + name + body, fields + struct.pack("<HHHI", 0, 0, 0, 0)


def _encrypted_entry(name: bytes, data: bytes) -> tuple[bytes, bytes]:
    checksum = zlib.crc32(data)
    squeeze = zlib.compressobj(6, zlib.DEFLATED, -15)
    plain = squeeze.compress(data) + squeeze.flush()
    salt = struct.pack("<II", zlib.crc32(name), checksum) + b"\0\0\0" + bytes([checksum >> 24])
    return _entry(name, _encrypt(salt + plain), (_ENCRYPTED, zipfile.ZIP_DEFLATED, checksum, len(data)))


def _assemble(entries: Iterator[tuple[bytes, bytes]]) -> bytes:
    """Return local entries followed by their directory; names are read back from the entries."""
    out, directory, count = io.BytesIO(), io.BytesIO(), 0
    for local, fields in entries:
        (length,) = struct.unpack_from("<H", local, 26)
        name = local[30 : 30 + length]
        directory.write(b"PK\1\2" + struct.pack("<H", 20) + fields + struct.pack("<I", out.tell()) + name)
        out.write(local)
        count += 1
    start, listing = out.tell(), directory.getvalue()
    return out.getvalue() + listing + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(listing), start, 0)


_TABLE = [zlib.crc32(bytes([value]), 0xFFFFFFFF) ^ 0xFFFFFFFF for value in range(256)]


def _mingle(checksum: int, value: int) -> int:
    return (checksum >> 8) ^ _TABLE[(checksum ^ value) & 0xFF]


def _encrypt(data: bytes) -> bytes:
    """Encrypt as PKWARE's APPNOTE 6.1 says; one byte at a time, so for small members only."""
    keys = [0x12345678, 0x23456789, 0x34567890]

    def turn(value: int) -> None:
        keys[0] = _mingle(keys[0], value)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = _mingle(keys[2], keys[1] >> 24)

    for value in PASSWORD:
        turn(value)
    out = bytearray()
    for value in data:
        mask = (keys[2] | 2) & 0xFFFF
        out.append(value ^ (((mask * (mask ^ 1)) >> 8) & 0xFF))
        turn(value)
    return bytes(out)


PACKS: tuple[tuple[str, Pack], ...] = (
    ("zip", pack_zip),
    ("tar.gz", pack_tar_gz),
    ("7z", pack_7z),
    ("encrypted-zip", pack_encrypted_zip),
    ("broken-zip", pack_broken_zip),
    ("bomb-zip", pack_bomb),
)
