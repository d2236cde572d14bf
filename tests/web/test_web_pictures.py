"""The pictures of the documentation: every screen, light and dark, of a demo case that somebody has begun on.

    EVERYFRAME_PICTURES=docs/images .venv/bin/python -m pytest -m soak tests/web/test_web_pictures.py

Without the variable they go to a scratch folder, and are held against the names that the documentation shows.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from PIL import Image
from sqlalchemy import select
from tests.docs.reading import DOCS
from tests.web.team_client import add_people

from everyframe.cli import cli
from everyframe.review.decisions import decide
from everyframe.review.second import give_opinion, require
from everyframe.store import schema
from everyframe.store.case import Case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page
    from tests.web.team_windows import TeamLive
    from tests.web.web_client import Live

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1200)]

NUMBER, BESIDE = "2026-0417", "2026-0502"
SCHEMES: tuple[Any, ...] = ("dark", "light")
ALONE = (
    "case", "queue", "folders", "timeline", "places", "similar", "clues", "pace", "warnings", "sources", "sets", "audit",
    "report", "validate", "cases", "settings", "help", "grid", "alike", "viewer", "compare",
)  # fmt: skip
TEAM = ("login", "me", "people", "second", "opinions")
UNCOVERED = "() => { if (everyframe.grid.blur) everyframe.actions.blur(); if (everyframe.grid.grey) everyframe.actions.grey(); }"
FEWEST_COLOURS = 12


def run(*arguments: object) -> None:
    """Call the program as a person would; 1 says that Warnings were stored."""
    found = CliRunner().invoke(cli, [str(a) for a in arguments])
    assert found.exit_code in (0, 1), found.output


@pytest.fixture(scope="module")
def unit() -> Iterator[Path]:
    """Two cases of a unit in one folder with a short name, since paths are seen: one taken in and matched, one begun."""
    folder = Path(tempfile.mkdtemp(prefix="unit-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVERYFRAME_HOME", str(folder / "home"))
        patch.setenv("EVERYFRAME_ACTOR", "anna")
        run("demo", "make", folder / "seized", "--files", 400, "--seed", 1)
        exhibit = folder / "seized" / "exhibit"
        pictures = sorted(p for p in exhibit.rglob("*.jpg") if p.is_file())[::9]
        lines = [f"{hashlib.md5(p.read_bytes()).hexdigest()}  {p.name}\n" for p in pictures]
        (folder / "seen-before.md5").write_text("".join(lines))
        run("known", "import", folder / "seen-before.md5", "--name", "Seen in earlier cases", "--kind", "reference")
        for number, source, reference in ((NUMBER, exhibit, "MK/1"), (BESIDE, exhibit / "DCIM", "JS/1")):
            run(
                "case",
                "create",
                folder / number,
                "--number",
                number,
                "--organization",
                "Demo unit",
                "--scheme",
                "triage",
            )
            run("intake", folder / number, source, "--exhibit", reference)
        yield folder
    shutil.rmtree(folder)


@pytest.fixture
def home(unit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVERYFRAME_HOME", str(unit / "home"))


@pytest.fixture
def case(home: None, unit: Path) -> Iterator[Case]:
    with Case(unit / NUMBER) as opened:
        yield opened


@pytest.fixture
def team_case(home: None, unit: Path) -> Iterator[Case]:
    """The same case with people, of whom two have said something else of a picture."""
    shutil.copytree(unit / NUMBER, unit / "team")
    with Case(unit / "team") as opened:
        add_people(opened)
        with opened.database.read() as connection:
            ids = pictures_of(connection)
        require(opened, "relevant", 2, actor="sue")
        decide(opened, "relevant", ids[:6], op="rita-decides-on-some", actor="rita")
        for number, code in zip(ids[:4], ("relevant", "relevant", "not-relevant", "unsure"), strict=True):
            give_opinion(opened, number, code, op=f"ben-on-{number}-anew", actor="ben")
        yield opened
    shutil.rmtree(unit / "team")


def pictures_of(connection: Any) -> list[int]:
    """Give photographs with a camera's name, which are what is worth showing."""
    table = schema.media_metadata
    query = select(schema.media.c.id).join(table, table.c.media_id == schema.media.c.id)
    query = query.where(schema.media.c.kind == "image", schema.media.c.aside == 0, table.c.model.is_not(None))
    return [int(i) for i in connection.execute(query.order_by(schema.media.c.id)).scalars()]


class Camera:
    """Take pictures of pages.

    Args:
        folder: where they go.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.taken: set[str] = set()

    def take(self, page: Page, name: str, scheme: str) -> None:
        """Take one picture, in few colours; one that shows next to nothing is refused."""
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        assert len(picture.getcolors(1 << 24) or ()) > FEWEST_COLOURS, f"{name} is empty"
        small = picture.quantize(256, dither=Image.Dither.FLOYDSTEINBERG)
        small.save(self.folder / f"{name}-{scheme}.png", optimize=True)
        self.taken.add(f"{name}-{scheme}.png")


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Camera:
    return Camera(Path(os.environ.get("EVERYFRAME_PICTURES") or tmp_path_factory.mktemp("pictures")).resolve())


def uncover(live: Live, path: str = "/review") -> None:
    """Open a view, and show its pictures."""
    live.go(path)
    live.js(UNCOVERED)
    live.page.wait_for_timeout(2500)


def work(live: Live) -> None:
    """Look and decide a little, tag, and mark a clue, so that the screens have something to show."""
    uncover(live)
    for key in "1222322":
        live.press(key)
        live.page.wait_for_timeout(200)
    live.press("k")
    live.page.locator(".marker input").fill("kitchen")
    live.press("Enter")
    live.page.locator(".marker").wait_for(state="detached")
    live.press("Enter")
    live.page.wait_for_function(
        "() => everyframe.viewer.onScreen().length || everyframe.viewer.media?.kind === 'video'"
    )
    live.press("o", "Enter")
    live.page.locator(".marker input").fill("round hill, two firs")
    live.press("Enter")
    live.page.locator(".marker").wait_for(state="detached", timeout=60_000)


def checks(live: Live) -> None:
    """Check machine and case, and export a table, so that these screens have something to show."""
    page = live.page
    live.go("/validate")
    for start, shown in (("#start-validate button", "#passed"), ("#start-verify button", "#verified")):
        page.locator(start).click()
        page.locator(shown).wait_for(timeout=300_000)
        page.locator("#run").wait_for(state="hidden")
    live.go("/report")
    page.locator("#scope [name=format]").select_option("csv")
    page.locator("#scope .primary").click()
    page.locator("a[download]").first.wait_for(timeout=300_000)


def prepared(live: Live, name: str) -> None:
    """Open a screen by its name, and do there what makes it worth showing."""
    page = live.page
    if name == "grid":
        uncover(live)
    elif name == "alike":
        uncover(live)
        live.js("() => everyframe.grid.focusItem(13)")
        live.press("s")
        page.wait_for_url("**similar*")
    elif name == "viewer":
        uncover(live)
        live.press("Enter")
    elif name == "compare":
        live.go("/review")
        live.go(f"/compare?ids={live.js('() => [...everyframe.order.ids.slice(0, 2)].join()')}")
        page.wait_for_timeout(1000)
        for key in "bgd":
            live.press(key)
            page.wait_for_timeout(500)
    else:
        live.go("/" if name == "case" else f"/{name}")
    if name == "report":
        page.wait_for_timeout(600)
        page.locator("#count").click()
    if name == "clues":
        page.locator(".tools button").click()
    page.wait_for_timeout(1500)


def shown_in_the_docs() -> set[str]:
    text = (DOCS / "screens.md").read_text("utf-8")
    return {path.name for path in (DOCS / "images").glob("*.png") if f"images/{path.name}" in text}


@pytest.mark.soak
def test_every_screen_of_somebody_alone(live: Live, camera: Camera) -> None:
    work(live)
    checks(live)
    for scheme in SCHEMES:
        live.page.emulate_media(color_scheme=scheme)
        for name in ALONE:
            prepared(live, name)
            camera.take(live.page, name, scheme)
    assert live.problems == []
    assert [url for url in live.requests if not url.startswith((live.origin, "blob:"))] == []
    if not os.environ.get("EVERYFRAME_PICTURES"):
        assert camera.taken <= shown_in_the_docs()


@pytest.mark.soak
def test_every_screen_of_people_with_accounts(team_live: TeamLive, camera: Camera) -> None:
    whose = {"login": "", "me": "rita", "people": "ada", "second": "ben", "opinions": "sue"}
    for scheme in SCHEMES:
        for name in TEAM:
            window = team_live.window(whose[name], color_scheme=scheme)
            window.go(f"/{name}")
            window.page.wait_for_timeout(1500)
            if name == "second":
                window.press("r")
                window.page.wait_for_timeout(1500)
            camera.take(window.page, name, scheme)
    if not os.environ.get("EVERYFRAME_PICTURES"):
        assert {f"{name}-{scheme}.png" for name in TEAM for scheme in SCHEMES} <= shown_in_the_docs()


def test_the_documentation_shows_no_other_screens() -> None:
    assert shown_in_the_docs() == {f"{name}-{scheme}.png" for name in (*ALONE, *TEAM) for scheme in SCHEMES}
