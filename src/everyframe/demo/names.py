"""Make up file names, ordinary and odd."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

ODD_NAMES: tuple[tuple[str, Callable[[int], bytes]], ...] = (
    ("not-utf8", lambda n: b"caf\xe9 \xff\xfe %d.jpg" % n),
    ("255-bytes", lambda n: (b"long name %d " % n).ljust(251, b"x") + b".jpg"),
    ("newline", lambda n: b"two\nlines %d.jpg" % n),
    ("leading-dash", lambda n: b"-rf %d.jpg" % n),
    ("emoji", lambda n: f"\N{CAMERA} holiday \N{SUNFLOWER} {n}.jpg".encode()),
    ("right-to-left-override", lambda n: f"photo {n} \N{RIGHT-TO-LEFT OVERRIDE}gpj.exe.jpg".encode()),
    ("trailing-space", lambda n: b"trailing %d.jpg " % n),
    ("html", lambda n: b"<b onclick=alert(1)>&amp;'\"%d.jpg" % n),
)

WRONG_EXTENSIONS = (".txt", ".dat", ".png", "")

ALBUMS = ("harbour weekend", "garden", "new flat", "autumn walk", "lake", "town", "workshop")

DEEP_FOLDERS = (
    "Pictures/Old computer/Users/me/My Pictures/2012/Summer/from camera/backup/backup of backup",
    "Pictures/Edited",
    "Pictures/Unsorted",
    "Documents/scans/2021",
    "Backup/phone/Pictures/Shared",
    "Downloads/pictures",
)


class Names:
    """Hand out paths that are never used twice."""

    def __init__(self) -> None:
        """Begin with no path taken."""
        self._used: set[bytes] = set()

    def claim(self, path: bytes) -> bytes:
        """Return `path`, or the first free variant of it with a number before the extension."""
        candidate, number = path, 1
        while candidate.lower() in self._used:
            number += 1
            stem, dot, extension = path.rpartition(b".")
            candidate = b"%s_%d%s%s" % (stem or extension, number, dot, extension if stem else b"")
        self._used.add(candidate.lower())
        return candidate


def chat_picture(when: datetime, number: int) -> str:
    """Return where a chat app keeps a received picture."""
    return f"WhatsApp/Media/WhatsApp Images/IMG-{when:%Y%m%d}-WA{number % 10000:04d}.jpg"


def screen_picture(when: datetime, extension: str) -> str:
    """Return where a phone keeps a screenshot."""
    return f"Pictures/Screenshots/Screenshot_{when:%Y%m%d-%H%M%S}.{extension}"
