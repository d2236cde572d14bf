from __future__ import annotations

import re
import shutil
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn
from argon2 import PasswordHasher
from tests.web.team_client import Team, add_people
from tests.web.team_windows import TeamLive
from tests.web.web_client import PORT, TOKEN, Client, Live, Served

from everyframe.intake.pool import prepare
from everyframe.people import passwords
from everyframe.store.case import Case
from everyframe.testing.synthetic import synthetic_case
from everyframe.web.app import create_app, create_team_app
from everyframe.web.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
CHROMIUM = "/usr/bin/chromium"
SWITCHES = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
)  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def forking() -> None:
    """Have the server that processes are forked from, as ``everyframe serve`` has."""
    prepare()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("web") / "case"
    synthetic_case(directory, media=300, pictures=6).close()
    return directory


@pytest.fixture
def case(template: Path, tmp_path: Path) -> Iterator[Case]:
    directory = tmp_path / "case"
    shutil.copytree(template, directory)
    with Case(directory) as opened:
        yield opened


@pytest.fixture
def stranger(case: Case) -> Iterator[Served]:
    """Somebody without a session."""
    links: list[str] = []
    app = create_app(case, actor="anna", token=TOKEN, port=PORT, fresh=links.append)
    client = Client(app)
    yield Served(client, links)
    client.close()
    app.state.desk.order.close()


@pytest.fixture
def served(stranger: Served) -> Served:
    """Somebody who opened the link."""
    assert stranger.open().status_code == 200
    return stranger


@pytest.fixture(scope="session")
def team_template(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a case with people: each has a password and a second factor."""
    directory = tmp_path_factory.mktemp("team") / "case"
    shutil.copytree(template, directory)
    with pytest.MonkeyPatch.context() as patch, Case(directory) as case:
        patch.setattr(passwords, "HASHER", QUICK)
        add_people(case)
    return directory


@pytest.fixture
def team_case(team_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:
    monkeypatch.setattr(passwords, "HASHER", QUICK)
    directory = tmp_path / "team"
    shutil.copytree(team_template, directory)
    with Case(directory) as opened:
        yield opened


@pytest.fixture
def team(team_case: Case) -> Iterator[Team]:
    app = create_team_app(team_case, site=Site.local(PORT))
    client = Client(app)
    yield Team(app, client)
    client.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
        yield opened
        opened.close()


@pytest.fixture
def live(case: Case, browser: Browser) -> Iterator[Live]:
    links: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        app = create_app(case, actor="anna", token=TOKEN, port=port, fresh=links.append)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        context = browser.new_context(viewport={"width": 1280, "height": 720}, color_scheme="dark")
        page = context.new_page()
        origin = f"http://127.0.0.1:{port}"
        made = Live(case, page, origin, links)
        _listen(made)
        page.goto(f"{origin}/open#{TOKEN}")
        page.wait_for_url(re.compile(r"/$"))
        yield made
        context.close()
        server.should_exit = True
        thread.join()


@pytest.fixture
def team_live(team_case: Case, browser: Browser) -> Iterator[TeamLive]:
    """A case that is served to people for real; each has a browser window of their own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        app = create_team_app(team_case, site=Site.local(port))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        made = TeamLive(team_case, app, browser, f"http://127.0.0.1:{port}", _listen)
        yield made
        made.close()
        server.should_exit = True
        thread.join()
    for window in made.windows:
        assert {url.partition("/")[0] + "//" + url.split("/")[2] for url in window.requests} <= {made.origin}
        assert [p for p in window.problems if "401" not in p] == []


def _listen(live: Live) -> None:
    page, problems = live.page, live.problems
    page.on("request", lambda request: live.requests.append(request.url))
    page.on("console", lambda said: problems.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
