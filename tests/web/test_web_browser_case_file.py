"""The screens of the case file in a real browser, by keys; nothing may leave the origin, and nothing may complain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from everyframe.store import runs, seat_talk
from everyframe.store.seat import seat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.web.web_client import Live

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture(autouse=True)
def quiet(live: Live) -> Iterator[None]:
    yield
    assert [url for url in live.requests if not url.startswith((live.origin, "blob:"))] == []
    assert [p for p in live.problems if "400" not in p] == [], "what is refused is said on the page"


def tab_to(live: Live, selector: str) -> None:
    """Go to something with the Tab key alone."""
    for _ in range(80):
        if live.js("(s) => document.activeElement.matches(s)", selector):
            return
        live.press("Tab")
    raise AssertionError(f"{selector} is not reached by Tab")


def text(live: Live, selector: str) -> str:
    return live.page.locator(selector).first.inner_text()


def ended(live: Live) -> None:
    live.until(lambda: text(live, "#said") == "It has ended.", 90)


def test_the_menu_is_opened_and_left_by_keys(live: Live) -> None:
    live.go("/")
    tab_to(live, "#menu summary")
    live.press("Enter", "Tab")
    assert live.js("() => document.activeElement.textContent") == "Sources"
    live.press("Escape")
    assert live.js("() => [document.querySelector('#menu').open, document.activeElement.localName]") == [
        False,
        "summary",
    ]
    live.press("Enter", "Tab", "Enter")
    live.page.wait_for_url("**/sources")


def test_the_case_is_verified_by_keys_and_says_so(live: Live) -> None:
    live.go("/audit")
    tab_to(live, "#start-verify input[name=head]")
    live.page.keyboard.type(f"1:{'0' * 64}")
    live.press("Enter")
    live.page.locator("#run:not([hidden])").wait_for()
    live.page.locator("#verified.off").wait_for(timeout=60_000)
    ended(live)
    assert "was rewritten or cut off" in text(live, "#problems")
    live.page.fill("#start-verify input[name=head]", "")
    tab_to(live, "#start-verify button")
    live.press("Enter")
    live.page.locator("#verified:not(.off)").wait_for(timeout=60_000)


def test_a_decision_is_taken_back_from_the_history(live: Live) -> None:
    live.go()
    live.press("1", "2")
    live.stored()
    live.go("/audit")
    tab_to(live, "tr:nth-of-type(2) [data-undo]")
    live.press("Enter")
    live.until(lambda: text(live, "#said") == "Taken back: 1")
    assert live.page.locator("[data-undo]").count() == 1
    assert "undone" in text(live, "#decisions tbody tr")


def test_an_export_is_counted_made_and_fetched_by_keys(live: Live) -> None:
    live.go("/report")
    tab_to(live, "#scope input[name=categories][value=none]")
    live.press("Space")
    tab_to(live, "#count")
    live.press("Enter")
    live.page.locator("#counted:not([hidden])").wait_for()
    assert live.js("() => document.activeElement.id") == "counted"
    assert text(live, "#balance").startswith("Adds up")
    total = live.js("() => [...document.querySelectorAll('#counted tfoot td')].map((c) => c.textContent)")
    assert int(total[0]) + int(total[2]) == int(total[4])
    live.page.select_option("#scope [name=format]", "hashes-md5")
    tab_to(live, "#scope .primary")
    live.press("Enter")
    ended(live)
    live.page.locator("a[download]").first.focus()
    with live.page.expect_download() as fetched:
        live.press("Enter")
    assert len(fetched.value.path().read_text().splitlines()) == int(total[0]) - int(without(live))


def without(live: Live) -> int:
    with live.case.database.read() as connection:
        found = runs.last(connection, "export")
    assert found is not None
    return int(found.result["without_content"])


def test_what_is_refused_is_said_beside_the_form(live: Live) -> None:
    live.go("/report")
    live.page.fill("#scope [name=query]", "category:(")
    tab_to(live, "#count")
    live.press("Enter")
    live.until(lambda: bool(text(live, "#scope [role=alert]")))


def test_an_intake_elsewhere_is_followed_paused_and_gone_on_with(live: Live) -> None:
    live.go("/sources")
    assert live.page.locator("#intake").is_hidden()
    moment = {
        "event": "progress", "phase": "intake", "files": 1000, "files_done": 250, "bytes": 4000, "bytes_done": 1000,
        "files_per_second": 12.5, "bytes_per_second": 50.0, "seconds_left": 60.0, "warnings": 3, "workers_replaced": 1,
        "stages": {"image": 200, "video": 50},
    }  # fmt: skip
    with seat(live.case.directory, "intake", purpose="intake of exhibit Z"):
        seat_talk.say(live.case.directory, moment)
        live.page.locator("#intake:not([hidden])").wait_for()
        live.until(lambda: "250 of 1\u202f000" in text(live, "#intake"))
        shown = text(live, "#intake")
        for words in (
            "intake of exhibit Z",
            "taking in",
            "200 pictures",
            "3 warnings",
            "1 workers restarted",
            "1:00 left",
        ):
            assert words in shown.replace("\n", " "), words
        tab_to(live, "[data-ask=pause]")
        live.press("Enter")
        live.until(lambda: seat_talk.asked(live.case.directory).get("do") == "pause")
        live.until(lambda: live.js("() => document.activeElement.dataset.ask") == "go-on")
        live.press("Enter")
        live.until(lambda: seat_talk.asked(live.case.directory) == {})
    live.page.locator("#intake").wait_for(state="hidden")


def test_the_command_follows_what_is_typed(live: Live) -> None:
    live.go("/sources")
    tab_to(live, "#start-intake input[name=path]")
    live.page.keyboard.type("/evidence/it's here")
    live.press("Tab")
    live.page.keyboard.type("JS/1")
    live.press("Tab", "Space")
    where = live.case.directory.resolve()
    assert text(live, "#command") == (
        f"""everyframe intake {where} '/evidence/it'"'"'s here' --exhibit JS/1 --another"""
    )


@pytest.mark.soak
def test_this_machine_is_checked_and_the_report_fetched(live: Live) -> None:
    live.go("/validate")
    tab_to(live, "#start-validate button")
    live.press("Enter")
    live.page.locator("#passed:not(.off)").wait_for(timeout=90_000)
    assert "a planted picture is found" in text(live, "[data-fresh=validate]")
    with live.page.expect_download() as fetched:
        live.page.locator("a[download]").first.press("Enter")
    assert '"passed":true' in fetched.value.path().read_text()
