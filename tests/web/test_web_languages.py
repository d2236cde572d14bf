from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from everyframe.model.states import State
from everyframe.model.warning import MEANING, WarningCode
from everyframe.triage.drawing_words import DRAWING_WORDS, FINDING_WORDS, REASON_WORDS
from everyframe.triage.signals import SIGNALS
from everyframe.web.app import STATIC
from everyframe.web.languages import FOLDER, LANGUAGES, translation
from everyframe.web.team_words import TEAM_WORDS
from everyframe.web.words import SHOW_WORDS, STATE_WORDS, WORDS

if TYPE_CHECKING:
    from tests.web.web_client import Served

OTHERS = [name for name in LANGUAGES if name != "en"]
TEMPLATES = sorted((STATIC.parent / "templates").glob("*.html"))
SCRIPTS = sorted((STATIC / "js").rglob("*.js"))
SAYS = r'^  "([\w.]+)": "(.*)",$'


def english() -> dict[str, dict[str, Any]]:
    files = [s.read_text("utf-8") for s in SCRIPTS if s.name.startswith("strings")]
    script = {k: v for text in files for k, v in re.findall(SAYS, text, re.MULTILINE)}
    team = dict(re.findall(SAYS, (STATIC / "js/team/words.js").read_text("utf-8"), re.MULTILINE))
    states = {state.value: list(words) for state, words in STATE_WORDS.items()}
    return {
        "page": WORDS, "state": states, "show": SHOW_WORDS, "script": script, "team": TEAM_WORDS, "team script": team,
        "drawing": DRAWING_WORDS, "finding": FINDING_WORDS, "reason": REASON_WORDS, "warning": {c.value: m for c, m in MEANING.items()},
    }  # fmt: skip


def names(text: Any) -> list[str]:
    return sorted(re.findall(r"\{\w+\}", " ".join(text) if isinstance(text, list) else text))


def test_every_language_has_its_file_and_every_file_its_language() -> None:
    assert {f.stem for f in FOLDER.glob("*.json")} == set(OTHERS)


@pytest.mark.parametrize("name", OTHERS)
def test_a_translation_has_the_same_keys_and_the_same_names_in_braces(name: str) -> None:
    source, found = english(), translation(name)
    assert set(found) == set(source)
    for part, texts in source.items():
        assert set(found[part]) == set(texts), part
        assert {k for k in texts if names(texts[k]) != names(found[part][k])} == set(), part
        assert all(found[part].values()), part
    assert set(found["state"]) == set(State)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.name)
def test_no_text_stands_in_a_template(template: Any) -> None:
    text = re.sub(r"\{% block body %\}\w+", "", template.read_text("utf-8"))  # a class
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>", " ", text, flags=re.DOTALL)
    assert re.findall(r"[A-Za-z]{2,}", re.sub(r"&\w+;", "", text)) == []
    for value in re.findall(r'(?:aria-label|title|placeholder)="([^"]*)"', template.read_text("utf-8")):
        assert re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", value).strip(" :") == "", value


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.name)
def test_every_text_that_a_template_asks_for_is_there(template: Any) -> None:
    expressions = " ".join(re.findall(r"\{[{%].*?[%}]\}", template.read_text("utf-8"), re.DOTALL))
    assert set(re.findall(r"\bw\.(\w+)", expressions)) - set(WORDS) - {"items"} == set()
    assert set(re.findall(r"\bt\.(\w+)", expressions)) - set(TEAM_WORDS) == set()


def test_no_text_stands_in_a_script() -> None:
    """What stands between quotation marks and begins with a capital and goes on with a word is a sentence."""
    for script in SCRIPTS:
        if script.name.startswith("strings") or script.name == "words.js":
            continue
        code = re.sub(r"//[^\n]*|/\*.*?\*/", "", script.read_text("utf-8"), flags=re.DOTALL)
        found = re.findall(r'"([A-Z][a-z]+ [a-z]+[^"]*)"', code)
        assert found == [], script.name


def test_the_language_is_the_one_that_was_set_or_that_the_browser_asks_for(served: Served) -> None:
    assert '<html lang="en">' in served.get("/queue").text
    german = served.get("/queue", **{"Accept-Language": "fr;q=0.9, de-DE"}).text
    assert '<html lang="de">' in german
    assert "Sichtung" in german
    assert '"queue.none": "Nichts ist' in german
    served.client.cookies.set("everyframe-language", "en")
    assert '<html lang="en">' in served.get("/queue", **{"Accept-Language": "de"}).text


def test_the_drawings_of_the_pace_speak_the_language_of_the_person(served: Served) -> None:
    german = {"Accept-Language": "de"}
    page = served.get("/pace", **german).text
    assert "Dateien nach Zustand" in page
    assert "Files by state" not in page
    for name in ("yield", "found", "states", "pace"):
        english, other = (served.get(f"/pace/{name}.svg", **h).text for h in ({}, german))
        texts = [set(re.findall(r"<text[^>]*>([^<]*[a-z]{4}[^<]*)</text>", text)) for text in (english, other)]
        assert texts[0] & texts[1] - {"anna"} == set(), name


def test_the_kinds_of_warnings_are_explained_in_the_language_of_the_person(served: Served) -> None:
    page = served.get("/warnings?code=damaged", **{"Accept-Language": "de"}).text
    assert "abgeschnitten" in page
    assert MEANING[WarningCode.DAMAGED] not in page


def test_every_signal_has_its_words_and_reasons_are_given_in_the_language_of_the_person(served: Served) -> None:
    assert {f"signal.{s.name}" for s in SIGNALS} == {k for k in REASON_WORDS if k.startswith("signal.")}
    served.get("/api/order?order=ranked")
    english, german = (
        served.get("/api/reasons?ids=100", **h).json()["reasons"] for h in ({}, {"Accept-Language": "de"})
    )
    assert "thumbnail shows something else" in english["100"]
    assert "Vorschaubild zeigt etwas anderes" in german["100"]
