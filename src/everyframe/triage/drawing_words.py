"""What the drawings of the pace, the findings of samples and the reasons of the order say, in English; the screen has other languages."""

from collections.abc import Mapping
from typing import Final

__all__ = ["DRAWING_WORDS", "FINDING_WORDS", "REASON_WORDS", "Words"]

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
    "assurance.title": "Relevant and not found yet, at the most, with {confidence} % confidence",
    "assurance.none.title": "Relevant and not found yet, at the most",
    "assurance.none": "no sample was looked at to its end yet",
    "assurance.bar": "at most {unseen} of {population}",
    "assurance.whole": "all together",
    "assurance.sample": "sample {sample} of {day}: {drawn} looked at blind, {relevant} relevant",
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

#: Why a picture has its place: signals and links by their names, and what stands around them.
REASON_WORDS: Final[dict[str, str]] = {
    "signal.unknown": "unknown",
    "signal.own-camera": "taken by the seized {camera}",
    "signal.camera-folder": "in a camera's folder",
    "signal.camera-metadata": "names its camera",
    "signal.original-size": "in its camera's own size",
    "signal.recovered": "deleted or carved",
    "signal.hidden": "in a hidden folder",
    "signal.thumbnail-differs": "its thumbnail shows something else",
    "signal.recent": "recent",
    "signal.sound": "a film with sound",
    "link.camera": "same camera as {n} relevant",
    "link.moment": "same camera within the hour of {n} relevant",
    "link.day": "same day as {n} relevant",
    "link.place": "same place as {n} relevant",
    "link.folder": "same folder as {n} relevant",
    "link.person": "same face as {n} relevant",
    "link.room": "same room as {n} relevant",
    "link.series": "same series as {n} relevant",
    "link": "same {name} as {n} relevant",
    "model": "{name} says {score}",
    "camera": "camera",
    "learned": "looks like what was found relevant",
    "random": "drawn at random",
    "none": "nothing speaks for it or against it",
}
