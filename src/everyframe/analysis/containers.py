"""Films by their container's signature; whether only sound is inside shows when the container is opened."""

from collections.abc import Callable
from typing import Final

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import boxes

__all__ = ["sniff_video"]

_PICTURE_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis", b"crx ", b"jp2 "}
)
_BRAND_TYPES: Final[dict[bytes, str]] = {
    b"qt  ": "video/quicktime",
    b"M4V ": "video/x-m4v",
    b"M4VH": "video/x-m4v",
    b"M4VP": "video/x-m4v",
    b"f4v ": "video/x-f4v",
    b"F4V ": "video/x-f4v",
}
_QUICKTIME_ATOMS: Final = frozenset({b"moov", b"mdat", b"wide", b"pnot", b"free", b"skip"})
_ASF: Final = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_ASF_VIDEO: Final = bytes.fromhex("c0ef19bc4d5bcf11a8fd00805f5c442b")
_EBML: Final = b"\x1a\x45\xdf\xa3"
_OGG_VIDEO: Final = (b"\x80theora", b"\x01video", b"BBCD\0", b"\x80daala", b"fishead")
_TS_SYNC: Final = 0x47
_SPREAD: Final = 5


def _iso_media(blob: Blob) -> str:
    found = boxes.brands(blob)
    if not found:
        return _quicktime(blob, blob.head(8))
    brand = found[0]
    if brand in _PICTURE_BRANDS:
        return ""
    if brand[:3] in {b"3gp", b"3gs", b"3ge", b"3gr"}:
        return "video/3gpp"
    if brand[:3] == b"3g2":
        return "video/3gpp2"
    return _BRAND_TYPES.get(brand, "video/mp4")


def _quicktime(blob: Blob, head: bytes) -> str:
    """Know old QuickTime by two atoms in a row, each with a length that makes sense."""
    at = 0
    for _ in range(2):
        box = blob.read_at(at, 16)
        length, kind = int.from_bytes(box[:4], "big"), box[4:8]
        if kind not in _QUICKTIME_ATOMS:
            return ""
        if length == 1:
            length = int.from_bytes(box[8:16], "big")
        if length < 8:  # noqa: PLR2004 - length and type
            return ""
        at += length
        if at >= blob.size:
            return "video/quicktime" if head[4:8] in {b"moov", b"mdat"} else ""
    return "video/quicktime"


def _riff(blob: Blob) -> str:
    head = blob.head(12)
    return "video/x-msvideo" if head[:4] in {b"RIFF", b"RIFX"} and head[8:12] in {b"AVI ", b"AVIX"} else ""


def _matroska(blob: Blob) -> str:
    head = blob.head(256)
    if not head.startswith(_EBML):
        return ""
    return "video/webm" if b"webm" in head[:64] else "video/x-matroska" if b"matroska" in head[:64] else ""


def _asf(blob: Blob) -> str:
    head = blob.head(65536)
    return "video/x-ms-asf" if head.startswith(_ASF) and _ASF_VIDEO in head else ""


def _ogg(blob: Blob) -> str:
    head = blob.head(4096)
    return "video/ogg" if head.startswith(b"OggS") and any(mark in head for mark in _OGG_VIDEO) else ""


def _mpeg(blob: Blob) -> str:
    head = blob.head(16)
    if head[:4] == b"\x00\x00\x01\xba" and len(head) >= 14 and (head[4] & 0xC4 == 0x44 or head[4] & 0xF1 == 0x21):  # noqa: PLR2004 - as the format has it
        return "video/mpeg"
    if (
        head[:4] == b"\x00\x00\x01\xb3"
        and len(head) > 7  # noqa: PLR2004 - up to the frame rate
        and head[7] >> 4 in range(1, 5)
        and head[7] & 15 in range(1, 9)
    ):
        return "video/mpeg"
    return ""


def _transport_stream(blob: Blob) -> str:
    """Know a transport stream by five sync bytes in a row, at 188 bytes (or 192 with a time stamp before each)."""
    for packet, first in ((188, 0), (192, 4)):
        head = blob.head(packet * _SPREAD)
        if len(head) == packet * _SPREAD and all(head[first + packet * i] == _TS_SYNC for i in range(_SPREAD)):
            return "video/mp2t"
    return ""


def _by_prefix(blob: Blob) -> str:
    head = blob.head(32)
    return next((mime for magic, mime in _PREFIXES if head.startswith(magic)), "")


_PREFIXES: Final[tuple[tuple[bytes, str], ...]] = (
    (b"FLV\x01", "video/x-flv"),
    (b".RMF\x00\x00\x00", "application/vnd.rn-realmedia"),
    (b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01", "application/mxf"),
    (b"DKIF\x00\x00\x20\x00", "video/x-ivf"),
    (b"YUV4MPEG2 ", "video/x-yuv4mpeg"),
    (b"nsvf", "video/x-nsv"),
    (b"\xb7\xd8\x00\x20\x37\x49\xda\x11\xa6\x4e\x00\x07\xe9\x5e\xad\x8d", "video/x-ms-wtv"),
    (b"\x00\x00\x00\x01\x67\x42", "video/h264"),
    (b"\x00\x00\x00\x01\x67\x4d", "video/h264"),
    (b"\x00\x00\x00\x01\x67\x64", "video/h264"),
    (b"\x00\x00\x00\x01\x40\x01\x0c\x01", "video/h265"),
)
_SNIFFERS: Final[tuple[Callable[[Blob], str], ...]] = (
    _iso_media,
    _riff,
    _matroska,
    _asf,
    _mpeg,
    _ogg,
    _by_prefix,
    _transport_stream,
)


def sniff_video(blob: Blob) -> str:
    """Give the type of a film, or an empty string."""
    return next((mime for sniffer in _SNIFFERS if (mime := sniffer(blob))), "")
