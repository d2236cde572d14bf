"""What carving gives: files, fragments of files, and pictures embedded in either."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

__all__ = ["Carved", "Extent", "Limits", "Notice", "Span", "State"]

Span: TypeAlias = tuple[int, int]
"""Offset and size, both in bytes."""

MIB = 1 << 20


class State(StrEnum):
    """How much of a file was found."""

    WHOLE = "whole"
    """From its first byte to its last, with a structure that holds all the way."""
    FRAGMENT = "fragment"
    """From its first byte to where its structure breaks off."""
    EMBEDDED = "embedded"
    """A picture inside another one, such as the preview that a camera writes: not a file of its own."""


@dataclass(frozen=True, slots=True)
class Carved:
    """Hold where one file lies.

    Args:
        offset: of its first byte, in the numbering of the ranges that were searched.
        size: bytes of it, over all pieces.
        kind: of content, such as ``jpeg``.
        state: how much of it was found.
        pieces: offset and size of each part, in the order of the file. More than one where the ranges left something
            out within it, or where two parts were joined because together they hold.
        why: what broke it off, for a fragment; empty otherwise.
        parent: offset of the picture that this one is embedded in.
        joined: whether its two parts were found by trying (``pieces`` then skips bytes within the ranges).
    """

    offset: int
    size: int
    kind: str
    state: State
    pieces: tuple[Span, ...]
    why: str = ""
    parent: int | None = None
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """Say what was left out, and how much of it: nothing is left out in silence.

    Args:
        code: ``files-limit``, ``fragments-limit``, ``embedded-limit``, ``work-limit`` or ``joining-limit``.
        offset: where the limit was first passed.
        count: what was left out, in files, fragments, pictures, starts not looked into, or files not joined.
        text: the same in words.
    """

    code: str
    offset: int
    count: int
    text: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Hold what one search may ask for; each limit that is passed becomes a `Notice`.

    Args:
        files: whole files given.
        fragments: fragments given.
        embedded: embedded pictures given.
        work_floor: bytes that looking into possible starts may read, whatever the size searched.
        work_ratio: bytes that it may read more, for each byte searched so far.
        join_floor: the same for trying to join two parts of a file.
        join_ratio: the same, for each byte searched so far.
        gap: bytes that may lie between two parts that are joined.
    """

    files: int = 1_000_000
    fragments: int = 200_000
    embedded: int = 1_000_000
    work_floor: int = 256 * MIB
    work_ratio: int = 8
    join_floor: int = 512 * MIB
    join_ratio: int = 4
    gap: int = 4 * MIB


@dataclass(frozen=True, slots=True)
class Extent:
    """Hold what a parser found, in positions of the view that it was given.

    Args:
        kind: of content.
        end: position behind the last byte.
        whole: whether it is all there.
        why: what broke it off, if it is not.
        sure: position up to which the structure leaves no doubt; the search goes on there behind a fragment.
        embedded: spans of pictures inside.
        gap: what lies between its two parts, when it has two.
        soft: whether the content has no structure of its own, so that a start of another file within it is believed.
    """

    kind: str
    end: int
    whole: bool
    why: str = ""
    sure: int = 0
    embedded: tuple[Span, ...] = ()
    gap: Span | None = None
    soft: bool = False
