"""No screen has a serious fault that axe-core finds, light or dark; and each fits at 200 %."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH

if TYPE_CHECKING:
    from tests.web.web_client import Live

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

SCREENS = {
    "/": "table",
    "/queue": "ef-queue table",
    "/review": ".cell canvas",
    "/review?item=2": "ef-viewer .panel h3",
    "/review?q=similar:5/90&order=nearest": ".like input",
    "/folders": "tbody tr",
    "/timeline": ".slot",
    "/places": ".points a",
    "/similar": "#upload",
    "/clues": ".cluelist li",
    "/compare?ids=1,2": "figcaption",
    "/warnings": "tbody tr",
    "/settings": ".keylist li",
    "/sources": "#command",
    "/sets": "#start-match",
    "/audit": "#records tbody tr",
    "/report": "#scope",
    "/validate": "#start-validate",
    "/cases": "tbody tr",
    "/help": "ef-legend dl",
}
FAULTS = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
    .filter((v) => ["serious", "critical"].includes(v.impact))
    .map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")}`)"""


@pytest.fixture(scope="session")
def axe() -> str:
    return str(AXE_FILE_PATH.read_text("utf-8"))


def faults(live: Live, axe: str) -> Any:
    session = live.page.context.new_cdp_session(live.page)
    session.send("Runtime.evaluate", {"expression": axe})  # past the page's policy, which allows no such script
    return live.js(FAULTS)


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_no_screen_has_a_serious_fault(live: Live, axe: str, scheme: Any) -> None:
    live.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    found = {}
    for path, ready in SCREENS.items():
        live.page.goto(live.origin + path)
        live.page.locator(ready).first.wait_for(state="attached")
        live.page.wait_for_timeout(250)
        if some := faults(live, axe):
            found[path] = some
    assert found == {}


def test_every_screen_fits_at_twice_the_size(live: Live) -> None:
    live.page.set_viewport_size({"width": 640, "height": 360})
    for path, ready in SCREENS.items():
        live.page.goto(live.origin + path)
        live.page.locator(ready).first.wait_for(state="attached")
        wide = live.js("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
