"""The fields of a query, each with the kind of value it takes and what it asks. The docs and the screen read this list."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from everyframe.model.query import Box, Likeness, Range, Span
from everyframe.model.states import Provenance
from everyframe.review.query import values

__all__ = ["DEFAULT", "FIELDS", "Field", "field_named"]

Reader = Callable[[str, str], Range | Span | Box | Likeness | None]

YES_NO: Final = ("yes", "no")
STATES: Final = ("remaining", "looked", "excluded")
KINDS: Final = ("picture", "animation", "film")
HAS: Final = ("place", "camera", "serial", "time", "embedded", "warning", "decision", "tag", "note", "clue")
DEFAULT: Final = "path"


@dataclass(frozen=True, slots=True)
class Field:
    """Describe one field.

    Args:
        name: as it is written before the colon.
        takes: the kind of value, for people: ``word``, ``text``, ``number``, ``size``, ``time``, ``hash``, ``place`` …
        meaning: what it asks, in one line.
        read: turns a value and its operator into data, or raises ValueError with what is wrong.
        choices: the only words allowed, when there are such.
        compared: whether ``<``, ``<=``, ``>`` and ``>=`` may stand instead of the colon.
        clocked: whether ``@CLOCK`` may follow the name.
    """

    name: str
    takes: str
    meaning: str
    read: Reader
    choices: tuple[str, ...] = ()
    compared: bool = False
    clocked: bool = False


def _words(name: str, choices: tuple[str, ...], meaning: str) -> Field:
    return Field(name, "word", meaning, values.nothing, choices)


def _text(name: str, meaning: str) -> Field:
    return Field(name, "text", meaning, values.nothing)


def _number(name: str, meaning: str) -> Field:
    return Field(name, "number", meaning, values.number, compared=True)


def _time(name: str, meaning: str, *, clocked: bool = False) -> Field:
    return Field(name, "time", meaning, values.span, compared=True, clocked=clocked)


FIELDS: Final[tuple[Field, ...]] = (
    _words("state", STATES, "what the account says of it: left to look at, looked at, set aside"),
    _words("decided", YES_NO, "whether a category stands"),
    _text("category", "the code of the category that stands, of the case's own scheme"),
    _words("kind", KINDS, "picture, animation (or several pages), film"),
    _text("type", "the type by content, as image/jpeg or jpeg"),
    _text("exhibit", "the reference of the exhibit that a file of it is in"),
    _text("folder", "a folder that a file of it is in, or is below"),
    _text(
        "within",
        "EXHIBIT//FOLDER: its first file is in this very folder, or embedded in one that is; a group of the queue",
    ),
    _text("path", "letters anywhere in the path of a file of it; what is written without a field asks this"),
    _text("name", "letters in the last part of the path"),
    _words("provenance", tuple(Provenance), "how a file of it came to be in the exhibit"),
    _text("make", "the camera's make"),
    _text("model", "the camera's model"),
    _text("serial", "the camera's body serial"),
    _text("lens", "the lens"),
    _text("software", "the software that wrote it"),
    _time("taken", "a time that the content records, by any of its clocks or by the one after @", clocked=True),
    _time("modified", "when the file system says a file of it was last changed"),
    _time("created", "when the file system says a file of it was made"),
    _time("accessed", "when the file system says a file of it was last read"),
    Field("place", "box", "where it was taken: SOUTH/WEST..NORTH/EAST in degrees", values.box),
    _words("has", HAS, "whether it has one at all"),
    _text("warning", "the kind of a warning about it or a file of it"),
    _words("damaged", YES_NO, "whether it is shown only as far as it goes"),
    _words("differs", YES_NO, "whether its embedded thumbnail shows something else"),
    _words("known", YES_NO, "whether a known set has it; what is known is shown, too, where this is asked"),
    _words("stacked", YES_NO, "whether near-duplicates are folded under it"),
    Field(
        "stack",
        "group",
        "the whole stack that MEDIA stands in, what is folded, too; or none: in no stack",
        values.group,
    ),
    Field(
        "burst",
        "group",
        "taken in one go with MEDIA by the same camera; or none: in no burst of two or more",
        values.group,
    ),
    Field("size", "size", "bytes, with kB, MB, GB if you like", values.size, compared=True),
    _number("width", "pixels across"),
    _number("height", "pixels down"),
    Field("pixels", "number", "width times height, with k or M if you like", values.size, compared=True),
    Field("length", "length", "length of a film: seconds, or 1:30, or 1:02:30", values.length, compared=True),
    _number("frames", "frames or pages"),
    _number("copies", "files that have these bytes"),
    _text("tag", "a tag that somebody gave it"),
    _text("note", "letters in a note on it"),
    _text("clue", "the kind of a clue on it, or letters in its words"),
    _text("decided-by", "who made the decision that stands"),
    _text("seen-by", "who looked at it"),
    Field("hash", "hash", "the SHA-256, SHA-1 or MD5, or its first letters (8 or more)", values.digest),
    Field(
        "similar", "likeness", "looks like MEDIA, or like a PDQ hash, within BITS of 256: MEDIA/BITS", values.likeness
    ),
    _number("id", "the number of the content in this case"),
)
_BY_NAME: Final = {f.name: f for f in FIELDS}


def field_named(name: str) -> Field | None:
    """Give the field with a name, or None."""
    return _BY_NAME.get(name)
