"""What a disk image holds beside files: its container, its volumes, and what is known of a recovered record."""

from dataclasses import asdict, dataclass
from enum import StrEnum, unique
from typing import Any

from everyframe.model.warning import Problem

__all__ = ["UNREAD", "ImageFacts", "Layout", "Recovered", "RecoveredState", "Segment", "Volume", "VolumeState"]


@unique
class RecoveredState(StrEnum):
    """Tell how much of a recovered record's content is still its own."""

    INTACT = "intact"
    PARTLY_REALLOCATED = "partly-reallocated"
    OVERWRITTEN = "overwritten"
    NAME_ONLY = "name-only"
    FRAGMENT = "fragment"
    EMBEDDED = "embedded"


@dataclass(frozen=True, slots=True)
class Recovered:
    """Hold what VICS asks of a file that is not live.

    Args:
        state: how much of its content is still its own.
        offset: first byte of the content within the image, where it stands in one place that is known (VICS
            ``PhysicalLocation``).
        deleted: a record of a deleted file names it.
        unallocated: its bytes belong to no live file.
    """

    state: RecoveredState
    offset: int | None = None
    deleted: bool = True
    unallocated: bool = True


@unique
class VolumeState(StrEnum):
    """Tell what can be read of a volume. ``gap``: no partition covers it; ``holds``: other volumes are inside."""

    READ = "read"
    UNLOCKED = "unlocked"
    LOCKED = "locked"
    UNREADABLE = "unreadable"
    GAP = "gap"
    HOLDS = "holds"


UNREAD = frozenset({VolumeState.LOCKED, VolumeState.UNREADABLE})
"""The states of a volume whose bytes nobody can read as files."""


@dataclass(frozen=True, slots=True)
class Volume:
    """Hold one stretch of an image.

    Args:
        key: its name in paths (``p1``, ``p2/root``); empty for a file system without a partition table around it.
        offset: first byte within the image; within its outer volume for one that is inside another.
        size: bytes.
        kind: the file system or encryption found, in words.
        label: what the partition table calls it.
        state: what can be read of it.
        reason: why it cannot be read, or what is wrong with it.
        within: key of the volume it is inside of, for logical volumes.
    """

    key: str
    offset: int
    size: int
    kind: str
    label: str = ""
    state: VolumeState = VolumeState.READ
    reason: str = ""
    within: str | None = None

    @property
    def searchable(self) -> bool:
        """Tell whether it is worth a search for files by their structure: what is locked shows none."""
        return self.readable or (self.state in (VolumeState.GAP, VolumeState.UNREADABLE) and self.key != "missing")

    @property
    def readable(self) -> bool:
        """Tell whether files can be listed in it."""
        return self.state in (VolumeState.READ, VolumeState.UNLOCKED)

    @property
    def unread(self) -> bool:
        """Tell whether nobody can read its bytes as files."""
        return self.state in UNREAD

    def as_json(self) -> dict[str, Any]:
        """Give it as scripts read it."""
        return asdict(self) | {"state": self.state.value}


@dataclass(frozen=True, slots=True)
class Segment:
    """Hold one file of an image: its path, size in bytes and time of modification (ns since 1970) when it was listed."""

    path: bytes
    size: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """Hold what a container says of itself.

    Args:
        container: ``raw``, ``ewf`` and so on.
        size: bytes of the disk within.
        segments: the files it consists of.
        hashes: name and hexadecimal digest, as stored in the image by whoever made it.
        notes: what else it says: case number, examiner, dates, acquisition errors.
    """

    container: str
    size: int
    segments: tuple[Segment, ...]
    hashes: tuple[tuple[str, str], ...] = ()
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """Hold what is found in an image before any file is listed."""

    facts: ImageFacts
    table: str
    volumes: tuple[Volume, ...]
    problems: tuple[Problem, ...] = ()
