"""What is known of a set as a whole: who made it, under which scheme, how far it is trusted, and what was read."""

import dataclasses
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from everyframe.errors import UsageError

__all__ = ["KINDS", "TRUSTS", "SetInfo", "read_info", "write_info"]

#: What a hit means: alert, a person looks now; known-software, known and not thereby harmless; reference, a fact beside others.
KINDS: Final = ("alert", "known-software", "reference")
#: How far the categories are trusted: set by an authority, by the agency itself, or by nobody yet.
TRUSTS: Final = ("official", "agency", "unverified")
FILE: Final = "info.json"
#: Facts that sets of earlier versions do not have.
LATER: Final = {"onto", "applied"}


@dataclass(frozen=True, slots=True)
class SetInfo:
    """Hold the facts of one imported set; ``algorithms`` and ``categories`` say how many rows have each.

    A set that a delta made names the one it replaced as ``onto``, and in ``applied`` the SHA-256 of every file before.
    """

    id: str
    name: str
    kind: str
    scheme: str
    version: str
    trust: str
    format: str
    source: str
    source_digest: str
    source_bytes: int
    imported_at: str
    imported_by: str
    rows: int = 0
    algorithms: dict[str, int] = field(default_factory=dict)
    categories: dict[str, int] = field(default_factory=dict)
    lint: dict[str, int] = field(default_factory=dict)
    lint_examples: dict[str, list[str]] = field(default_factory=dict)
    onto: str = ""
    applied: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Refuse a kind or trust that does not exist."""
        if self.kind not in KINDS:
            raise UsageError(f"no kind of set {self.kind!r}; there are {', '.join(KINDS)}")
        if self.trust not in TRUSTS:
            raise UsageError(f"no trust {self.trust!r}; there are {', '.join(TRUSTS)}")


def write_info(folder: Path, info: SetInfo) -> None:
    """Write the facts of a set into its folder, whole or not at all."""
    part = folder / f"{FILE}.part"
    with part.open("w", encoding="utf-8") as file:
        json.dump(asdict(info), file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / FILE)


def read_info(folder: Path) -> SetInfo:
    """Read the facts of a set.

    Raises:
        UsageError: there are none, or they are damaged.
    """
    try:
        data = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return SetInfo(
            **{f.name: data[f.name] for f in dataclasses.fields(SetInfo) if f.name in data or f.name not in LATER}
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{folder}: the facts of this set cannot be read ({error}); import it again") from error
