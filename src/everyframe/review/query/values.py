"""Reading the values of a query. Each function takes the text and the operator, and raises ValueError with what is wrong."""

import re
from collections.abc import Callable
from typing import Final

from everyframe.model.query import Box, Likeness, Range, Span

__all__ = ["box", "digest", "length", "likeness", "nothing", "number", "size", "span"]

_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_SIZED: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(|[kKmMgGtT])(|[iI])([bB]?)")
_LENGTH: Final = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)")
_TIME: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d))?)?)?)?)?")
_POINT: Final = re.compile(r"(-?\d+(?:\.\d+)?)/(-?\d+(?:\.\d+)?)")
_STEPS: Final = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_PDQ_HEX, _FURTHEST, _USUAL = 64, 256, 60
_LEAST_HEX, _MOST_HEX = 8, 64
_LIMITS: Final = ((1, 9999), (1, 12), (1, 31), (0, 23), (0, 59), (0, 59))
_LATITUDE, _LONGITUDE = 90, 180


def nothing(_text: str, _operator: str) -> None:
    """Leave a text as it is."""


def group(text: str, _operator: str) -> None:
    """Hold a number of a Media, or ``none``."""
    if text != "none" and not re.fullmatch(r"[0-9]{1,9}", text):
        raise ValueError("this field takes the number of a content, or none")


def number(text: str, operator: str) -> Range:
    """Read a number or a range of numbers."""
    return _range(text, operator, _plain)


def size(text: str, operator: str) -> Range:
    """Read a number with a unit: k, M, G, T are thousands, with an ``i`` 1,024s; a ``B`` may follow."""
    return _range(text, operator, _sized)


def length(text: str, operator: str) -> Range:
    """Read a length of time, in seconds or as h:mm:ss; gives milliseconds."""
    return _range(text, operator, _milliseconds)


def span(text: str, operator: str) -> Span:
    """Read a day, month, year, hour …, or two with ``..`` between them: from the first to the end of the second."""
    first, dots, last = text.partition("..")
    if dots and operator != ":":
        raise ValueError("a range stands behind a colon only")
    if dots:
        return Span(_begin(first) if first else "", _end(last) if last else "")
    begin, end = _begin(first), _end(first)
    return {
        ":": Span(begin, end),
        ">": Span(end, ""),
        ">=": Span(begin, ""),
        "<": Span("", begin),
        "<=": Span("", end),
    }[operator]


def box(text: str, _operator: str) -> Box:
    """Read SOUTH/WEST..NORTH/EAST."""
    first, dots, last = text.partition("..")
    low, high = _POINT.fullmatch(first), _POINT.fullmatch(last)
    if not dots or not low or not high:
        raise ValueError("a place is SOUTH/WEST..NORTH/EAST in degrees, as 49.4/5.9..50.2/6.6")
    south, west, north, east = (float(part) for match in (low, high) for part in match.groups())
    if max(abs(south), abs(north)) > _LATITUDE or max(abs(west), abs(east)) > _LONGITUDE or south > north:
        raise ValueError("degrees run from -90 to 90 (south first) and from -180 to 180")
    return Box(south, west, north, east)


def digest(text: str, _operator: str) -> None:
    """Check that a text is the beginning of a digest."""
    if not re.fullmatch(r"[0-9a-fA-F]+", text) or not _LEAST_HEX <= len(text) <= _MOST_HEX:
        raise ValueError("a hash is 8 to 64 letters from 0 to 9 and a to f")


def likeness(text: str, _operator: str) -> Likeness:
    """Read MEDIA/BITS, or a PDQ hash in its place; 60 bits when none are given."""
    what, slash, bits = text.partition("/")
    if slash and (not bits.isascii() or not bits.isdigit() or int(bits) > _FURTHEST):
        raise ValueError("the distance is a whole number of bits from 0 to 256")
    distance = int(bits) if slash else _USUAL
    if len(what) == _PDQ_HEX and re.fullmatch(r"[0-9a-fA-F]+", what):
        return Likeness(0, bytes.fromhex(what), distance)
    if what.isascii() and what.isdigit() and 0 < int(what) < 1 << 31:
        return Likeness(int(what), b"", distance)
    raise ValueError("it takes the number of a content, or a PDQ hash of 64 letters, and may go on with /BITS")


def _range(text: str, operator: str, read: Callable[[str], float]) -> Range:
    first, dots, last = text.partition("..")
    if dots and operator != ":":
        raise ValueError("a range stands behind a colon only")
    if dots:
        if not first and not last:
            raise ValueError("a range needs a beginning or an end")
        return Range(read(first) if first else None, read(last) if last else None)
    value = read(first)
    return {
        ":": Range(value, value),
        ">": Range(low=value, above=True),
        ">=": Range(low=value),
        "<": Range(high=value, below=True),
        "<=": Range(high=value),
    }[operator]


def _plain(text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise ValueError("it takes a number, or two with .. between them")
    return float(text)


def _sized(text: str) -> float:
    match = _SIZED.fullmatch(text)
    if not match:
        raise ValueError("it takes a number with kB, MB, GB … behind it if you like")
    return float(match[1]) * float((1024 if match[3] else 1000) ** _STEPS[match[2].lower()])


def _milliseconds(text: str) -> float:
    match = _LENGTH.fullmatch(text)
    if not match:
        raise ValueError("a length is in seconds, or as 1:30 or 1:02:30")
    return 1000 * (int(match[1] or 0) * 3600 + int(match[2] or 0) * 60 + float(match[3]))


def _parts(text: str) -> list[int]:
    match = _TIME.fullmatch(text)
    if not match:
        raise ValueError("a time is 2024, 2024-05, 2024-05-31 or 2024-05-31T18:30")
    found = [int(part) for part in match.groups() if part is not None]
    for part, (least, most) in zip(found, _LIMITS, strict=False):
        if not least <= part <= most:
            raise ValueError(f"{text} is no time that exists")
    return found


def _begin(text: str) -> str:
    return _written(_parts(text))


def _end(text: str) -> str:
    """Give where a time of some precision ends, as text that sorts: the last part goes one up, beyond its usual limit."""
    parts = _parts(text)
    parts[-1] += 1
    return _written(parts)


def _written(parts: list[int]) -> str:
    marks = ("", "-", "-", "T", ":", ":")
    return "".join(f"{mark}{part:0{4 if not mark else 2}d}" for mark, part in zip(marks, parts, strict=False))
