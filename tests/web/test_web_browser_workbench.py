"""The workbench's screens, by keys, in a real browser; nothing may leave the origin, and nothing may complain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from everyframe.store import retries, schema
from everyframe.store import workbench as bench
from everyframe.testing.exhibits import jpeg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.web.web_client import Live

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture(autouse=True)
def quiet(live: Live) -> Iterator[None]:
    yield
    assert [url for url in live.requests if not url.startswith((live.origin, "blob:"))] == []
    assert live.problems == []


def rows(live: Live, table: Any) -> list[Any]:
    with live.case.database.read() as connection:
        return list(connection.execute(select(table)))


def standing(live: Live) -> dict[int, str]:
    return {r.media_id: r.code for r in rows(live, schema.standing)}


def q(live: Live) -> str:
    return parse_qs(urlsplit(live.page.url).query).get("q", [""])[0]


def shown(live: Live) -> int:
    return int(live.js("() => everyframe.order.length"))


def wait_q(live: Live, wanted: str) -> None:
    live.until(lambda: q(live) == wanted)
    live.settle()


def test_a_filter_is_written_by_keys_and_taken_away_again(live: Live) -> None:
    live.go()
    live.press("/")
    live.page.keyboard.type("kind:film")
    live.press("Enter")
    wait_q(live, "kind:film")
    live.until(lambda: shown(live) == 12)
    live.press("/")
    live.page.keyboard.type("size>3MB")
    live.press("Enter")
    wait_q(live, "kind:film size>3MB")
    chips = live.page.locator("ef-filter .chips .text")
    live.until(lambda: chips.all_inner_texts() == ["kind:film", "size>3MB"])
    live.press("/", "Backspace")
    wait_q(live, "kind:film")
    live.press("Escape")
    assert live.js("() => everyframe.grid.contains(document.activeElement)")
    live.page.locator("ef-filter .chips .x").click()
    wait_q(live, "")
    live.until(lambda: shown(live) == 303)


def test_a_filter_that_is_wrong_is_pointed_at(live: Live) -> None:
    live.go()
    live.press("/")
    live.page.keyboard.type("name:a kind:house")
    live.press("Enter")
    error = live.page.locator("#filter-error")
    live.until(error.is_visible)
    assert error.inner_text().startswith("At letter 13: kind is one of")
    assert live.js("() => document.activeElement.selectionStart") == 12
    assert shown(live) == 303, "what is shown stays"


def test_a_wrong_filter_in_an_address_is_said(live: Live) -> None:
    live.page.goto(live.origin + "/review?q=kind:film")
    live.settle()
    live.js("() => everyframe.choose('/review?q=kind:house')")
    error = live.page.locator("#filter-error")
    live.until(error.is_visible)
    live.problems.clear()  # the browser reports the refused request itself


def test_facets_narrow_the_view_and_views_are_kept(live: Live) -> None:
    live.go()
    link = live.page.locator('[data-facet="kind"] a', has_text="film")
    link.wait_for()
    assert link.inner_text().split() == ["film", "12"]
    link.click()
    wait_q(live, "kind:film")
    live.page.locator('[data-do="keep"]').click()
    live.page.keyboard.type("All films")
    live.press("Enter")
    kept = live.page.locator("ef-sidebar .kept a")
    kept.wait_for()
    live.go()
    kept.click()
    wait_q(live, "kind:film")
    live.page.locator("ef-sidebar .kept .x").click()
    live.until(lambda: kept.count() == 0)


def test_the_group_is_decided_with_alt_and_the_next_one_follows(live: Live) -> None:
    live.page.goto(live.origin + "/queue")
    live.page.locator("ef-queue a.primary").wait_for()
    live.press("Enter")
    live.page.wait_for_function("() => globalThis.everyframe?.grid.settled")
    first = q(live)
    assert first == "within:SYN/1//DCIM/100CANON"
    number = shown(live)
    live.press("Alt+2")
    live.stored()
    assert len(standing(live)) == number
    assert set(standing(live).values()) == {"2"}
    live.press("q")
    live.until(lambda: q(live) != first)
    live.settle()
    live.press("Shift+Q")
    wait_q(live, first)
    live.press("u")
    live.until(lambda: standing(live) == {})


def test_alt_decides_for_a_selection(live: Live) -> None:
    live.go()
    live.press("Space", "ArrowRight", "Space", "Alt+1")
    live.stored()
    assert standing(live) == {1: "1", 2: "1"}


def test_undo_and_redo_have_no_end(live: Live) -> None:
    live.go()
    for _ in range(12):
        live.press("1")
    live.stored()
    for left in range(11, -1, -1):
        live.press("u")
        live.until(lambda left=left: len(standing(live)) == left)  # type: ignore[misc]
    for there in range(1, 13):
        live.press("Shift+U")
        live.until(lambda there=there: len(standing(live)) == there)  # type: ignore[misc]


def test_similar_opens_as_an_address_and_back_returns_to_the_place(live: Live) -> None:
    live.go()
    live.press("ArrowRight", "ArrowRight", "ArrowDown")
    place = live.focus()
    media = live.js("() => everyframe.order.ids[everyframe.grid.focusIndex]")
    live.press("s")
    wait_q(live, f"similar:{media}/60")
    live.until(lambda: live.js("() => everyframe.order.ids[0]") == media)  # the most alike first
    slider = live.page.locator(".like input")
    slider.focus()
    live.press("ArrowLeft")
    wait_q(live, f"similar:{media}/58")
    live.js("() => everyframe.takeFocus()")
    live.press("Backspace", "Backspace")
    wait_q(live, "")
    live.until(lambda: live.focus() == place)


def test_a_picture_of_ones_own_is_searched_by(live: Live, tmp_path: Path) -> None:
    (tmp_path / "own.jpg").write_bytes(jpeg(5))
    live.page.goto(live.origin + "/similar")
    live.page.locator("#upload").set_input_files(tmp_path / "own.jpg")
    live.page.wait_for_url("**/review?q=similar*")
    live.page.wait_for_function("() => globalThis.everyframe?.order")
    assert live.page.locator(".like").inner_text().startswith("Search by the picture that you uploaded")


def test_pictures_are_compared_and_decided_together(live: Live) -> None:
    live.go()
    live.press("c")
    assert "Select 2 to 6" in live.page.locator("ef-status .said").inner_text()
    live.press("Space", "ArrowRight", "Space", "c")
    live.page.wait_for_url("**/compare?ids=1,2")
    live.page.locator("figcaption", has_text="IMG_0002").wait_for()
    live.page.wait_for_timeout(300)
    assert [u for u in live.requests if "/rendition/viewer/" in u] == [], "blurred: the small rendition only"
    live.press("b")
    live.until(lambda: sum("/rendition/viewer/" in u for u in live.requests) == 2)
    before = live.page.locator(".pane canvas").first.bounding_box()
    live.press("+", "d")
    third = live.page.locator(".pane").last
    live.until(third.is_visible)
    sizes = [live.page.locator(".pane canvas").nth(n).bounding_box() for n in range(2)]
    assert before is not None
    assert all(s is not None and s["width"] > before["width"] * 0.9 for s in sizes)
    live.press("3")
    live.page.wait_for_url("**/review")
    assert standing(live) == {1: "3", 2: "3"}


def test_tags_notes_and_clues_by_keys_alone(live: Live) -> None:
    live.go()
    live.press("Space", "ArrowRight", "Space", "k")
    live.page.keyboard.type("kitchen")
    live.press("Enter")
    live.until(lambda: len(rows(live, bench.media_tag)) == 2)
    live.until(lambda: live.page.locator(".marker").count() == 0)
    live.press("Escape", "Enter")
    live.page.locator("ef-viewer .marks").wait_for()
    live.press("i")
    live.page.keyboard.type("the same wallpaper")
    live.page.locator(".marker .primary").click()
    live.until(lambda: any(r.kind == "note" for r in rows(live, bench.remark)))
    live.until(lambda: live.page.locator(".marker").count() == 0)
    live.press("o")
    assert "Show the picture first" in live.page.locator("ef-status .said").inner_text()
    live.press("r")
    live.until(lambda: bool(live.js("() => everyframe.viewer.onScreen().length")))
    live.press("o", "ArrowRight", "Shift+ArrowDown", "Enter")
    live.page.locator(".marker select").select_option("text")
    live.page.locator(".marker input").fill("a street sign")
    live.press("Enter")
    live.until(lambda: len(rows(live, bench.clue)) == 1)
    (clue,) = rows(live, bench.clue)
    assert (clue.kind, clue.text, clue.media_id) == ("text", "a street sign", 2)
    assert clue.left == pytest.approx(1 / 3 + 0.02)
    assert clue.height == pytest.approx(1 / 3 + 0.02)
    live.page.locator(".marks", has_text="a street sign").wait_for()
    live.page.goto(live.origin + "/clues")
    card = live.page.locator(".clue", has_text="a street sign")
    card.wait_for()
    assert [u for u in live.requests if "/crop" in u] == [], "covered: not fetched"
    live.page.get_by_role("button", name="Show crops").click()
    live.until(lambda: any("/crop" in u for u in live.requests))
    card.get_by_role("link").click()
    live.page.wait_for_url(f"**item={clue.media_id}")


def test_an_embedded_picture_that_differs_stands_beside_the_picture(live: Live) -> None:
    live.go("/review?item=100")
    live.page.locator("canvas.embedded").wait_for()
    live.until(lambda: int(live.js("() => document.querySelector('canvas.embedded').width")) > 50)
    live.until(lambda: int(live.js("() => document.querySelector('ef-beside canvas').width")) > 50)
    assert [u for u in live.requests if "/rendition/viewer/" in u] == []


def test_folders_open_and_close_by_keys_and_lead_to_their_pictures(live: Live) -> None:
    live.page.goto(live.origin + "/folders")
    first = live.page.locator("tbody tr").first
    first.wait_for()
    first.focus()
    live.press("ArrowRight")
    live.until(lambda: live.page.locator("tbody tr").count() > 2)
    live.press("ArrowDown", "ArrowRight")
    live.until(lambda: live.page.locator('tr[aria-level="3"]').count() >= 1)
    live.press("ArrowLeft")
    live.until(lambda: live.page.locator('tr[aria-level="3"]').count() == 0)
    live.press("Enter")
    live.page.wait_for_url("**/review?q=*")
    assert q(live) == "exhibit:SYN/1 folder:DCIM"


def test_a_brush_over_time_is_a_filter(live: Live) -> None:
    live.page.goto(live.origin + "/timeline?clock=EXIF:DateTimeOriginal&unit=month")
    bars = live.page.locator(".slot")
    bars.first.wait_for()
    bars.first.focus()
    live.press("ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight")
    said = live.page.locator(".foot [role=status]").inner_text()
    live.press("Enter")
    live.page.wait_for_url("**/review?q=*")
    live.settle()
    assert q(live).startswith('taken@"EXIF:DateTimeOriginal":2025-')
    assert str(shown(live)) == said.rpartition(": ")[2]


def test_the_map_is_drawn_here_and_leads_to_what_is_in_it(live: Live) -> None:
    live.page.goto(live.origin + "/places")
    live.page.locator(".points a").first.wait_for()
    live.page.locator(".map").focus()
    live.press("-", "ArrowLeft", "Home")
    live.until(lambda: live.page.locator(".points a").count() == 1)
    live.until(lambda: live.page.locator(".points a").inner_text() == "60")
    live.page.locator(".points a").press("Enter")
    live.page.wait_for_url("**/review?q=place*")
    live.settle()
    live.until(lambda: shown(live) == 60)


def test_a_warning_is_accepted_with_a_note(live: Live) -> None:
    live.page.goto(live.origin + "/warnings")
    row = live.page.locator("tbody tr").first
    row.locator("summary").first.click()
    row.locator("input").fill("looked at in another tool")
    live.press("Enter")
    live.page.locator("summary", has_text="looked at in another tool").wait_for()
    assert [r.kind for r in rows(live, bench.acceptance)] == ["accepted"]
    live.page.locator("summary", has_text="looked at").click()
    live.page.get_by_role("button", name="Reopen").click()
    live.until(lambda: [r.kind for r in rows(live, bench.acceptance)] == ["accepted", "reopened"])
    live.page.get_by_role("button", name="Reopen").wait_for(state="detached")  # the page is shown anew


def test_keys_are_changed_and_kept_and_the_legend_says_so(live: Live) -> None:
    live.page.goto(live.origin + "/settings")
    change = live.page.locator('[data-change="blur"]')
    change.click()
    live.press("n")
    assert "taken by: Next undecided" in live.page.locator("ef-settings [role=status]").inner_text()
    change.click()
    live.press("j")
    live.until(lambda: live.page.locator("li", has_text="Blur on or off").locator("kbd").inner_text() == "J")
    live.go()
    live.press("b")
    assert live.js("() => everyframe.grid.blur") is True
    live.press("j")
    assert live.js("() => everyframe.grid.blur") is False
    live.press("?")
    legend = live.js("() => document.querySelector('dd[data-action=blur]').previousElementSibling.textContent")
    assert legend == "J"


def test_the_language_is_chosen_on_the_screen(live: Live) -> None:
    live.page.goto(live.origin + "/settings")
    live.page.locator("#language").select_option("de")
    live.page.locator("h1", has_text="Einstellungen").wait_for()
    live.go()
    assert live.page.locator("ef-sidebar").inner_text().startswith("0 von 303 angesehen")


def test_the_queue_goes_by_stack_or_time_and_q_stays_with_it(live: Live) -> None:
    gather(live)
    live.page.goto(live.origin + "/queue")
    live.page.get_by_role("link", name="By stack").click()
    live.page.locator("ef-queue a.primary").wait_for()
    live.press("Enter")
    live.page.wait_for_function("() => globalThis.everyframe?.grid.settled")
    assert q(live) == "stack:10"
    assert shown(live) == 3
    assert live.page.locator("ef-filter .group").inner_text().startswith("Group: Stack of 10")
    live.press("q")
    live.until(lambda: q(live) == "stack:20")
    live.settle()
    live.press("Shift+Q")
    live.until(lambda: q(live) == "stack:10" and shown(live) == 3)
    live.settle()
    live.press("Alt+2")
    live.stored()
    assert set(standing(live)) == {10, 11, 12}
    live.page.goto(live.origin + "/queue?by=burst")
    live.page.locator("ef-queue tbody tr").first.wait_for()
    assert live.page.locator("ef-queue tbody th").all_inner_texts()[-1] == "In no burst"
    assert live.problems == []


def gather(live: Live) -> None:
    """Make two stacks as the folding would."""
    with live.case.database.write() as connection:
        for head, members in {10: (11, 12), 20: (21,)}.items():
            for m in members:
                connection.exec_driver_sql(
                    "INSERT INTO stack_member (media_id, representative_id, distance, by_hand, differs) VALUES (?, ?, 8, 0, 0)",
                    (m, head),
                )
                connection.exec_driver_sql("UPDATE media SET aside = 2, stacked_under = ? WHERE id = ?", (head, m))


def test_the_other_decoders_picture_stands_beside_and_is_fetched_only_when_uncovered(live: Live) -> None:
    with live.case.database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO preview SELECT media_id, 'other', ordinal, width, height, mime, pack, \"offset\", length "
            "FROM preview WHERE media_id = 7 AND role = 'viewer'"
        )
    live.go("/review?item=7")
    button = live.page.locator("ef-beside button")
    button.wait_for()
    assert button.get_attribute("aria-label") == "By another decoder"
    assert not any("/rendition/other/" in url for url in live.requests)
    live.press("r")
    live.until(lambda: any("/api/media/7/rendition/other/0" in url for url in live.requests))
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    live.until(lambda: live.js("() => everyframe.viewer.other"))
    button.click()
    assert button.get_attribute("aria-pressed") == "false"


def test_at_twice_the_size_the_views_are_reached_and_the_picture_has_room(live: Live) -> None:
    live.page.set_viewport_size({"width": 640, "height": 360})
    live.go("/review")
    side = live.page.locator("ef-sidebar")
    assert not side.is_visible()
    live.page.get_by_role("button", name="What is shown").click()
    side.get_by_role("link", name="Films").click()
    live.until(lambda: "show=video" in live.page.url)
    live.until(lambda: not side.is_visible())
    live.go("/review?item=100")
    live.until(lambda: int(live.js("() => document.querySelector('.picture').clientWidth")) > 240)


def test_a_file_is_asked_to_be_read_again_and_the_page_says_that_it_waits(live: Live) -> None:
    with live.case.seat("intake", purpose="intake of exhibit B"):
        live.page.goto(live.origin + "/warnings?code=damaged")
        row = live.page.locator("tbody tr").first
        row.get_by_text("Read again").click()
        row.get_by_role("button", name="with another decoder").click()
        waits = live.page.locator("[data-waits]")
        waits.wait_for()
        assert waits.inner_text().startswith("Waits to be read again (with another decoder). Another run has the case")
        assert row.get_by_role("button", name="with another decoder").count() == 0
    with live.case.database.read() as connection:
        (one,) = retries.pending(connection)
    assert (one.actor, one.manner) == ("anna", "decoder")
