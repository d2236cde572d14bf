"""The times that a content records of itself, each with the tag it stands in, and in UTC where its zone is known."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from everyframe.analysis.tags import Tag, Tags
from everyframe.model.features import RecordedTime

__all__ = ["in_utc", "recorded_times"]

_TIME: Final = re.compile(
    r"(\d{4})[:\-/.](\d{1,2})[:\-/.](\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)?\s*(Z|[+-]\d{1,2}:?\d{2})?"
)
_NAME: Final = re.compile(r"Date|Time|When|Year")
#: Groups whose times are not of the picture: colour profiles, the reader's own, and what it works out of other tags.
_EXCLUDED: Final = ("ICC", "File", "Composite", "JFIF")
#: Groups whose clock is UTC by their specification.
_UTC_GROUPS: Final = re.compile(r"QuickTime$|Track\d+$|Matroska$|ASF$")
#: Date tags, each with the tags of its fraction of a second and of its offset from UTC.
_PARTNERS: Final[dict[str, tuple[str, str]]] = {
    "DateTimeOriginal": ("SubSecTimeOriginal", "OffsetTimeOriginal"),
    "CreateDate": ("SubSecTimeDigitized", "OffsetTimeDigitized"),
    "ModifyDate": ("SubSecTime", "OffsetTime"),
}
_EXIF_GROUPS: Final = frozenset({"IFD0", "ExifIFD"})
#: Dates whose time of day stands in a tag of its own.
_CLOCKS: Final[dict[str, str]] = {
    "GPS:GPSDateStamp": "GPS:GPSTimeStamp",
    "IPTC:DateCreated": "IPTC:TimeCreated",
    "IPTC:DigitalCreationDate": "IPTC:DigitalCreationTime",
    "IPTC:DateSent": "IPTC:TimeSent",
    "IPTC:ReleaseDate": "IPTC:ReleaseTime",
}
_PARTS: Final = frozenset(_CLOCKS.values())
_MICRO: Final = 6


def recorded_times(tags: Tags) -> tuple[RecordedTime, ...]:
    """Give every time recorded, in the order of the tags; those that say nothing (all zeros) are left out."""
    return tuple(dict.fromkeys(_each(tags)))


def _each(tags: Tags) -> Iterator[RecordedTime]:
    for tag in tags.all:
        if tag.group.startswith(_EXCLUDED) or not _NAME.search(tag.name) or tag.source in _PARTS:
            continue
        text = _whole_text(tag, tags)
        match = _TIME.match(text)
        if match and match[0].strip("0:- ./"):
            known = tag.group == "GPS" or bool(_UTC_GROUPS.match(tag.group)) or tag.name == "DateTimeUTC"
            yield RecordedTime(tag.source, text, in_utc(text, utc=known))


def _whole_text(tag: Tag, tags: Tags) -> str:
    """Join a date with its recorded time of day, fraction and offset, where those stand in tags of their own."""
    text = tag.text.strip(" \0")
    if clock := _CLOCKS.get(tag.source):
        return f"{text} {tags.value(clock)}".strip()
    fraction, offset = _PARTNERS.get(tag.name, ("", ""))
    if fraction and tag.group in _EXIF_GROUPS and _TIME.fullmatch(text):
        digits = tags.value(f"ExifIFD:{fraction}").strip(" \0")
        zone = tags.value(f"ExifIFD:{offset}").strip(" \0")
        text += f".{digits}" if digits.isdigit() and "." not in text else ""
        text += zone if re.fullmatch(r"[+-]\d\d:\d\d|Z", zone) else ""
    return text


def in_utc(text: str, *, utc: bool = False) -> str | None:
    """Give the instant of a recorded text in UTC, ISO 8601, or None when its zone is not known or it is no real time.

    Args:
        text: as recorded.
        utc: whether a text without an offset is UTC by the specification of where it stands.
    """
    match = _TIME.match(text)
    if not match or match[4] is None:
        return None
    zone = _zone(match[8]) if match[8] else UTC if utc else None
    if zone is None:
        return None
    micros = int((match[7] or "0").ljust(_MICRO, "0")[:_MICRO])
    try:
        year, month, day, hour, minute, second = (int(match[i] or 0) for i in range(1, 7))
        return datetime(year, month, day, hour, minute, second, micros, tzinfo=zone).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return None


def _zone(text: str) -> timezone | None:
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "").zfill(4)
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    try:
        return timezone(offset if text[0] == "+" else -offset)
    except ValueError:
        return None
