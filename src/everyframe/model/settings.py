"""The settings of a case: name, default, what it means. All are whole numbers."""

from dataclasses import dataclass

__all__ = ["SETTINGS", "Setting"]


@dataclass(frozen=True, slots=True)
class Setting:
    """Describe one setting."""

    name: str
    default: int
    meaning: str


SETTINGS: tuple[Setting, ...] = (
    Setting("look.min-ms", 600, "A Look takes at least so many milliseconds on screen."),
    Setting("look.per-picture-ms", 50, "And so many for each picture that is unblurred on screen at once."),
    Setting(
        "look.min-side", 128, "The longer side, in CSS pixels, at which a larger picture must be drawn for a Look."
    ),
    Setting("stacks.radius", 31, "Bits of PDQ within which pictures are folded into one stack; at most 31."),
)
