"""Archives by signature; documents that are archives inside count too, since pictures hide in them."""

from typing import Final

from everyframe.analysis.blob import Blob

__all__ = ["sniff_archive"]

#: Offset, bytes, type.
_SIGNATURES: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"PK\x07\x08PK\x03\x04", "application/zip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"\xfd7zXZ\x00", "application/x-xz"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"MSCF\x00\x00\x00\x00", "application/vnd.ms-cab-compressed"),
    (257, b"ustar", "application/x-tar"),
    (32769, b"CD001", "application/x-iso9660-image"),
)
_ZIP_BY_NAME: Final[tuple[tuple[bytes, str], ...]] = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (b"AndroidManifest.xml", "application/vnd.android.package-archive"),
    (b"META-INF/MANIFEST.MF", "application/java-archive"),
    (b"Payload/", "application/x-ios-app"),
)
_TAR_HEADER: Final = 512


def sniff_archive(blob: Blob) -> str:
    """Give the type of an archive, or an empty string."""
    head = blob.head(1024)
    for offset, magic, mime in _SIGNATURES:
        found = head[offset : offset + len(magic)] if offset < len(head) else blob.read_at(offset, len(magic))
        if found == magic:
            return _zip_flavour(blob) if mime == "application/zip" else mime
    return _compressed(head) or _old_tar(head)


def _compressed(head: bytes) -> str:
    """Know gzip (deflate, no reserved flag) and bzip2 (block or end-of-stream mark) past their short signatures."""
    if head[:3] == b"\x1f\x8b\x08" and len(head) >= 18 and not head[3] & 0xE0:  # noqa: PLR2004 - shortest gzip
        return "application/gzip"
    blocks = (b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90")
    if head[:3] == b"BZh" and head[3:4] in b"123456789" and head[4:10] in blocks:
        return "application/x-bzip2"
    return ""


def _old_tar(head: bytes) -> str:
    """Know a tar of the time before ``ustar`` by the checksum in its first header."""
    header = head[:_TAR_HEADER]
    field = header[148:156].strip(b" \0")
    if len(header) < _TAR_HEADER or not field or field.strip(b"01234567") or not header[0]:
        return ""
    total = sum(header) - sum(header[148:156]) + 8 * 32
    return "application/x-tar" if int(field, 8) == total else ""


def _zip_flavour(blob: Blob) -> str:
    """Tell documents and packages from plain archives, by the first member's content or the names of the first ones."""
    head = blob.head(4096)
    if head[30:38] == b"mimetype" and head[:4] == b"PK\x03\x04":
        length = int.from_bytes(head[22:26], "little")
        text = head[38 + int.from_bytes(head[28:30], "little") :][: min(length, 100)]
        if text.startswith(b"application/") and text.isascii():
            return text.decode("ascii").strip()
    names = head + blob.tail(4096)
    return next((mime for name, mime in _ZIP_BY_NAME if name in names), "application/zip")
