from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from tests.web.team_client import PASSWORD, code_now

from everyframe.people.accounts import Accounts
from everyframe.review.decisions import decide
from everyframe.review.second import require
from everyframe.store import schema

if TYPE_CHECKING:
    from tests.web.team_windows import TeamLive
    from tests.web.web_client import Live

pytestmark = pytest.mark.browser

PLACE = "(n) => everyframe.order.place(n)"
SAID = "() => document.querySelector('ef-status .said').textContent"


def in_force(team: TeamLive) -> dict[int, str]:
    with team.case.database.read() as connection:
        return dict(connection.execute(select(schema.standing.c.media_id, schema.standing.c.code)).all())


def fill(window: Live, **fields: str) -> None:
    for name, value in fields.items():
        window.page.fill(f"input[name={name}]", value)
    window.press("Enter")


def test_signing_in_with_name_password_and_code_and_out_again(team_live: TeamLive) -> None:
    window = team_live.window()
    window.page.goto(team_live.origin + "/review")
    window.page.wait_for_url(re.compile("/login$"))
    fill(window, name="rita", password="not it at all")
    window.page.wait_for_selector("#wrong:not([hidden])")
    fill(window, name="rita", password=PASSWORD)
    window.page.wait_for_selector("input[name=code]")
    fill(window, code=code_now())
    window.page.wait_for_url(re.compile(":[0-9]+/$"))
    assert window.page.inner_text(".bar .me") == "Rita"
    window.page.click("#lock")
    window.page.wait_for_selector("input[name=password]")
    window.problems.clear()  # the browser reports each refused attempt


def test_the_first_time_a_password_of_ones_own_and_the_factor(team_live: TeamLive) -> None:
    start = Accounts(team_live.case).add("new", "reviewer", display="New", actor="ada")
    window = team_live.window()
    window.page.goto(team_live.origin + "/login")
    fill(window, name="new", password=start)
    window.page.wait_for_selector("input[name=new]")
    fill(window, old=start, new="copper violin meadow train")
    window.page.wait_for_selector(".square svg")
    fill(window, code=code_now(window.page.inner_text("#key").replace(" ", "")))
    window.page.wait_for_selector("#codes:not([hidden]) li")
    assert window.page.locator("#codes li").count() == 10
    window.press("Enter")
    window.page.wait_for_url(re.compile(":[0-9]+/$"))


def test_two_people_see_each_others_decisions(team_live: TeamLive) -> None:
    rita, ben = team_live.review("rita"), team_live.review("ben")
    ben.press("2")
    rita.until(lambda: rita.js(PLACE, 0) == 2 + 1 or rita.js(PLACE, 0) > 0)
    assert rita.js(PLACE, 0) == ben.js(PLACE, 0) > 0
    assert rita.js(SAID).startswith("Ben: 2")
    assert rita.focus() == 0
    ben.stored()
    ben.press("u")
    rita.until(lambda: rita.js(PLACE, 0) == 0)


def test_another_process_is_seen_too(team_live: TeamLive) -> None:
    rita = team_live.review("rita")
    decide(team_live.case, "1", list(range(1, 61)), op="from-the-command-line", actor="ben")
    rita.until(lambda: rita.js(PLACE, 59) > 0)
    assert rita.js(SAID).endswith("60 pictures")


def test_a_stream_that_broke_goes_on_where_it_stood(team_live: TeamLive) -> None:
    rita = team_live.review("rita")
    rita.page.context.set_offline(True)
    decide(team_live.case, "1", [5], op="while-rita-is-offline", actor="ben")
    rita.page.context.set_offline(False)
    rita.js("() => { document.dispatchEvent(new Event('visibilitychange')); }")
    rita.until(lambda: rita.js(PLACE, 4) > 0)
    rita.problems.clear()


def test_who_decides_second_without_knowing_is_told_and_asked(team_live: TeamLive) -> None:
    rita = team_live.window("rita")
    rita.page.route("**/api/live*", lambda route: route.abort())
    rita.go("/review")
    decide(team_live.case, "5", [1], op="ben-was-first-with-it", actor="ben")
    rita.press("2")
    notice = rita.page.wait_for_selector("ef-notice section")
    assert notice is not None
    assert re.match(r"Ben decided this (just now|\d+ s ago): 5 ", notice.inner_text())
    assert in_force(team_live) == {1: "5"}
    rita.until(lambda: rita.js("() => everyframe.grid.categories[everyframe.order.place(0) - 1]?.code") == "5")
    rita.press("Shift+I")
    rita.stored()
    rita.until(lambda: in_force(team_live) == {1: "2"})
    assert rita.page.query_selector("ef-notice section") is None
    rita.problems.clear()  # the aborted stream


def test_theirs_can_be_left(team_live: TeamLive) -> None:
    rita = team_live.window("rita")
    rita.page.route("**/api/live*", lambda route: route.abort())
    rita.go("/review")
    decide(team_live.case, "5", [1], op="ben-was-first-with-it", actor="ben")
    rita.press("2")
    rita.page.click("ef-notice button:last-child")
    assert rita.page.query_selector("ef-notice section") is None
    rita.press("Shift+I")
    assert in_force(team_live) == {1: "5"}
    rita.problems.clear()


def test_read_only_decides_nothing_and_administrators_see_no_pictures(team_live: TeamLive) -> None:
    rob = team_live.review("rob")
    rob.press("2")
    rob.page.wait_for_timeout(400)
    assert in_force(team_live) == {}
    ada = team_live.window("ada")
    ada.page.goto(team_live.origin + "/people")
    assert ada.page.locator("tbody tr").count() == 5
    ada.page.fill("#add input[name=name]", "new")
    ada.page.click("#add button")
    ada.page.wait_for_selector("#told:not([hidden])")
    assert ada.page.locator("tbody tr").count() == 6
    assert team_live.app.state.accounts.by_password("new", ada.page.inner_text("#told code"))
    ada.page.click("tr[data-name=ben] button[data-do=disable]")
    ada.page.wait_for_selector("tr[data-name=ben] button[data-do=enable]")


@pytest.mark.parametrize("locale", ["en", "de"])
def test_every_screen_can_be_reached_from_the_bar_at_1280(team_live: TeamLive, locale: str) -> None:
    sue = team_live.window("sue", locale=locale)
    sue.page.goto(team_live.origin + "/opinions")
    cut = "(s) => { const e = document.querySelector(s); return e.scrollWidth - e.clientWidth; }"
    assert [sue.js(cut, s) for s in (".bar", "nav.main", ".bar .number")] == [0, 0, 0]
    last = sue.page.locator("#lock").bounding_box()
    assert last is not None
    assert last["x"] + last["width"] <= 1280


def test_kinds_have_words_in_the_language_of_the_person_and_one_name_in_queries(team_live: TeamLive) -> None:
    rita = team_live.window("rita", locale="de")
    rita.go("/review")
    link = rita.page.locator('[data-facet="kind"] a', has_text="Film")
    link.wait_for()
    assert rita.page.locator('[data-facet="kind"] .name').all_inner_texts() == ["Bild", "Film", "Animation"]
    link.click()
    rita.page.wait_for_url(re.compile(r"q=kind%3Afilm$"))


def test_the_clear_screen_key_covers_everything_and_comes_back(team_live: TeamLive) -> None:
    rita = team_live.review("rita")
    rita.press("b", "ArrowRight")
    rita.js("() => everyframe.looks.seen().length > 0 || null")
    for back in ("x", "Enter", "Escape"):
        rita.press("x")
        rita.page.wait_for_selector("dialog.cleared[open]")
        assert not rita.page.is_visible("ef-grid")
        assert not rita.page.is_visible(".bar")
        assert rita.js("() => everyframe.looks.seen().length") == 0
        rita.press(back)
        rita.page.wait_for_selector("dialog.cleared", state="detached")
        assert rita.page.is_visible("ef-grid")
    assert rita.focus() == 1
    rita.press("2")
    rita.stored()
    assert in_force(team_live) == {2: "2"}


def test_the_screen_locks_after_the_time_that_the_person_chose(team_live: TeamLive) -> None:
    rita = team_live.review("rita")
    rita.js(
        "() => { everyframeScreen.preferences['idle-minutes'] = 1; everyframeScreen.active = Date.now() - 58_000; }"
    )
    rita.page.wait_for_timeout(300)
    assert "/review" in rita.page.url
    rita.page.wait_for_url(re.compile("/login$"))
    rita.page.goto(team_live.origin + "/review")
    assert rita.page.url.endswith("/login")


def test_what_a_person_prefers_holds_at_the_next_page(team_live: TeamLive) -> None:
    rita = team_live.window("rita")
    rita.page.goto(team_live.origin + "/me")
    rita.page.wait_for_selector("#sessions tr")
    assert rita.page.is_checked("input[name=blur]")
    rita.page.uncheck("input[name=blur]")
    rita.page.wait_for_function("() => document.querySelector('#preferences .said').textContent")
    rita.go("/review")
    assert rita.js("() => [everyframe.grid.blur, everyframe.grid.grey]") == [False, True]


def test_time_with_uncovered_pictures_is_counted_for_the_person_and_a_break_is_offered(team_live: TeamLive) -> None:
    rita = team_live.review("rita")
    rita.js("() => { everyframeScreen.preferences['break-minutes'] = 1; everyframeScreen.since = 58_500; }")
    rita.press("b")
    rita.page.wait_for_selector("ef-notice [data-kind=break]")
    exposed = rita.js("() => everyframeScreen.exposed")
    assert 1000 <= exposed < 30_000
    rita.page.click("ef-notice button")
    rita.page.wait_for_selector("dialog.cleared[open]")
    rita.page.wait_for_timeout(1200)
    stood = rita.js("() => everyframeScreen.exposed")
    rita.page.wait_for_timeout(1200)
    assert rita.js("() => everyframeScreen.exposed") == stood
    rita.page.goto(team_live.origin + "/me")
    rita.page.wait_for_function("() => document.querySelector('#today').textContent.includes('min')")
    team_live.window("ben")
    with team_live.case.database.read() as connection:
        from everyframe.store.people_schema import exposure

        rows = connection.execute(select(exposure.c.person)).scalars().all()
    assert rows == ["rita"]


def test_a_second_look_is_blind_and_a_disagreement_is_settled(team_live: TeamLive) -> None:
    require(team_live.case, "1", 2, actor="sue")
    decide(team_live.case, "1", [1, 2], op="rita-decides-on-both", actor="rita")
    ben = team_live.window("ben")
    ben.page.goto(team_live.origin + "/second")
    ben.page.wait_for_selector(".picture[data-media='1'][data-covered='true']")
    answers: list[str] = []
    ben.page.on("response", lambda r: answers.append(r.text()) if "/api/second" in r.url else None)
    ben.press("1")
    ben.page.wait_for_selector(".picture[data-media='2']")
    ben.press("4")
    ben.page.wait_for_selector("#none:not([hidden])")
    assert all("code" not in text for text in answers)
    sue = team_live.window("sue")
    sue.page.goto(team_live.origin + "/opinions")
    sue.page.wait_for_selector(".dispute[data-media='2']")
    assert sue.page.inner_text("[data-count=confirmed]") == "1"
    assert "ben, rita" in sue.page.inner_text("#pairs")
    sue.page.click(".dispute button[aria-label^='Settle as']:nth-of-type(4)")
    sue.page.wait_for_selector("#none:not([hidden])")


def test_the_grid_of_whoever_is_asked_hides_the_first_decision(team_live: TeamLive) -> None:
    require(team_live.case, "1", 2, actor="sue")
    decide(team_live.case, "1", [1], op="rita-decides-on-one", actor="rita")
    ben, sue = team_live.review("ben"), team_live.review("sue")
    assert (ben.js(PLACE, 0), sue.js(PLACE, 0) > 0) == (0, True)
    codes = [w.js("async () => (await (await fetch('/api/items?ids=1')).json()).items[0].code") for w in (ben, sue)]
    assert codes == ["", "1"]
    decide(team_live.case, "1", [2], op="rita-decides-on-two", actor="rita")
    sue.until(lambda: sue.js(PLACE, 1) > 0)
    assert ben.js(PLACE, 1) == 0
    ben.page.goto(team_live.origin + "/review?show=category:1")
    ben.page.wait_for_function("() => globalThis.everyframe?.order?.length === 0")


def test_whoever_opens_a_group_has_it_and_the_queue_passes_it_over_for_others(team_live: TeamLive) -> None:
    rita, ben = team_live.window("rita"), team_live.window("ben")
    for window in (rita, ben):
        window.page.goto(team_live.origin + "/queue")
        window.page.locator("ef-queue a.primary").wait_for()
    rita.press("Enter")
    rita.page.wait_for_function("() => globalThis.everyframe?.grid.settled")
    rita.until(lambda: len(leases(ben)) == 1)
    ben.page.reload()
    ben.page.locator("ef-queue a.primary").wait_for()
    rows = ben.page.locator("ef-queue tbody tr")
    assert "Rita has it" in rows.nth(0).inner_text()
    assert ben.page.locator("ef-queue a.primary").get_attribute("href") == rows.nth(1).locator("a").get_attribute(
        "href"
    )
    rows.nth(0).locator("a").click()
    ben.page.wait_for_function("() => globalThis.everyframe?.grid.settled")
    assert "Rita has this group" in ben.page.locator("ef-notice").inner_text()
    (first,) = leases(ben)
    rita.press("q")
    rita.until(lambda: [one["name"] for one in leases(ben)] not in ([], [first["name"]]))
    rita.page.goto(team_live.origin + "/queue")
    rita.until(lambda: leases(ben) == [])


def leases(window: Live) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = window.page.evaluate("async () => (await (await fetch('/api/leases')).json()).leases")
    return found
