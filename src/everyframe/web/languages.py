"""The languages of the screen.

English stands in ``words.py``, ``team_words.py``, ``strings.js`` and ``team/words.js``; every other language is one file in ``languages/``, with the same keys.
What a translation lacks is shown in English.
"""

import json
from collections.abc import ItemsView, Iterator, Mapping
from contextvars import ContextVar
from functools import cache
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any, Final

from starlette.datastructures import Headers

from everyframe.model.warning import MEANING
from everyframe.triage.drawing_words import DRAWING_WORDS, FINDING_WORDS, REASON_WORDS
from everyframe.web.team_words import TEAM_WORDS
from everyframe.web.words import SHOW_WORDS, STATE_WORDS, WORDS

__all__ = [
    "DRAWINGS_SAY",
    "FINDINGS_SAY",
    "LANGUAGES",
    "PAGE_WORDS",
    "REASONS_SAY",
    "SHOW_PAGE_WORDS",
    "STATES",
    "TEAM_PAGE_WORDS",
    "WARNINGS_SAY",
    "Words",
    "choose",
    "language",
    "script_words",
    "translated",
    "translation",
]

LANGUAGES: Final = {"en": "English", "de": "Deutsch"}
COOKIE: Final = "everyframe-language"
FOLDER: Final = Path(__file__).parent / "languages"
_ENGLISH: Final[dict[str, dict[str, Any]]] = {
    "page": WORDS,
    "state": {state.value: list(words) for state, words in STATE_WORDS.items()},
    "show": SHOW_WORDS,
    "team": TEAM_WORDS,
    "drawing": DRAWING_WORDS,
    "finding": FINDING_WORDS,
    "reason": REASON_WORDS,
    "warning": {code.value: text for code, text in MEANING.items()},
}
_CHOSEN: Final[ContextVar[str]] = ContextVar("language", default="en")


def choose(headers: Headers) -> None:
    """Take the language for this request: the one that was set, or the first that the browser asks for and we have."""
    try:
        jar = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        jar = SimpleCookie()
    asked = [jar[COOKIE].value] if COOKIE in jar else []
    asked += [part.partition(";")[0].strip()[:2].lower() for part in headers.get("accept-language", "").split(",")]
    _CHOSEN.set(next((name for name in asked if name in LANGUAGES), "en"))


def language() -> str:
    """Give the language of this request."""
    return _CHOSEN.get()


@cache
def translation(name: str) -> dict[str, dict[str, Any]]:
    """Read a language: part → key → text. English has none of its own, being the source."""
    if name == "en":
        return {}
    found: dict[str, dict[str, Any]] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return found


def translated(part: str, key: str) -> Any:  # noqa: ANN401 - a text, or the two of a state
    """Give a text of the pages in the language of this request."""
    return translation(language()).get(part, {}).get(key, _ENGLISH[part][key])


def script_words() -> dict[str, str]:
    """Give the texts of the scripts in the language of this request; none for English, which they bring along."""
    found = translation(language())
    return found.get("script", {}) | {f"team.{key}": text for key, text in found.get("team script", {}).items()}


class Words(Mapping[str, Any]):
    """Look like a dictionary to templates, and answer in the language of the request.

    Args:
        part: of the catalogue.
    """

    def __init__(self, part: str) -> None:
        self._part = part

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - as ``translated``
        return translated(self._part, key)

    def __iter__(self) -> Iterator[str]:
        return iter(_ENGLISH[self._part])

    def __len__(self) -> int:
        return len(_ENGLISH[self._part])

    def items(self) -> ItemsView[str, Any]:
        """Give every name with its words."""
        return {key: self[key] for key in self}.items()


#: What is drawn and found, and what each kind of Warning tells, beside what the pages say themselves.
DRAWINGS_SAY: Final = Words("drawing")
FINDINGS_SAY: Final = Words("finding")
REASONS_SAY: Final = Words("reason")
WARNINGS_SAY: Final = Words("warning")
PAGE_WORDS: Final = Words("page")
STATES: Final = Words("state")
SHOW_PAGE_WORDS: Final = Words("show")
TEAM_PAGE_WORDS: Final = Words("team")
