from __future__ import annotations

import itertools
import re
import tomllib
from pathlib import Path

import pytest
from tests.web.web_client import Served

from everyframe.model.states import MediaKind, Provenance, State
from everyframe.store import settings
from everyframe.store.case import Case, NewCase
from everyframe.store.clues import KINDS
from everyframe.store.timeline import FILE_CLOCKS, UNITS
from everyframe.store.views import ORDERS, SHOWS
from everyframe.web import figures
from everyframe.web.app import STATIC
from everyframe.web.languages import PAGE_WORDS
from everyframe.web.words import SHOW_WORDS, STATE_WORDS, WORDS

TEMPLATES = STATIC.parent / "templates"
SCRIPTS = sorted((STATIC / "js").glob("*.js"))

PAGES = (
    "queue", "review", "folders", "timeline", "places", "similar", "clues", "pace", "settings", "help", "warnings",
    "sources", "sets", "audit", "report", "validate", "cases", "compare?ids=1,2",
)  # fmt: skip


def test_the_case_page_shows_the_account(served: Served) -> None:
    page = served.get("/").text
    assert "SYN-2026-0001" in page
    assert WORDS["balanced"] in page
    for state, (word, _) in STATE_WORDS.items():
        assert f'data-state="{state}"' in page
        assert word in page
    assert 'href="/review?exhibit=SYN/1"' in page
    assert "/warnings?code=damaged" in page
    assert re.search(r'data-live="to_look">303<', page)


def test_the_bar_is_the_whole(served: Served) -> None:
    parts = figures.parts(served.get("/api/account").json())
    assert {p.state for p in parts} == set(State)
    assert sum(p.width for p in parts) == pytest.approx(1000, abs=0.01)
    assert all(b.start == pytest.approx(a.start + a.width, abs=0.01) for a, b in itertools.pairwise(parts))


def test_a_case_without_exhibits_says_what_to_do(tmp_path: Path) -> None:
    from tests.web.web_client import PORT, TOKEN, Client

    from everyframe.web.app import create_app

    with Case.create(tmp_path / "c", NewCase(number="<b>1</b>"), actor="anna") as made:
        client = Client(create_app(made, actor="anna", token=TOKEN, port=PORT))
        empty = Served(client)
        empty.open()
        page = empty.get("/").text
        review = empty.get("/review").text
        client.close()
    assert "everyframe intake" in page
    assert "&lt;b&gt;1&lt;/b&gt;" in page
    assert "<b>1</b>" not in page + review


def test_the_review_page_carries_scheme_and_rule(served: Served, case: Case) -> None:
    with case.database.write() as connection:
        settings.change(connection, "look.min-side", "200", "anna")
    page = served.get("/review?show=video").text
    assert '"min_side": 200' in page
    assert '"projectvic-us"' in page
    assert served.get("/review?show=nothing").status_code == 400


def test_warnings_are_paged_and_filtered(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("everyframe.web.pages.PAGE_ROWS", 2)
    page = served.get("/warnings").text
    assert "premature end of the stream" in page
    after = re.search(r"/warnings\?after=(\d+)", page)
    assert after
    assert served.get(after.group().replace("&amp;", "&")).status_code == 200
    unreadable = served.get("/warnings?code=unreadable-file").text
    assert "Input/output error" in unreadable
    assert "premature" not in unreadable
    assert 'href="/review?item=7"' in page


@pytest.mark.parametrize("query", ["code=nonsense", "after=x", "after=-1"])
def test_warnings_that_do_not_exist_are_refused(served: Served, query: str) -> None:
    assert served.get(f"/warnings?{query}").status_code == 400


def test_the_help_states_the_rule_of_the_case(served: Served) -> None:
    page = served.get("/help").text
    assert "at least 128 pixels" in page
    assert "600 milliseconds" in page


@pytest.mark.parametrize("path", ["/", *(f"/{name}" for name in PAGES)])
def test_words_are_shown_and_never_what_python_calls_things(served: Served, path: str) -> None:
    answer = served.get(path)
    assert answer.status_code == 200
    assert re.findall(r"bound method|object at 0x|&lt;(?:function|class)|\bNone\b|Undefined", answer.text) == []
    assert PAGE_WORDS["keys"] == "Keys"
    assert ("Keys" in answer.text) or path != "/help"


def test_hours_in_words() -> None:
    assert [figures.hours(v) for v in (None, 0.0, 0.055, 0.99, 1.0, 12.34, 120.4)] == [
        "\u2013", "0\u202fmin", "3\u202fmin", "59\u202fmin", "1.0\u202fh", "12.3\u202fh", "120\u202fh",
    ]  # fmt: skip


def test_a_page_that_does_not_exist(served: Served) -> None:
    answer = served.get("/nothing")
    assert answer.status_code == 404
    assert WORDS["unknown_page"] in answer.text


def test_no_page_has_script_or_style_in_its_text() -> None:
    for template in TEMPLATES.glob("*.html"):
        text = template.read_text()
        assert " style=" not in text
        assert "<style" not in text
        assert not re.search(r"\son\w+=", text)
        for script in re.findall(r"<script[^>]*>", text):
            assert "src=" in script or "application/json" in script


def test_nothing_points_to_another_place() -> None:
    for file in [*TEMPLATES.glob("*"), *SCRIPTS, *(STATIC / "css").glob("*.css")]:
        assert not re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", file.read_text()), file


def test_every_text_of_the_scripts_is_in_the_catalogue_and_used() -> None:
    texts = [s for s in SCRIPTS if s.name.startswith("strings")]
    catalogue = {key for s in texts for key in re.findall(r'^  "([\w.]+)":', s.read_text(), re.MULTILINE)}
    source = "\n".join(s.read_text() for s in SCRIPTS if s not in texts)
    actions = set(re.findall(r'action: "(\w+)"', source))
    parts = {"move", "decide", "select", "see", "mark", "go", "viewer"}
    used = set(
        re.findall(
            r'"((?:grid|cell|side|status|say|viewer|panel|legend|filter|group|mark|clue|queue|folder|time|place|similar|compare|settings|run|intake|report)\.[\w.]+)"',
            source,
        )
    )
    used |= {f"key.{a}" for a in actions} | {f"legend.{p}" for p in parts}
    used |= {"say.files.one", "say.files", "say.nothing.undo", "say.nothing.redo"}
    used |= {f"panel.{n}" for n in ("make", "model", "serial", "lens", "software", "unique_id", "file_number")}
    used |= {f"panel.provenance.{p}" for p in Provenance}
    used |= {f"facet.kind.{kind}" for kind in ("picture", "animation", "film")}
    used |= {f"panel.{n}" for n in ("modified", "created", "changed", "accessed")}
    used |= {f"facet.{n}" for n in re.findall(r'"(\w+)"', source.partition("const ORDER = [")[2].partition("]")[0])} | {
        "facet.more"
    }
    used |= {f"clue.{kind}" for kind in KINDS} | {f"queue.reason.{r}" for r in ("begun", "untouched", "seen")}
    used |= {f"time.{n}" for n in (*UNITS, *FILE_CLOCKS)} | {f"settings.theme.{n}" for n in ("system", "light", "dark")}
    phases = ("listing", "intake", "verifying", "checking", "paused", "done", "stopped", "starting")
    counted = ("listed", "read", "duplicate", "expanded", "failed", *MediaKind)
    used |= {f"phase.{n}" for n in phases} | {f"stage.{n}" for n in counted}
    used |= {f"run.{kind}" for kind in ("verify", "match", "validate", "export", "intake", "again")}
    used |= {f"say.stack.{n}" for n in ("split", "merge", "undo")}
    assert used - catalogue == set()
    assert catalogue - used == set()


def test_the_server_has_words_for_everything() -> None:
    assert set(STATE_WORDS) == set(State)
    assert set(SHOWS) | set(ORDERS) <= set(SHOW_WORDS)
    text = "\n".join(t.read_text() for t in TEMPLATES.glob("*.html"))
    assert set(re.findall(r"\bw\.(\w+)", text)) <= set(WORDS)


def test_the_files_stay_small() -> None:
    for file in [*SCRIPTS, *(STATIC / "css").glob("*.css"), *TEMPLATES.glob("*.html")]:
        assert len(file.read_text().splitlines()) <= 500, file


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0\u202fB"), (999, "999\u202fB"), (1500, "1.5\u202fkB"), (3_300_265_500_000, "3.3\u202fTB")],
)
def test_sizes_in_words(number: int, text: str) -> None:
    assert figures.size(number) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 0, "\u2013"),
        (0, 9, "0\u202f%"),
        (1, 100_000, "0.1\u202f%"),
        (99_999, 100_000, "99.9\u202f%"),
        (5, 5, "100\u202f%"),
    ],
)
def test_only_all_of_it_is_all_of_it(part: int, whole: int, text: str) -> None:
    assert figures.percent(part, whole) == text


def test_amounts() -> None:
    assert figures.amount(1234567) == "1\u202f234\u202f567"


def test_the_package_needs_nothing_that_is_not_declared() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    names = " ".join(project["project"]["dependencies"])
    assert all(name in names for name in ("starlette", "uvicorn", "jinja2"))
