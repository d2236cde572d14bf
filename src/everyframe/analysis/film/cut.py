"""Whether a film is cut short, by what its own container declares."""

from collections.abc import Callable
from typing import Final

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import boxes

__all__ = ["film_cut"]

_SEGMENT: Final = b"\x18\x53\x80\x67"
_FILE_PROPERTIES: Final = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_TAG_TYPES: Final = frozenset({8, 9, 18})
_PACKET: Final = 188
_TIMED_PACKET: Final = 192


def film_cut(blob: Blob, mime: str) -> str:
    """Tell in words of bytes that a container declares and that are not there; empty when nothing shows it."""
    return _CHECKS.get(mime, boxes.box_damage if mime in _ISO else _unknown)(blob)


def _unknown(blob: Blob) -> str:
    del blob
    return ""


def _less(declared: int, blob: Blob) -> str:
    return f"declares {declared} bytes, has {blob.size}" if declared > blob.size else ""


def _riff(blob: Blob) -> str:
    return _less(8 + int.from_bytes(blob.head(8)[4:8], "little"), blob)


def _matroska(blob: Blob) -> str:
    """Compare with the length of the segment, unless it is a live recording, which has none."""
    head = blob.head(4096)
    at = head.find(_SEGMENT)
    if at < 0 or at + 5 > len(head) or not head[at + 4]:
        return ""
    width = 9 - head[at + 4].bit_length()
    length = int.from_bytes(head[at + 4 : at + 4 + width], "big") & ((1 << (7 * width)) - 1)
    return "" if length == (1 << (7 * width)) - 1 else _less(at + 4 + width + length, blob)


def _asf(blob: Blob) -> str:
    head = blob.head(65536)
    at = head.find(_FILE_PROPERTIES)
    return _less(int.from_bytes(head[at + 40 : at + 48], "little"), blob) if at >= 0 else ""


def _flash(blob: Blob) -> str:
    """Look for the tag whose length stands at the very end."""
    length = int.from_bytes(blob.tail(4), "big")
    tag = blob.read_at(blob.size - 4 - length, 4)
    whole = length > 10 and tag[:1] and tag[0] in _TAG_TYPES and int.from_bytes(tag[1:4], "big") == length - 11  # noqa: PLR2004 - as the format has it
    return "" if whole else "cut short inside a tag"


def _transport_stream(blob: Blob) -> str:
    packet = _PACKET if blob.head(1) == b"\x47" else _TIMED_PACKET
    return "cut short inside a packet" if blob.size % packet else ""


_ISO: Final = frozenset({"video/mp4", "video/quicktime", "video/x-m4v", "video/3gpp", "video/3gpp2", "video/x-f4v"})
_CHECKS: Final[dict[str, Callable[[Blob], str]]] = {
    "video/x-msvideo": _riff,
    "video/x-matroska": _matroska,
    "video/webm": _matroska,
    "video/x-ms-asf": _asf,
    "video/x-flv": _flash,
    "video/mp2t": _transport_stream,
}
