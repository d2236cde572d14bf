"""Recorded times as text: exact to the nanosecond, with a zone only where the record has one."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

__all__ = ["FILETIME_EPOCH", "dos_text", "local_text", "utc_text"]

NANOSECONDS = 1_000_000_000
FILETIME_EPOCH = 116_444_736_000_000_000
"""The Unix epoch in FILETIME ticks (100 ns since 1601)."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=4096)
def _seconds_text(seconds: int) -> str | None:
    try:
        return (_EPOCH + timedelta(seconds=seconds)).isoformat()[:19]
    except OverflowError:
        return None


def utc_text(seconds: int, nanoseconds: int = 0) -> str | None:
    """Write an instant of the Unix clock as ISO 8601 with nanoseconds and ``+00:00``.

    None for a year outside 1-9999, which ISO 8601 cannot write without an agreement.
    """
    carry, nanoseconds = divmod(nanoseconds, NANOSECONDS)
    text = _seconds_text(seconds + carry)
    return None if text is None else f"{text}.{nanoseconds:09d}+00:00"


def local_text(seconds: int, nanoseconds: int = 0) -> str | None:
    """Write back the zoneless clock reading that the C library turned into a Unix time with this process's zone.

    The result depends on the zone only inside the hour that a change to summer time leaves out; a process whose ``TZ``
    is UTC has none.
    """
    try:
        moment = datetime.fromtimestamp(seconds, UTC).astimezone()
    except (OverflowError, ValueError, OSError):
        return None
    return f"{moment.isoformat()[:19]}.{nanoseconds:09d}" if nanoseconds else moment.isoformat()[:19]


def dos_text(date: int, time: int) -> str | None:
    """Write an MS-DOS date and time, which have two-second steps and no zone; None when they name no moment."""
    try:
        moment = datetime(  # noqa: DTZ001 - the record has no zone
            1980 + (date >> 9), date >> 5 & 15, date & 31, time >> 11, time >> 5 & 63, (time & 31) * 2
        )
    except ValueError:
        return None
    return moment.isoformat()
