"""Times as VICS writes them: with an offset. A time that was recorded without one is told beside the entity, never guessed."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

__all__ = ["as_offset", "read_time"]

PLAIN: Final = re.compile(
    r"\s*(\d{4})-(\d\d?)-(\d\d?)[T ](\d\d?):(\d\d):(\d\d)(\.\d{1,12})?\s*(Z|[+-]\d\d?:?\d\d)?Z?\s*", re.IGNORECASE
)
STRICT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,12})?(Z|[+-]\d\d:\d\d)")
DOT_NET: Final = re.compile(r"\s*/Date\((-?\d{1,18})([+-]\d{4})?\)/\s*")
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def as_offset(text: str | None) -> str:
    """Give a recorded time as VICS may hold it; empty when it has no offset, or is no time that VICS can hold."""
    if not text or not STRICT.fullmatch(text):
        return ""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return ""
    return text


def read_time(text: object) -> str:
    """Read a time of another tool as ISO 8601, its digits and offset as recorded; empty when it is none."""
    if not isinstance(text, str):
        return ""
    if net := DOT_NET.fullmatch(text):
        return _net(int(net[1]))
    found = PLAIN.fullmatch(text)
    if not found:
        return ""
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    written = f"{year}-{int(month):02}-{int(day):02}T{int(hour):02}:{minute}:{second}"
    offset = _offset(zone)
    try:
        datetime.fromisoformat(written + offset)
    except ValueError:
        return ""
    return written + (fraction or "") + offset


def _offset(zone: str | None) -> str:
    if not zone:
        return ""
    if zone in "Zz":
        return "+00:00"
    hours, minutes = zone[1:].replace(":", "")[:-2], zone[-2:]
    return f"{zone[0]}{int(hours):02}:{minutes}"


def _net(milliseconds: int) -> str:
    try:
        moment = EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return ""
    # the offset is only a hint for display: the number counts from 1970 in UTC
    return moment.isoformat(timespec="milliseconds")
