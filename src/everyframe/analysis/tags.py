"""The tags of one content as the metadata reader gives them, every value as the text that was recorded."""

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

__all__ = ["Tag", "Tags", "parse"]

#: Groups that describe the descriptor we handed over, or the reader, and not the evidence.
_NOT_EVIDENCE: Final = frozenset({"System", "ExifTool", "SourceFile"})
_LEVEL: Final = 6


@dataclass(frozen=True, slots=True)
class Tag:
    """Hold one tag: the group that recorded it (``ExifIFD``), its name, and its value as text."""

    group: str
    name: str
    text: str

    @property
    def source(self) -> str:
        """Give group and name as people see them."""
        return f"{self.group}:{self.name}"


class Tags:
    """Hold all tags in the order in which they were read."""

    def __init__(self, tags: Iterable[Tag], *, raw: bytes, reader: str, error: str) -> None:
        self.all = tuple(tags)
        self.raw = raw
        self.reader = reader
        self.error = error
        self._named: dict[str, list[Tag]] = {}
        for tag in self.all:
            self._named.setdefault(tag.name, []).append(tag)

    def named(self, *names: str) -> Iterator[Tag]:
        """Give the tags of these names, name by name, each in the order read."""
        for name in names:
            yield from self._named.get(name, ())

    def first(self, *names: str) -> str:
        """Give the first of these that says anything."""
        return next((text for tag in self.named(*names) if (text := tag.text.strip(" \0\t\r\n"))), "")

    def value(self, source: str) -> str:
        """Give the tag of one group and name, or an empty text."""
        group, _, name = source.partition(":")
        return next((tag.text for tag in self.named(name) if tag.group == group), "")


def parse(answer: str) -> Tags:
    """Read the JSON of one object.

    Raises:
        ValueError: when it is none.
    """
    found = json.loads(answer, parse_int=str, parse_float=str, parse_constant=str)
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004 - the text is wrong, not its caller
    evidence = {key: value for key, value in found.items() if key.partition(":")[0] not in _NOT_EVIDENCE}
    text = json.dumps(evidence, ensure_ascii=False, separators=(",", ":"))
    return Tags(
        (tag for key, value in evidence.items() for tag in _flatten(key, value)),
        raw=zlib.compress(text.encode("utf-8", "replace"), _LEVEL),
        reader=f"exiftool {found.get('ExifTool:ExifToolVersion', '')}".strip(),
        error=str(found.get("ExifTool:Error", "")),
    )


def _flatten(key: str, value: object) -> Iterator[Tag]:
    """Give a tag, or one for each leaf of a structure, named by the path to it (``History[1].When``)."""
    parts = key.split(":")
    group, name = parts[0], parts[-1]
    yield from (Tag(group, name + path, text) for path, text in _leaves(value, ""))


def _leaves(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{number}]")
    else:
        yield path, str(value)
