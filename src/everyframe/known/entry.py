"""One row of a known set, as every reader gives it."""

from typing import Final

import msgspec

__all__ = ["ALGORITHMS", "EXACT", "KnownEntry"]

#: Length in bytes of every value that is kept, by algorithm.
ALGORITHMS: Final[dict[str, int]] = {"md5": 16, "sha1": 20, "sha256": 32, "pdq": 32, "photodna": 144}
#: Those that name one content exactly.
EXACT: Final = ("md5", "sha1", "sha256")


class KnownEntry(msgspec.Struct, frozen=True):
    """Hold what a set says of one file; an empty value was not said.

    Immutable like every object of the domain, and made by compiled code: a set has a hundred million of these.

    ``category`` is the code as the set writes it, never translated; ``flags`` holds only what was stated, true or false;
    ``extra`` keeps every other field of the format under its own name. ``quality`` is PDQ's, ``size`` in bytes; -1: unknown.
    """

    md5: bytes = b""
    sha1: bytes = b""
    sha256: bytes = b""
    pdq: bytes = b""
    photodna: bytes = b""
    quality: int = -1
    category: str = ""
    size: int = -1
    name: str = ""
    tags: str = ""
    series: str = ""
    comments: str = ""
    flags: dict[str, bool] = {}
    extra: dict[str, object] = {}
