"""Keys for encrypted volumes: read from a file that the caller names, held in memory, never stored."""

import os
from dataclasses import dataclass
from pathlib import Path

from everyframe.errors import UsageError

__all__ = ["VARIABLE", "Keys", "read_keys"]

VARIABLE = "EVERYFRAME_KEYS"
KINDS = ("password", "recovery")


@dataclass(frozen=True, slots=True)
class Keys:
    """Hold passwords and recovery keys; each is tried on each encrypted volume."""

    passwords: tuple[str, ...] = ()
    recovery: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Keys({len(self.passwords)} passwords, {len(self.recovery)} recovery keys)"


def read_keys() -> Keys:
    """Read the file named by ``EVERYFRAME_KEYS``: a line each, ``password WORDS`` or ``recovery KEY``.

    Raises:
        UsageError: it cannot be read, or a line is neither.
    """
    path = os.environ.get(VARIABLE, "")
    if not path:
        return Keys()
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the file of keys cannot be read: {error}") from error
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for number, line in enumerate(lines, 1):
        kind, _, value = line.partition(" ")
        if not line.strip() or line.startswith("#"):
            continue
        if kind not in found or not value:
            raise UsageError(f"line {number} of the file of keys is neither 'password WORDS' nor 'recovery KEY'")
        found[kind].append(value)
    return Keys(tuple(found["password"]), tuple(found["recovery"]))
