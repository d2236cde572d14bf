"""Reading again from the screen and from the command line, with real damaged files."""

from __future__ import annotations

import json
import shutil
import time
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from tests.intake.taking_in import fresh_case, states, take_in
from tests.intake.test_retrying import spoilt_jpeg, spoilt_png
from tests.web.web_client import PORT, TOKEN, Client, Served

from everyframe.cli import cli
from everyframe.review.again import ask
from everyframe.store import runs as stored_runs
from everyframe.store import warnings
from everyframe.store.case import Case
from everyframe.store.verify import verify
from everyframe.testing.exhibits import jpeg
from everyframe.web import again
from everyframe.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result
    from starlette.applications import Starlette


OP = "again-0123456789-{}"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    here = tmp_path_factory.mktemp("again")
    folder = here / "stick"
    folder.mkdir()
    (folder / "spoilt.jpg").write_bytes(spoilt_jpeg())
    (folder / "spoilt.png").write_bytes(spoilt_png())
    (folder / "good.jpg").write_bytes(jpeg(1))
    with fresh_case(here / "case") as case:
        take_in(case, folder, workers=1)
    return here / "case"


@pytest.fixture
def broken(template: Path, tmp_path: Path) -> Iterator[Case]:
    shutil.copytree(template, tmp_path / "case")
    with Case(tmp_path / "case") as case:
        yield case


@pytest.fixture
def app(broken: Case) -> Starlette:
    return create_app(broken, actor="anna", token=TOKEN, port=PORT, fresh=lambda _: None)


@pytest.fixture
def screen(app: Starlette) -> Iterator[Served]:
    client = Client(app)
    opened = Served(client, [])
    assert opened.open().status_code == 200
    yield opened
    client.close()
    app.state.reader.close()
    app.state.runs.close()
    app.state.desk.order.close()


def ident(case: Case, path: str) -> int:
    with case.database.read() as connection:
        return next(w.id for w in warnings.read_warnings(connection) if w.path == path)


def came_of(screen: Served, warning: int) -> str:
    """Wait until something came of the wish, and say what."""
    rows: list[dict[str, str]] = []
    for _ in range(600):
        rows = screen.get(f"/api/warnings/retries?ids={warning}").json()["retries"][str(warning)]
        if rows[0]["outcome"]:
            break
        time.sleep(0.1)
    return rows[0]["outcome"]


def test_a_file_is_read_again_by_a_process_of_its_own_while_the_case_is_served(screen: Served, broken: Case) -> None:
    warning = ident(broken, "spoilt.jpg")
    page = screen.get("/warnings").text
    assert f'data-retry="{warning}" data-manner="decoder"' in page
    assert f'data-retry="{warning}" data-manner="limits"' in page
    body = {"op": OP.format(1), "warning": warning, "manner": "decoder"}
    with broken.seat("review", purpose="test"):
        said = screen.post("/api/warnings/retry", body)
        assert said.status_code == 200
        assert said.json()["when"] == "now"
        assert came_of(screen, warning) == "shown"
    assert states(broken)["spoilt.jpg"] == "remaining"
    assert "can be looked at now" in screen.get("/warnings").text
    assert screen.post("/api/warnings/retry", body).json()["warning"] == warning  # a repeat changes nothing
    assert verify(broken).problems == []


def test_while_an_intake_runs_the_wish_waits_and_the_page_says_so(screen: Served, broken: Case) -> None:
    warning = ident(broken, "spoilt.png")
    with broken.seat("intake", purpose="intake of exhibit B"):
        body = {"op": OP.format(2), "warning": warning, "manner": ""}
        assert screen.post("/api/warnings/retry", body).json()["when"] == "later"
        page = screen.get("/warnings").text
        assert f'data-waits="{warning}"' in page
        assert "Another run has the case" in page
        assert f'data-retry="{warning}"' not in page
    assert states(broken)["spoilt.png"] == "unreadable"
    assert came_of(screen, warning) == "shown"


def test_while_a_run_of_the_screen_goes_on_the_wish_waits_and_is_read_in_the_asker_s_name(
    screen: Served, app: Starlette, broken: Case
) -> None:
    warning, runs = ident(broken, "spoilt.png"), app.state.runs
    other = runs.start("verify", ["verify", str(broken.directory), "--json"], {}, actor="ben")
    body = {"op": OP.format(6), "warning": warning, "manner": ""}
    assert screen.post("/api/warnings/retry", body).json()["when"] == "later"
    assert came_of(screen, warning) == "shown"
    assert other.ended.is_set()
    for _ in range(300):  # what is read again is matched and folded in the same run
        if runs.current is None:
            break
        time.sleep(0.1)
    with broken.database.read() as connection:
        found = stored_runs.last(connection, "again")
    assert found
    assert (found.actor, found.state) == ("anna", "done")
    assert [d["outcome"] for d in found.result["done"]] == ["shown"]


def test_a_run_that_was_stopped_is_not_begun_again_by_itself(screen: Served, app: Starlette, broken: Case) -> None:
    warning, runs = ident(broken, "spoilt.png"), app.state.runs
    with broken.seat("intake", purpose="test"):
        screen.post("/api/warnings/retry", {"op": OP.format(7), "warning": warning, "manner": ""})
    for _ in range(300):
        if runs.current is not None:
            break
        time.sleep(0.05)
    mine = runs.current
    assert mine.kind == "again"
    runs.stop()
    runs.stop()
    assert mine.ended.wait(30)
    time.sleep(2 * again.EVERY_SECONDS)
    with broken.database.read() as connection:
        assert [r.state for r in stored_runs.recent(connection, "again", 5)] == ["stopped"]
    assert screen.get(f"/api/warnings/retries?ids={warning}").json()["retries"][str(warning)][0]["outcome"] == ""


def said(*arguments: object) -> Result:
    """Call the program: a command called by itself would forget for good that ``-h`` helps."""
    return CliRunner().invoke(cli, [str(a) for a in arguments], standalone_mode=False)


def test_what_waits_is_done_by_the_command(broken: Case) -> None:
    ask(broken, ident(broken, "spoilt.png"), "", op=OP.format(4), actor="anna")
    found = json.loads(said("warnings", broken.directory, "--retry", "--json").stdout.splitlines()[-1])
    assert [(d["path"], d["outcome"]) for d in found["done"]] == [("spoilt.png", "shown")]
    assert states(broken)["spoilt.png"] == "remaining"


def test_what_waits_is_done_by_the_next_intake(broken: Case, template: Path) -> None:
    ask(broken, ident(broken, "spoilt.jpg"), "", op=OP.format(5), actor="anna")
    stick = template.parent / "stick"
    told = said("intake", broken.directory, stick, "--exhibit", "JS/1", "--no-match", "--no-stacks")
    assert "read again: spoilt.jpg: shown" in told.stderr
    assert states(broken)["spoilt.jpg"] == "remaining"


def test_the_command_reads_a_kind_again_and_tells_what_came_of_it(broken: Case) -> None:
    arguments = ["warnings", broken.directory, "--retry", "--code", "decode-failed"]
    assert "2 shown" in said(*arguments).stdout
    assert states(broken) == {"good.jpg": "remaining", "spoilt.jpg": "remaining", "spoilt.png": "remaining"}
    listed = said("warnings", broken.directory).stdout
    assert "2 warnings" in listed
    assert "read again (decoder): shown" in listed
    refused = said(*arguments, "--manner", "again").stdout
    assert "2 cannot be helped by reading again, or not in this manner" in refused


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"warning": 10**6, "manner": ""}, 409),
        ({"warning": 1, "manner": "magic"}, 409),
        ({"warning": 0, "manner": ""}, 400),
        ({"warning": 1}, 400),
    ],
)
def test_what_cannot_be_asked_for_is_refused(screen: Served, body: dict[str, object], status: int) -> None:
    assert screen.post("/api/warnings/retry", {"op": OP.format(3), **body}).status_code == status
