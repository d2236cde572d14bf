"""Where in a content its embedded pictures stand, by the tags that point at them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from everyframe.analysis.tags import Tags

__all__ = ["POINTERS", "Located", "located"]

#: What is pointed at, the tag of its first byte, the tag of its length.
POINTERS: Final[tuple[tuple[str, str, str], ...]] = (
    ("ThumbnailImage", "ThumbnailOffset", "ThumbnailLength"),
    ("PreviewImage", "PreviewImageStart", "PreviewImageLength"),
    ("JpgFromRaw", "JpgFromRawStart", "JpgFromRawLength"),
    ("OtherImage", "OtherImageStart", "OtherImageLength"),
    ("MPImage", "MPImageStart", "MPImageLength"),
)


@dataclass(frozen=True, slots=True)
class Located:
    """Hold the name, first byte and length of an embedded picture."""

    name: str
    offset: int
    length: int


def located(tags: Tags) -> Iterator[Located]:
    """Give every place that a pair of tags points at, in file terms."""
    for name, start, length in POINTERS:
        for first, count in zip(tags.named(start), tags.named(length), strict=False):
            if first.text.isdigit() and count.text.isdigit():
                yield Located(name, int(first.text), int(count.text))
