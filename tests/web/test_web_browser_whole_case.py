"""A case reviewed from empty to fully accounted, by keys alone; it prints the looks that took for each 1,000 files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from everyframe.demo import make_exhibit
from everyframe.grouping.stacking import stack_case
from everyframe.intake.run import Intake, IntakeRequest
from everyframe.model.states import State
from everyframe.store import schema
from everyframe.store.account import read_account
from everyframe.store.case import Case, NewCase
from everyframe.testing.synthetic import synthetic_case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.web.web_client import Live

pytestmark = [pytest.mark.browser]

LOOKED = "() => everyframe.grid.onScreen().every((c) => everyframe.order.looked(c.index) || everyframe.grid.items.get(c.id)?.several)"
STORED = "() => everyframe.outbox.unsent === 0 && everyframe.looks.unsent === 0"
ELSEWHERE = "(here) => location.href !== here || document.body.innerText.includes('No other group that is free has anything unseen')"
AT_END = "() => everyframe.grid.focusIndex === everyframe.order.length - 1"


@pytest.fixture
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    """Make a case: of rows alone, or of the demo exhibit, taken in, matched and folded as a user does it.

    ``EVERYFRAME_EXHIBIT`` may name a demo exhibit that was drawn before; 10,000 files take a while to draw.
    """
    kind, files = request.param
    if kind == "rows":
        synthetic_case(tmp_path / "case", media=files, pictures=24).close()
    else:
        exhibit = Path(os.environ.get("EVERYFRAME_EXHIBIT") or drawn(tmp_path / "demo", files))
        with Case.create(tmp_path / "case", NewCase(number="DEMO/1"), actor="anna") as made:
            with made.seat("intake", purpose="test"):
                Intake(made, IntakeRequest(sources=(exhibit,), exhibit="DEMO/1", actor="anna")).run()
                stack_case(made, actor="anna")
            with made.database.read() as connection:
                assert read_account(connection).listed >= files
    with Case(tmp_path / "case") as opened:
        yield opened


def drawn(folder: Path, files: int) -> Path:
    make_exhibit(folder, files=files, seed=10, workers=2)
    return folder / "exhibit"


def films(live: Live) -> None:
    """Look at what counts in the viewer only: films, animations, documents."""
    live.page.goto(live.origin + "/review?q=kind:film,animation+state:remaining")
    live.page.wait_for_function("() => globalThis.everyframe?.order && !everyframe.turning")
    if not live.js("() => everyframe.order.length"):
        return
    live.settle()
    live.press("b", "Enter")
    for _ in range(int(live.js("() => everyframe.order.length"))):
        live.page.wait_for_function(
            "() => everyframe.looks.rule && everyframe.order.looked(everyframe.grid.focusIndex)"
        )
        live.press("ArrowRight")
    live.press("Escape")
    live.js("() => everyframe.looks.settle()")
    live.page.wait_for_function(STORED)


def pictures(live: Live) -> None:
    """Go down the view a screen at a time, as long as the rule of looking asks."""
    while True:
        live.settle()
        live.page.wait_for_function(LOOKED)
        if live.js(AT_END):
            break
        before = live.focus()
        live.press("PageDown")
        if live.focus() == before:
            live.press("Control+End")
    live.page.wait_for_function(STORED)


def review(live: Live) -> float:
    """Films first, then group after group of the queue, until none has anything unseen."""
    films(live)
    live.page.goto(live.origin + "/queue")
    live.page.locator("ef-queue a.primary").wait_for()
    live.press("Enter")
    live.page.wait_for_function("() => globalThis.everyframe?.grid.settled")
    live.press("b")
    been: set[str] = set()
    while (here := live.page.url) not in been:
        been.add(here)
        pictures(live)
        live.press("Alt+2")
        live.page.wait_for_function(STORED)
        live.press("q")
        live.page.wait_for_function(ELSEWHERE, arg=here)
        live.page.wait_for_function("() => !everyframe.turning && everyframe.grid.settled")
    with live.case.database.read() as connection:
        account = read_account(connection)
        looks = len(list(connection.execute(select(schema.look.c.id))))
    return 1000 * looks / account.listed


def check(live: Live) -> None:
    took = review(live)
    with live.case.database.read() as connection:
        account = read_account(connection)
        decided = len(list(connection.execute(select(schema.standing.c.media_id))))
    assert account.balanced
    assert account.states[State.REMAINING].files == 0
    assert decided > 0
    print(f"\nlooks for each 1,000 files: {took:.0f} ({account.listed} files)")  # noqa: T201 - what it is for
    assert took > 0


@pytest.mark.timeout(240)
@pytest.mark.parametrize("case", [("rows", 200)], indirect=True, ids=["200"])
def test_a_case_is_reviewed_from_empty_to_accounted_by_keys_alone(live: Live) -> None:
    check(live)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("case", [("demo", 10_000)], indirect=True, ids=["demo"])
def test_ten_thousand_files_are_reviewed_by_keys_alone(live: Live) -> None:
    check(live)
