"""The parts of a query: terms and how they are joined. A query is parsed in ``review.query`` and carried out in ``store``."""

from dataclasses import dataclass, field

__all__ = ["All", "Any", "Box", "Likeness", "Node", "Not", "Range", "Span", "Term", "Value"]


@dataclass(frozen=True, slots=True)
class Range:
    """Hold a range of numbers; None leaves an end open. ``above`` and ``below`` leave the end itself out."""

    low: float | None = None
    high: float | None = None
    above: bool = False
    below: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Hold a span of time as text that sorts, ``YYYY[-MM[-DD[THH[:MM[:SS]]]]]``: from ``low`` on, and before ``high``."""

    low: str = ""
    high: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """Hold a rectangle of the earth in degrees; one with ``west`` above ``east`` crosses the date line."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """Ask for what looks like a picture: a Media by its id, or a PDQ hash (32 bytes), within so many bits of 256."""

    media_id: int
    pdq: bytes
    distance: int


@dataclass(frozen=True, slots=True)
class Value:
    """Hold one value: as it was written, and as it is understood (None where the text is all there is to it)."""

    text: str
    data: Range | Span | Box | Likeness | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """Ask one field for any of some values.

    Args:
        name: of the field.
        values: any of them will do.
        operator: as written: ``:``, ``<``, ``<=``, ``>`` or ``>=``.
        clock: which clock a time is read from; any of the field's when empty.
        start: place of its first letter in the query.
        end: place behind its last letter.
    """

    name: str
    values: tuple[Value, ...]
    operator: str = ":"
    clock: str = ""
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Ask for what is not."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class All:
    """Ask for what is all of it; of no parts, everything is."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Ask for what is any of it."""

    parts: tuple["Node", ...]


Node = Term | Not | All | Any
