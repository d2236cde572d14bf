"""Decide how many files of each kind a demo exhibit has."""

from __future__ import annotations

from dataclasses import dataclass

from everyframe.demo.damage import DAMAGES
from everyframe.demo.documents import DOCUMENTS
from everyframe.demo.edits import EDITS
from everyframe.demo.films import CONTAINERS
from everyframe.demo.formats import FORMATS

_MEDIUM, _LARGE = 600, 2000
_MOST_FULL_SIZE = 60
_MOST_FILMS = 40


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """Hold how big and how varied an exhibit is.

    Shares are of `files`. One of everything is always made, so that below about 110 files the exhibit is bigger than
    asked for. Pictures get smaller in bigger exhibits, to bound the time: 1-3 megapixels up to 600 files, then about
    1.3, above 2,000 files about 0.7.
    """

    files: int = 400
    seed: int = 1
    twelve_megapixel_share: float = 0.02
    edit_share: float = 0.18
    copy_share: float = 0.05
    web_share: float = 0.08
    burst_share: float = 0.12
    room_share: float = 0.28
    """Of the photographs, not of the files."""

    @property
    def scale(self) -> int:
        """Return 0, 1 or 2 for a small, a medium or a large exhibit."""
        return int(self.files > _MEDIUM) + int(self.files > _LARGE)

    def _at_least(self, share: float, least: int) -> int:
        return max(least, round(share * self.files))

    @property
    def full_size(self) -> int:
        """Return how many photographs have 12 megapixels."""
        few = 4 if self.files >= 200 else 1  # noqa: PLR2004 - a test exhibit needs only one
        return min(self._at_least(self.twelve_megapixel_share, few), _MOST_FULL_SIZE)

    @property
    def edits(self) -> int:
        """Return how many edited photographs there are; conversions count as web pictures."""
        return self._at_least(self.edit_share, len(EDITS) - 1 + 2)

    @property
    def copies(self) -> int:
        """Return how many exact copies there are."""
        return self._at_least(self.copy_share, 2)

    @property
    def cached(self) -> int:
        """Return how many thumbnails of a gallery cache there are."""
        return self._at_least(0.03, 2)

    @property
    def screenshots(self) -> int:
        """Return how many screenshots of chats and pages there are."""
        return self._at_least(0.04, 2)

    @property
    def web(self) -> int:
        """Return how many pictures in the formats of the web and of editors there are."""
        return self._at_least(self.web_share, len(FORMATS) - 1)

    @property
    def damaged(self) -> int:
        """Return how many broken pictures there are."""
        return self._at_least(0.02, len(DAMAGES))

    @property
    def misnamed(self) -> int:
        """Return how many photographs have a wrong extension."""
        return self._at_least(0.015, 4)

    @property
    def odd_names(self) -> int:
        """Return how many files have odd names."""
        return self._at_least(0.02, 8)

    @property
    def documents(self) -> int:
        """Return how many files are not media."""
        return self._at_least(0.04, len(DOCUMENTS))

    @property
    def films(self) -> int:
        """Return how many films there are."""
        return min(self._at_least(0.012, len(CONTAINERS)), max(_MOST_FILMS, len(CONTAINERS)))

    @property
    def zips(self) -> int:
        """Return how many plain zips of pictures there are."""
        return self._at_least(0.005, 1)
