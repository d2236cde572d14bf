"""Figures as people read them, and the account cut into the parts of its bar."""

from dataclasses import dataclass
from typing import Any

from everyframe.model.states import State

__all__ = ["Part", "amount", "hours", "number", "parts", "percent", "percent_of", "size"]

UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
STEP = 1000
TENTHS_BELOW = 100


@dataclass(frozen=True, slots=True)
class Part:
    """Hold one part of the bar: a state, where it begins and how wide it is, in thousandths."""

    state: str
    start: float
    width: float


def amount(number: int) -> str:
    """Write a whole number with thin spaces between the thousands."""
    return f"{number:,}".replace(",", "\u202f")


def size(number: int) -> str:
    """Write a number of bytes in decimal units."""
    value, unit = float(number), 0
    while value >= STEP and unit < len(UNITS) - 1:
        value, unit = value / STEP, unit + 1
    tenths = unit and value < TENTHS_BELOW
    return f"{value:.1f}\u202f{UNITS[unit]}" if tenths else f"{value:.0f}\u202f{UNITS[unit]}"


def percent(part: int, whole: int) -> str:
    """Write a share; only all of it is 100 %, and only none of it is 0 %."""
    if not whole:
        return "\u2013"
    share = 100 * part / whole
    bounded = min(max(share, 0.1), 99.9) if 0 < part < whole else share
    return f"{bounded:.1f}\u202f%" if bounded % 1 else f"{bounded:.0f}\u202f%"


def number(value: float | None) -> str:
    """Write a figure with tenths below a hundred; a dash where there is none."""
    if value is None:
        return "\u2013"
    return f"{value:.1f}" if value < TENTHS_BELOW else amount(round(value))


def hours(value: float | None) -> str:
    """Write a time that is given in hours: minutes below one hour, and none below half a minute."""
    if value is None:
        return "\u2013"
    return f"{round(60 * value)}\u202fmin" if value < 1 else f"{number(value)}\u202fh"


def percent_of(share: float | None) -> str:
    """Write a share of one, rounded down, as it is a bound from below; a dash where there is none."""
    return "\u2013" if share is None else f"{int(100 * share)}\u202f%"


def parts(account: dict[str, Any]) -> list[Part]:
    """Cut the bar of an account: states that are done first, what is left last."""
    whole, at, found = account["listed"] or 1, 0.0, []
    for state in BAR:
        width = 1000 * account["states"][state]["files"] / whole
        found.append(Part(state.value, round(at, 3), round(width, 3)))
        at += width
    return found


BAR = (
    State.LOOKED,
    State.DUPLICATE_OF_LOOKED,
    State.STACKED_UNDER_LOOKED,
    State.KNOWN,
    State.EXCLUDED,
    State.NOT_MEDIA,
    State.UNREADABLE,
    State.REMAINING,
    State.PENDING,
)
