"""The rule that says when a picture on screen counts as looked at.

A Look counts only for a picture that was unblurred, drawn large enough, and on screen without interruption for long
enough to be taken in, given how many others were there to be taken in as well. A film, an animation or a document of
several pages counts only in the viewer, where its frames are shown: one frame in the grid says little about the rest.

What "on screen" means is kept by the page that measures it: at least half of the cell inside the viewport, the page
visible and its window focused.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from everyframe.errors import UsageError
from everyframe.store.looking import Native, SeenLook

__all__ = ["SETTINGS", "LookRule"]

SETTINGS = {"look.min-ms": "min_ms", "look.per-picture-ms": "per_picture_ms", "look.min-side": "min_side"}


@dataclass(frozen=True, slots=True)
class LookRule:
    """Hold the numbers of the rule.

    Args:
        min_ms: the shortest time on screen.
        per_picture_ms: time on screen for each picture that was unblurred at once, this one included.
        min_side: CSS pixels that the longer side is drawn at; a smaller picture need only be drawn at its own size.
    """

    min_ms: int = 600
    per_picture_ms: int = 50
    min_side: int = 128

    @classmethod
    def from_settings(cls, settings: Mapping[str, str]) -> "LookRule":
        """Take the numbers that a case sets, and the rest as they are.

        Raises:
            UsageError: a setting is not a positive whole number.
        """
        given = {field: _positive(name, settings[name]) for name, field in SETTINGS.items() if name in settings}
        return cls(**given)

    def needed_ms(self, on_screen: int) -> int:
        """Give how long a picture must be on screen among so many."""
        return max(self.min_ms, self.per_picture_ms * on_screen)

    def needed_side(self, native: Native) -> int:
        """Give how large the longer side must be drawn."""
        own = max(native.width, native.height)
        return min(self.min_side, own) if own else self.min_side

    def refusal(self, look: SeenLook, native: Native | None) -> str:
        """Give the reason why a Look does not count, in one word; nothing when it counts."""
        if native is None:
            return "unknown"
        if look.blurred:
            return "blurred"
        if native.several and look.manner != "viewer":
            return "frames"
        if max(look.width, look.height) < self.needed_side(native):
            return "small"
        return "short" if look.duration_ms < self.needed_ms(look.on_screen) else ""


def _positive(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise UsageError(f"the setting {name} must be a whole number above 0, not {text!r}")
    return int(text)
