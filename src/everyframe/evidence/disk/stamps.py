"""The four times of a file as a file system records them."""

from dataclasses import dataclass, replace

from everyframe.model.entry import Entry

__all__ = ["Stamps"]


@dataclass(frozen=True, slots=True)
class Stamps:
    """Hold times as ISO 8601 text, with an offset only where the file system records an instant."""

    modified: str | None = None
    accessed: str | None = None
    changed: str | None = None
    created: str | None = None

    def on(self, entry: Entry) -> Entry:
        """Give an entry with these times."""
        return replace(
            entry, modified=self.modified, accessed=self.accessed, changed=self.changed, created=self.created
        )
