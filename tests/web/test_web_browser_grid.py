from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from everyframe.store import schema

if TYPE_CHECKING:
    from tests.web.web_client import Live

    from everyframe.store.case import Case

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

SHIFTED = """(shows) => { const g = everyframe.grid, c = g.cellAt(g.focusIndex);
    return document.activeElement === c.element && c.element.tabIndex === 0; }"""
PIXELS = """(index) => { const c = everyframe.grid.cellAt(index).canvas;
    return Array.from(c.getContext("2d").getImageData(0, 0, c.width, c.height).data); }"""


def standing(case: Case) -> dict[int, str]:
    with case.database.read() as connection:
        return {r.media_id: r.code for r in connection.execute(select(schema.standing))}


def looks(case: Case) -> list[Any]:
    with case.database.read() as connection:
        return list(connection.execute(select(schema.look)))


def colours(pixels: list[int]) -> tuple[bool, float]:
    """Tell whether pixels are grey, and how much neighbours differ (a blurred picture has little of it)."""
    reds, greens, blues, shown = pixels[0::4], pixels[1::4], pixels[2::4], pixels[3::4]
    seen = [n for n, a in enumerate(shown) if a == 255]
    grey = all(abs(reds[n] - greens[n]) <= 3 and abs(greens[n] - blues[n]) <= 3 for n in seen)
    steps = [abs(greens[n] - greens[n - 1]) for n in seen if n and shown[n - 1] == 255]
    return grey, sum(steps) / max(1, len(steps))


def test_blurred_and_grey_until_asked(live: Live) -> None:
    live.go()
    grey, sharp = colours(live.js(PIXELS, 0))
    assert grey
    live.press("b")
    live.settle()
    live.page.wait_for_timeout(400)
    clear = colours(live.js(PIXELS, 0))
    assert clear[0]
    assert clear[1] > 2 * sharp
    live.press("g")
    live.page.wait_for_timeout(400)
    assert not colours(live.js(PIXELS, 0))[0]


def test_reveal_shows_one_only_and_moving_on_covers_it(live: Live) -> None:
    live.go()
    covered = "() => [0, 1].map((i) => everyframe.grid.cellAt(i).painted.blur)"
    live.press("r")
    live.page.wait_for_function("() => everyframe.grid.cellAt(0).painted?.blur === false")
    assert live.js(covered) == [False, True]
    live.press("ArrowRight")
    live.page.wait_for_function("() => everyframe.grid.cellAt(0).painted?.blur === true")
    assert live.js(covered) == [True, True]


def test_the_focus_moves_as_the_keys_say(live: Live) -> None:
    live.go()
    columns = live.js("() => everyframe.grid.columns")
    page = live.js("() => everyframe.grid.pageRows")
    moves = [
        ("ArrowRight", 1),
        ("ArrowDown", 1 + columns),
        ("End", 2 * columns - 1),
        ("ArrowRight", 2 * columns),
        ("ArrowLeft", 2 * columns - 1),
        ("Home", columns),
        ("ArrowUp", 0),
        ("ArrowUp", 0),
        ("PageDown", page * columns),
        ("PageUp", 0),
        ("Control+End", 302),
        ("ArrowRight", 302),
        ("ArrowDown", 302),
        ("Control+Home", 0),
        ("ArrowLeft", 0),
    ]
    for key, expected in moves:
        live.press(key)
        assert live.focus() == expected, key
    live.page.wait_for_timeout(100)
    assert live.js(SHIFTED)


def test_the_last_item_is_reached_and_shown(live: Live) -> None:
    live.go()
    live.press("Control+End")
    live.settle()
    box = live.page.locator(".cell.current").bounding_box()
    assert box
    assert box["y"] + box["height"] <= 720 - 36 + 1
    assert "303" in live.page.locator("ef-status .position").inner_text()


def test_the_grid_tells_assistive_technology_where_one_is(live: Live) -> None:
    live.go()
    live.press("ArrowDown", "ArrowRight")
    live.page.wait_for_timeout(150)
    grid = live.page.get_by_role("grid")
    columns = live.js("() => everyframe.grid.columns")
    assert grid.get_attribute("aria-rowcount") == str(-(-303 // columns))
    assert grid.get_attribute("aria-colcount") == str(columns)
    cell = live.page.locator(".cell.current")
    assert cell.get_attribute("role") == "gridcell"
    assert cell.get_attribute("aria-colindex") == "2"
    assert live.page.locator(".row", has=cell).get_attribute("aria-rowindex") == "2"
    assert "undecided" in (cell.get_attribute("aria-label") or "")
    assert live.page.locator(".cell[tabindex='0']").count() == 1


def test_a_digit_decides_and_goes_on(live: Live) -> None:
    live.go()
    live.press("1", "2")
    assert live.focus() == 2
    live.stored()
    assert standing(live.case) == {1: "1", 2: "2"}
    assert live.page.locator(".cell[data-id='1'] .category").inner_text() == "1"
    assert "category 1 Child abuse material" in (
        live.page.locator(".cell[data-id='1']").get_attribute("aria-label") or ""
    )
    assert (
        live.page.locator("#live").inner_text().strip()
        == "2 Child exploitative / age difficult \u2013 1 picture \u2013 undo with U"
    )
    live.press("9")
    assert "No category has the key 9" in live.page.locator("#live").inner_text()
    assert live.focus() == 2


def test_a_decision_on_a_blurred_picture_is_no_look(live: Live) -> None:
    live.go()
    live.press("1")
    live.stored()
    live.page.wait_for_timeout(2500)
    assert looks(live.case) == []


def test_undo_and_redo_by_keys(live: Live) -> None:
    live.go()
    live.press("1", "5", "u")
    live.until(lambda: standing(live.case) == {1: "1"})
    live.page.wait_for_function("() => everyframe.grid.focusIndex === 1")
    assert live.page.locator(".cell[data-id='2'] .category").is_hidden()
    live.press("Control+z")
    live.until(lambda: standing(live.case) == {})
    live.press("Shift+U", "Control+Shift+Z")
    live.until(lambda: standing(live.case) == {1: "1", 2: "5"})
    live.until(lambda: live.page.locator(".cell[data-id='2'] .category").inner_text() == "5")
    live.press("Shift+U")
    live.until(lambda: "Nothing to redo" in live.page.locator("#live").inner_text())


def test_a_selection_is_decided_at_once_and_undone_at_once(live: Live) -> None:
    live.go()
    live.press("Space", "ArrowRight", "ArrowRight", "Space", "Shift+ArrowRight", "Shift+ArrowRight")
    assert live.page.locator("ef-status .chosen").inner_text() == "3 selected"
    live.press("4")
    live.stored()
    assert standing(live.case) == {3: "4", 4: "4", 5: "4"}
    assert live.page.locator("ef-status .chosen").is_hidden()
    live.press("u")
    live.until(lambda: standing(live.case) == {})


def test_select_all_is_the_whole_view_on_the_server(live: Live) -> None:
    live.go("/review?show=video")
    live.press("Control+a", "ArrowRight", "Space")
    assert "11 selected" in live.page.locator("ef-status .chosen").inner_text()
    live.press("5")
    live.stored()
    assert sorted(standing(live.case)) == [i for i in range(3, 300, 25) if i != 28]
    assert live.js("() => everyframe.order.place(0)") == 6
    assert live.js("() => everyframe.order.place(1)") == 0


def test_escape_clears_the_selection(live: Live) -> None:
    live.go()
    live.press("Control+a", "Escape", "1")
    live.stored()
    assert standing(live.case) == {1: "1"}


def test_next_and_previous_undecided(live: Live) -> None:
    live.go()
    live.press("1", "1", "1", "Control+Home", "n")
    assert live.focus() == 3
    live.press("ArrowRight", "5", "Shift+N")
    assert live.focus() == 3


def test_keys_do_nothing_while_the_focus_is_elsewhere(live: Live) -> None:
    live.go()
    live.press("/")
    assert live.js("() => document.activeElement.closest('ef-filter') !== null")
    live.press("1", "b", "Space")
    live.page.wait_for_timeout(400)
    assert standing(live.case) == {}
    assert live.js("() => everyframe.grid.blur")


def test_cells_change_size_and_keep_the_place(live: Live) -> None:
    live.go()
    live.js("() => everyframe.grid.focusItem(150)")
    seen = []
    for key in ("[", "[", "]", "]", "]", "]"):
        live.press(key)
        live.page.wait_for_timeout(60)
        seen.append(live.js("() => everyframe.grid.size"))
        box = live.page.locator(".cell.current").bounding_box()
        assert box
        assert 44 <= box["y"] + box["height"] / 2 <= 684
        assert live.page.locator(".cell").count() <= 300
    assert seen == [100, 100, 160, 240, 320, 320]
    assert live.focus() == 150


def test_the_legend_is_the_key_map(live: Live) -> None:
    live.go()
    live.press("?")
    shown = live.page.locator("dialog dd[data-action]").evaluate_all("(all) => all.map((e) => e.dataset.action)")
    actions = live.js("async () => (await import('/static/js/keys.js')).KEYS.map((k) => k.action)")
    methods = live.js("(names) => names.filter((n) => typeof everyframe.actions[n] !== 'function')", actions)
    assert sorted(shown) == sorted(actions)
    assert methods == []
    assert live.page.locator("dialog kbd", has_text="Shift+U").count() == 1
    live.press("Escape")
    assert live.page.locator("dialog").is_hidden()
    live.press("ArrowRight")
    assert live.focus() == 1


def test_no_two_actions_share_a_key(live: Live) -> None:
    live.go()
    keys = live.js("async () => (await import('/static/js/keys.js')).KEYS")
    for where in ("grid", "viewer"):
        names = [key for k in keys if k["where"] in (where, "both") for key in k["keys"]]
        assert len(names) == len(set(names))
        assert not {"Ctrl+W", "Ctrl+Q", "Ctrl+T", "Ctrl+N"} & set(names)


def test_the_docs_name_every_key(live: Live) -> None:
    from pathlib import Path

    live.go("/help")
    docs = (Path(__file__).parents[2] / "docs" / "review.md").read_text()
    caps = live.page.locator("ef-legend dd[data-action]").evaluate_all(
        "(all) => all.map((dd) => [dd.textContent, [...dd.previousElementSibling.children].map((k) => k.textContent)])"
    )
    assert len(caps) > 30
    for words, keys in caps:
        assert words in docs, words
        for key in keys:
            assert f"`{key}`" in docs, key


def test_decisions_survive_a_server_that_does_not_answer(live: Live) -> None:
    live.go()
    attempts: list[str] = []

    def fail(route: Any) -> None:
        attempts.append(json.loads(route.request.post_data)["decisions"][0]["op"])
        if len(attempts) == 1:
            route.abort()
        elif len(attempts) == 2:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    live.page.route("**/api/decisions", fail)
    live.press("1")
    live.page.wait_for_selector("#unsent:not([hidden])")
    assert live.page.locator(".cell[data-id='1'] .category").inner_text() == "1"
    live.stored()
    assert len(set(attempts)) == 1
    assert len(attempts) == 3
    with live.case.database.read() as connection:
        assert len(connection.execute(select(schema.decision)).all()) == 1
    assert live.page.locator("#unsent").is_hidden()


def test_a_refused_decision_is_taken_back_on_the_screen(live: Live) -> None:
    live.go("/review?show=video")
    live.case.scheme  # noqa: B018 - read before the view's list is forgotten
    live.js("() => { everyframe.order.list = 'gone'; }")
    live.press("Control+a", "1")
    live.until(lambda: "Not stored" in live.page.locator("#live").inner_text())
    assert live.js("() => everyframe.order.place(0)") == 0


def test_new_media_are_announced_and_shown_on_request(live: Live) -> None:
    from sqlalchemy import update

    with live.case.database.write() as connection:
        connection.execute(update(schema.media).where(schema.media.c.id > 290).values(outcome="undecoded"))
    live.go()
    assert live.js("() => everyframe.order.length") == 290
    live.js("() => everyframe.grid.focusItem(100)")
    with live.case.database.write() as connection:
        connection.execute(update(schema.media).where(schema.media.c.id > 290).values(outcome="viewable"))
    live.js("() => { everyframe.order.newest = 290; }")
    live.js(
        "async () => { const { poll } = await import('/static/js/api.js'); poll.query = '?after=290'; poll.ask(); }"
    )
    live.page.wait_for_selector("#newer:not([hidden])")
    assert "13 new" in live.page.locator("#newer").inner_text()
    live.page.locator("#newer").click()
    live.page.wait_for_function("() => everyframe.order.length === 303")
    assert live.focus() == 100


def test_a_cell_without_preview_says_so(live: Live) -> None:
    from sqlalchemy import delete

    with live.case.database.write() as connection:
        connection.execute(delete(schema.preview).where(schema.preview.c.media_id == 2))
    live.go()
    assert live.page.locator(".cell[data-id='2'] .note").inner_text() == "No preview"
    assert live.page.locator(".cell.damaged[data-id='7']").count() == 1
    assert "▶ 0:07" in live.page.locator(".cell[data-id='3'] .kind").inner_text()
    assert "12" in live.page.locator(".cell[data-id='5'] .kind").inner_text()
    assert live.page.locator(".cell[data-id='10'] .copies").inner_text() == "\u00d72"
