"""What the drawings of the pace and the findings of samples say, in English; the screen has other languages."""

from collections.abc import Mapping
from typing import Final

__all__ = ["DRAWING_WORDS", "FINDING_WORDS", "Words"]

Words = Mapping[str, str]

DRAWING_WORDS: Final[dict[str, str]] = {
    "yield.title": "New relevant pictures in each 100 looks",
    "yield.across": "looks",
    "yield.up": "new relevant per 100 looks",
    "yield.bar": "looks {first} to {last}: {value}",
    "found.title": "Relevant pictures found",
    "found.up": "relevant pictures found",
    "found.bound": "at most {top} in all, by the newest sample",
    "states.title": "Files by state",
    "pace.title": "Looks an hour, by person",
    "pace.none": "nobody has looked yet",
    "pace.bar": "{rate} an hour, {hours} h",
    "state.pending": "pending",
    "state.not-media": "not-media",
    "state.unreadable": "unreadable",
    "state.excluded": "excluded",
    "state.known": "known",
    "state.looked": "looked",
    "state.duplicate-of-looked": "duplicate-of-looked",
    "state.stacked-under-looked": "stacked-under-looked",
    "state.remaining": "remaining",
}

FINDING_WORDS: Final[dict[str, str]] = {
    "open": "sample {sample} of {day}: {looked} of {drawn} looked at",
    "bound": (
        "with {confidence} % confidence at most {unseen} of {population} that nobody had looked at are relevant and not "
        "found yet (sample {sample} of {day}: {drawn} looked at blind, {relevant} relevant)"
    ),
}
