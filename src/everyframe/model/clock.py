"""The clock: every time that Everyframe records itself is UTC, with its offset written out."""

from datetime import UTC, datetime

__all__ = ["now"]


def now() -> str:
    """Give the present instant as ISO 8601 in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
