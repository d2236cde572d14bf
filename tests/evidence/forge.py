"""Archives made for tests: members in, bytes out."""

import bz2
import gzip
import io
import lzma
import shutil
import struct
import subprocess
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import libarchive
import pytest

from everyframe.evidence.archive import ArchiveLimits, ArchiveReader

Members = Sequence[tuple[bytes, bytes]]
Builder = Callable[[Members], bytes]

SOME: Members = (
    (b"one.txt", b"first"),
    (b"empty", b""),
    (b"deep/er/two.bin", bytes(range(256)) * 300),
    (b"last", b"z" * 70_000),
)


def reader(data: bytes, name: bytes = b"archive", limits: ArchiveLimits | None = None) -> ArchiveReader:
    return ArchiveReader(io.BytesIO(data), name, limits or ArchiveLimits(), lambda: None)


def contents(data: bytes, name: bytes = b"archive") -> list[tuple[bytes, bytes]]:
    """List and read all of an archive in which nothing is wrong."""
    found = reader(data, name)
    result = [(entry.path, found.open(entry).read()) for entry in list(found.entries())]
    assert found.problems == ()
    found.close()
    return result


def zip_of(members: Members, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name.decode(), (2024, 1, 31, 10, 15, 2)), data, method)
    return target.getvalue()


def tar_of(members: Members) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", errors="surrogateescape", encoding="utf-8") as archive:
        for name, data in members:
            info = tarfile.TarInfo(name.decode("utf-8", "surrogateescape"))
            info.size, info.mtime = len(data), 1_706_696_102
            archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


def tar_gz_of(members: Members) -> bytes:
    return gzip.compress(tar_of(members), 6, mtime=0)


def tar_bz2_of(members: Members) -> bytes:
    return bz2.compress(tar_of(members))


def tar_xz_of(members: Members) -> bytes:
    return lzma.compress(tar_of(members))


def written_by_libarchive(members: Members, kind: str, compression: str | None = None, options: str = "") -> bytes:
    target = bytearray()

    def write(data: bytes) -> int:
        target.extend(data)
        return len(data)

    secret = "secret" if options else None
    with libarchive.custom_writer(write, kind, compression, options=options, passphrase=secret) as archive:
        for name, data in members:
            archive.add_file_from_memory(name.decode(), len(data), data, mtime=1_706_696_102)
    return bytes(target)


def seven_zip_of(members: Members) -> bytes:
    return written_by_libarchive(members, "7zip")


def cpio_of(members: Members) -> bytes:
    return written_by_libarchive(members, "cpio_newc")


def xar_of(members: Members) -> bytes:
    return written_by_libarchive(members, "xar")


def tar_zst_of(members: Members) -> bytes:
    return written_by_libarchive(members, "pax", "zstd")


def tar_lz4_of(members: Members) -> bytes:
    return written_by_libarchive(members, "pax", "lz4")


def tar_z_of(members: Members) -> bytes:
    return written_by_libarchive(members, "pax", "compress")


RAR4 = b"Rar!\x1a\x07\x00"


def rar4_block(kind: int, flags: int, rest: bytes, data: bytes = b"") -> bytes:
    body = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
    return struct.pack("<H", zlib.crc32(body) & 0xFFFF) + body + data


def rar4_of(members: Members, flags: int = 0x8000) -> bytes:
    """Build a RAR 2.9 archive with stored members; 0x8004 says that they are encrypted."""
    blocks = [RAR4, rar4_block(0x73, 0, bytes(6))]
    for name, data in members:
        dos = (44 << 9 | 1 << 5 | 31) << 16 | 10 << 11 | 15 << 5 | 1
        size, crc = len(data), zlib.crc32(data)
        head = struct.pack("<LLBLLBBHL", size, size, 3, crc, dos, 20, 0x30, len(name), 0o100644)
        blocks.append(rar4_block(0x74, flags, head + name, data))
    return b"".join([*blocks, rar4_block(0x7B, 0x4000, b"")])


def _vint(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def _rar5_block(kind: int, flags: int, rest: bytes, data: bytes = b"") -> bytes:
    size = _vint(len(data)) if data or flags & 2 else b""
    body = _vint(kind) + _vint(flags) + size + rest
    sized = _vint(len(body)) + body
    return struct.pack("<L", zlib.crc32(sized)) + sized + data


def rar5_of(members: Members) -> bytes:
    """Build a RAR 5 archive with stored members."""
    blocks = [b"Rar!\x1a\x07\x01\x00", _rar5_block(1, 0, _vint(0))]
    for name, data in members:
        times = struct.pack("<LL", 1_706_696_102, zlib.crc32(data))
        head = _vint(6) + _vint(len(data)) + _vint(0o100644) + times + _vint(0) + _vint(1) + _vint(len(name)) + name
        blocks.append(_rar5_block(2, 2, head, data))
    return b"".join([*blocks, _rar5_block(5, 0, _vint(0))])


def made_by_program(members: Members, command: Sequence[str], suffix: str) -> bytes:
    """Write the members to a directory and let a program pack it; skip the test where there is no such program."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    with tempfile.TemporaryDirectory() as place:
        tree = Path(place, "tree")
        tree.mkdir()
        for name, data in members:
            target = tree / name.decode()
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        packed = Path(place, f"packed{suffix}")
        filled = [part.replace("OUT", str(packed)) for part in command]
        names = sorted(path.name for path in tree.iterdir()) if "ALL" in filled else []
        filled = [part for part in filled if part != "ALL"] + names
        subprocess.run(filled, cwd=tree, check=True, capture_output=True)
        return packed.read_bytes()


def cab_of(members: Members) -> bytes:
    return made_by_program(members, ["gcab", "-c", "OUT", "ALL"], ".cab")


def iso_of(members: Members) -> bytes:
    return made_by_program(
        members, ["genisoimage", "-quiet", "-R", "-J", "-input-charset", "utf-8", "-o", "OUT", "."], ""
    )


def program_7z_of(members: Members) -> bytes:
    return made_by_program(members, ["7z", "a", "-bd", "OUT", "ALL"], ".7z")


KEEPING_ORDER: dict[str, Builder] = {
    "zip": zip_of,
    "tar": tar_of,
    "tar.gz": tar_gz_of,
    "tar.bz2": tar_bz2_of,
    "tar.xz": tar_xz_of,
    "tar.zst": tar_zst_of,
    "tar.lz4": tar_lz4_of,
    "tar.Z": tar_z_of,
    "cpio": cpio_of,
    "rar4": rar4_of,
    "rar5": rar5_of,
}
"""Formats whose builder keeps the order of the members."""

REORDERING: dict[str, Builder] = {"7z": seven_zip_of, "7z program": program_7z_of, "iso": iso_of, "xar": xar_of}
