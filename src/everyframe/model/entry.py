"""What a reader lists: one name in the evidence, before any of its bytes are opened."""

from dataclasses import dataclass

from everyframe.model.disk import Recovered
from everyframe.model.states import EntryKind, Provenance
from everyframe.model.warning import Problem

__all__ = ["Entry", "display_path"]


def display_path(path: bytes) -> str:
    r"""Give the form of a path that people see: UTF-8, other bytes and control characters as ``\\xNN``.

    Bidirectional overrides and line separators are escaped too, so that a name cannot show itself as another.
    """
    text = path.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold one listed name of a folder, archive or image.

    Args:
        path: bytes as recorded, relative to the reader's root, parts joined by ``/``.
        kind: what it is; only files are ever opened.
        size: bytes as recorded, or None where the container does not say.
        modified: time as recorded, ISO 8601; with an offset (``+00:00`` for an absolute clock) or, when the container
            keeps local time without a zone, with none. The same for ``accessed``, ``changed`` and ``created``.
        provenance: how it came to be there.
        locator: what the reader needs to open it again (a member's number, say); meaningless to others.
        problem: why it cannot be opened or entered, when the listing already shows that.
        recovered: how much of it is left and where, for a deleted record or a carved file.
    """

    path: bytes
    kind: EntryKind = EntryKind.FILE
    size: int | None = None
    modified: str | None = None
    accessed: str | None = None
    changed: str | None = None
    created: str | None = None
    provenance: Provenance = Provenance.LIVE
    locator: str = ""
    problem: Problem | None = None
    recovered: Recovered | None = None

    @property
    def display(self) -> str:
        """Give the path as people see it."""
        return display_path(self.path)
