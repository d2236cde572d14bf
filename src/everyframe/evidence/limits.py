"""The limits against archives made to exhaust whoever opens them, and the tally held against them."""

from dataclasses import dataclass

from everyframe.errors import EvidenceError

__all__ = ["ArchiveLimits", "Tally"]

MIB = 1 << 20
RATIO_FLOOR = 256 * MIB
"""Bytes unpacked below which no ratio is asked for: a small file of zeros is no danger."""


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Hold what one archive may ask for.

    Args:
        members: names listed, directories included.
        ratio: bytes unpacked for each byte of the archive, once more than 256 MiB are unpacked.
        total_bytes: bytes unpacked from the whole archive.
        member_bytes: bytes unpacked from one member, which is held in memory.
        name_bytes: length of one member's name.
    """

    members: int = 1_000_000
    ratio: int = 1000
    total_bytes: int = 1 << 40
    member_bytes: int = 1 << 30
    name_bytes: int = 64 * 1024


class Tally:
    """Count what an archive declares and gives, and say which limit it passes."""

    def __init__(self, limits: ArchiveLimits, packed: int) -> None:
        self.limits = limits
        self._packed = packed
        self._members = 0
        self._declared = 0
        self._unpacked = 0
        self._counted: set[int] = set()

    def listed(self, name: bytes, size: int) -> str:
        """Count one listed member; the words name the limit passed, if one is."""
        self._members += 1
        self._declared += size
        if self._members > self.limits.members:
            return f"more than {self.limits.members:,} members"
        if len(name) > self.limits.name_bytes:
            return f"a name of {len(name):,} bytes, and at most {self.limits.name_bytes:,} are read"
        return self._excess(self._declared, "members declare")

    def member(self, size: int) -> str:
        """Say so when one member is larger than is held in memory."""
        limit = self.limits.member_bytes
        return f"a member of {size:,} bytes or more, and at most {limit:,} are unpacked" if size > limit else ""

    def begin(self, ordinal: int) -> bool:
        """Tell whether the bytes of this member count; those of a member read again do not."""
        counts = ordinal not in self._counted
        self._counted.add(ordinal)
        return counts

    def unpacked(self, size: int) -> None:
        """Count bytes as they are unpacked."""
        self._unpacked += size
        if words := self._excess(self._unpacked, "members unpacked so far have"):
            raise EvidenceError(f"archive limit: {words}", "archive-limit")

    def _excess(self, total: int, who: str) -> str:
        if total > self.limits.total_bytes:
            return f"{who} {total:,} bytes, more than the {self.limits.total_bytes:,} of one archive"
        if total > RATIO_FLOOR and total > self.limits.ratio * self._packed:
            return f"{who} {total:,} bytes, more than {self.limits.ratio:,} times the {self._packed:,} of the archive"
        return ""
