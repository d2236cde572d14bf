from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from everyframe.store import schema

if TYPE_CHECKING:
    from tests.web.web_client import Live

    from everyframe.store.case import Case

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def looks(case: Case) -> list[Any]:
    with case.database.read() as connection:
        return list(connection.execute(select(schema.look).order_by(schema.look.c.id)))


def standing(case: Case) -> dict[int, str]:
    with case.database.read() as connection:
        return {r.media_id: r.code for r in connection.execute(select(schema.standing))}


def renditions(live: Live) -> list[str]:
    return [url.partition("/rendition/")[2] for url in live.requests if "/rendition/" in url]


def test_what_is_on_screen_long_enough_is_looked_at(live: Live) -> None:
    live.go()
    live.press("b")
    live.page.wait_for_timeout(2600)
    live.press("b")
    live.until(lambda: bool(looks(live.case)))
    rows = looks(live.case)
    on_screen = {row.on_screen for row in rows}
    assert len(on_screen) == 1
    number = on_screen.pop()
    assert all(row.duration_ms >= max(600, 50 * number) for row in rows)
    assert all(max(row.width, row.height) >= 128 and not row.blurred and row.manner == "grid" for row in rows)
    ids = {row.media_id for row in rows}
    half = live.js("() => everyframe.grid.onScreen().map((c) => c.id)")
    assert ids == {i for i in half if i not in (3, 5)}, "films and animations count only in the viewer"
    assert number == len(half)
    live.until(lambda: live.page.locator(".cell[data-id='1'] .eye").is_visible())


def test_what_is_told_of_a_picture_after_it_is_shown_counts_too(live: Live) -> None:
    held: list[Any] = []
    live.page.route("**/api/items?*", lambda route: held.append(route))  # noqa: PLW0108 - a builtin cannot be wrapped
    live.go()
    live.press("b")
    live.page.wait_for_timeout(400)
    assert held, "what the pictures are is not known yet"
    assert live.js("() => everyframe.looks.seen().length") > 0, "but they are shown"
    live.page.unroute("**/api/items?*")  # lets what was held go on
    live.page.wait_for_function("() => everyframe.grid.onScreen().every((c) => everyframe.grid.items.get(c.id))")
    live.until(lambda: live.js("() => everyframe.order.looked(0)"))


def test_what_passes_by_is_not_looked_at(live: Live) -> None:
    live.go()
    live.press("b")
    for _ in range(4):
        live.page.wait_for_timeout(350)
        live.press("PageDown")
    live.press("b")
    live.page.wait_for_timeout(2500)
    assert looks(live.case) == []


def test_one_picture_revealed_counts_after_its_own_time(live: Live) -> None:
    live.go()
    live.press("r")
    live.page.wait_for_timeout(1100)
    live.press("r")
    live.until(lambda: len(looks(live.case)) == 1)
    row = looks(live.case)[0]
    assert (row.media_id, row.on_screen, row.actor) == (1, 1, "anna")


def test_small_cells_make_no_looks(live: Live) -> None:
    live.go()
    live.press("[", "b")
    assert "Too small" in live.page.locator("ef-status .hint").inner_text()
    live.page.wait_for_timeout(6000)
    live.press("b")
    live.page.wait_for_timeout(2300)
    assert looks(live.case) == []


def test_a_window_that_is_not_in_front_makes_no_looks(live: Live) -> None:
    live.go()
    live.js("() => { document.hasFocus = () => false; }")
    live.press("r")
    live.page.wait_for_timeout(3200)
    assert looks(live.case) == []


def test_looks_are_sent_when_the_page_is_left(live: Live) -> None:
    live.go()
    live.press("r")
    live.page.wait_for_timeout(1000)
    live.go("/")
    live.until(lambda: len(looks(live.case)) == 1)


def test_the_viewer_fetches_only_the_small_rendition_while_blurred(live: Live) -> None:
    live.go()
    live.press("Enter")
    live.page.wait_for_selector("ef-viewer .panel section")
    live.page.wait_for_timeout(300)
    assert set(renditions(live)) == {"grid/0"}
    live.press("ArrowRight", "ArrowRight")
    live.page.wait_for_timeout(500)
    assert set(renditions(live)) == {"grid/0"}, "a film's frames are not fetched either"
    live.press("r")
    live.page.wait_for_timeout(600)
    assert set(renditions(live)) == {"grid/0", "viewer/0", "frame/0", "frame/1", "frame/2", "frame/3"}
    live.press("ArrowRight")
    live.page.wait_for_timeout(400)
    assert live.js("() => everyframe.viewer.covered"), "the next one is covered again"
    assert live.problems == []


def test_a_film_is_looked_at_in_the_viewer(live: Live) -> None:
    live.go("/review?item=3")
    live.page.wait_for_selector("ef-viewer .panel section")
    live.press("b")
    live.page.wait_for_timeout(1300)
    live.press("Escape", "b")
    live.until(lambda: len(looks(live.case)) == 1)
    row = looks(live.case)[0]
    assert (row.media_id, row.manner, row.on_screen) == (3, "viewer", 5)


def test_the_viewer_decides_and_goes_on(live: Live) -> None:
    live.go()
    live.press("Enter")
    live.page.wait_for_selector("ef-viewer .panel section")
    live.press("1", "5")
    live.stored()
    assert standing(live.case) == {1: "1", 2: "5"}
    assert live.page.url.endswith("?item=3")
    live.press("u")
    live.until(lambda: standing(live.case) == {1: "1"})
    live.page.wait_for_function("() => location.search === '?item=2'")


def test_the_viewer_shows_what_is_stored(live: Live) -> None:
    live.go("/review?item=20")
    live.page.wait_for_selector("ef-viewer .panel section")
    panel = live.page.locator("ef-viewer .panel").inner_text()
    for words in (
        "DCIM/100CANON/IMG_0020.JPG",
        "Backup/copy of IMG_0020.JPG",
        "SN000000",
        "50.020000, 6.000000",
        "EXIF:DateTimeOriginal",
        "ThumbnailImage",
        "shows the same (distance 4)",
        "SHA-256",
    ):
        assert words in panel, words
    assert live.page.locator("ef-viewer .panel a").count() == 0
    live.page.get_by_role("button", name="Read all tags").click()
    live.page.wait_for_selector("ef-viewer .tags dl")
    assert "EXIF:FNumber" in live.page.locator("ef-viewer .tags").inner_text()


def test_the_viewer_zooms_and_turns(live: Live) -> None:
    live.go("/review?item=1")
    live.press("b")
    live.page.wait_for_function("() => everyframe.viewer.onScreen().length === 1")
    box = "() => { const b = everyframe.viewer.canvas.getBoundingClientRect(); return [b.width, b.height]; }"
    wide, high = live.js(box)
    live.press("t")
    turned = live.js(box)
    assert turned[1] > turned[0]
    live.press("t", "t", "t", "z")
    assert live.js(box)[0] == live.js("() => everyframe.viewer.canvas.width")
    live.press("+")
    assert live.js(box)[0] > wide
    live.press("z")
    assert live.js(box) == pytest.approx([wide, high], abs=1)


def test_every_view_is_an_address_and_back_returns_to_the_place(live: Live) -> None:
    live.go()
    live.js("() => everyframe.grid.focusItem(200)")
    live.settle()
    live.page.wait_for_timeout(300)
    place = live.js("() => everyframe.grid.place")
    live.page.get_by_role("link", name="Films").click()
    live.page.wait_for_function("() => everyframe.order.length === 12")
    assert live.page.url.endswith("/review?show=video")
    live.press("ArrowRight", "Enter")
    live.page.wait_for_selector("ef-viewer .panel section")
    assert live.page.url.endswith("/review?show=video&item=28")
    live.press("Backspace")
    live.page.wait_for_function("() => everyframe.viewer.hidden")
    assert live.focus() == 1
    live.press("Backspace")
    live.page.wait_for_function("() => everyframe.order.length === 303")
    assert live.js("() => everyframe.grid.place") == pytest.approx(place)
    live.page.go_forward()
    live.page.wait_for_function("() => everyframe.order.length === 12")
    assert live.focus() == 1


def test_the_place_outlives_another_page(live: Live) -> None:
    live.go("/review?show=undecided&order=largest")
    live.js("() => everyframe.grid.focusItem(123)")
    live.page.wait_for_timeout(400)
    live.go("/")
    live.page.go_back()
    live.settle()
    assert live.focus() == 123


def test_an_address_with_an_item_opens_it(live: Live) -> None:
    live.go("/review?item=50")
    live.page.wait_for_selector("ef-viewer .panel section")
    assert live.focus() == 49
    live.press("Escape")
    live.page.wait_for_function("() => everyframe.viewer.hidden")
    assert live.page.url.endswith("/review")
    live.press("ArrowRight")
    assert live.focus() == 50


def test_nothing_leaves_the_machine_and_nothing_complains(live: Live) -> None:
    for path in ("/", "/review", "/review?item=3", "/warnings", "/help"):
        live.go(path)
        live.page.wait_for_timeout(300)
    assert {url.split("/")[2] for url in live.requests if url.startswith("http")} == {live.origin.split("/")[2]}
    assert all(url.startswith((live.origin, "blob:")) for url in live.requests)
    assert live.problems == []


def test_the_case_page_follows_the_review(live: Live) -> None:
    from everyframe.review.looks import record_looks
    from everyframe.store.looking import SeenLook

    live.go("/")
    assert live.page.locator("[data-live='to_look']").inner_text() == "303"
    record_looks(live.case, [SeenLook(7, 150, 99, 900, 1, blurred=False, manner="grid")], op="l" * 32, actor="anna")
    live.page.wait_for_function(
        "() => document.querySelector('[data-live=to_look]').textContent === '302'", timeout=20_000
    )
    assert live.page.locator("tr[data-state='looked'] [data-of='files']").first.inner_text() == "1"
    with live.case.seat("intake", purpose="intake of SYN/3"):
        live.page.wait_for_selector(".running:not([hidden])")
        assert "SYN/3" in live.page.locator(".running").inner_text()


def test_the_screen_blanks_when_the_session_is_over(live: Live) -> None:
    live.go()
    live.page.get_by_role("button", name="Lock now").click()
    live.page.wait_for_url("**/locked")
    assert "SYN-2026" not in live.page.content()
    live.page.goto(f"{live.origin}/review")
    assert live.page.url.endswith("/locked")
    live.page.goto(f"{live.origin}/open#{live.links[-1]}")
    live.page.wait_for_url(f"{live.origin}/")


def test_a_session_that_ends_elsewhere_blanks_the_page(live: Live) -> None:
    live.go()
    live.page.context.clear_cookies()
    live.page.wait_for_url("**/locked", timeout=8000)


def test_the_token_is_gone_from_the_address_and_was_never_in_a_request(live: Live) -> None:
    assert not [url for url in live.requests if "ttttt" in url.partition("#")[0]]
    assert "ttttt" not in live.page.url


def test_a_used_link_says_so(live: Live) -> None:
    live.page.goto(f"{live.origin}/open#{'t' * 43}")
    live.page.wait_for_selector("#failed:not([hidden])")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark(live: Live, scheme: Any) -> None:
    live.page.emulate_media(color_scheme=scheme)
    live.go("/")
    ground = "() => getComputedStyle(document.body).backgroundColor"
    light = "rgb(241, 243, 245)"
    assert (live.js(ground) == light) is (scheme == "light")
    live.page.get_by_role("button", name="Light or dark").click()
    assert (live.js(ground) == light) is (scheme == "dark")
    live.go("/help")
    assert (live.js(ground) == light) is (scheme == "dark")


def test_motion_is_off_where_it_is_not_wanted(live: Live) -> None:
    live.page.emulate_media(reduced_motion="reduce")
    live.go()
    assert live.js("() => document.getAnimations().length") == 0
    moving = "() => getComputedStyle(document.querySelector('button')).transitionDuration"
    assert live.js(moving) == "0s"


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (3840, 2160)])
def test_the_whole_fits_every_screen(live: Live, size: tuple[int, int]) -> None:
    live.page.set_viewport_size({"width": size[0], "height": size[1]})
    live.go()
    for _ in range(2):
        live.press("[")
        live.page.wait_for_timeout(100)
    assert live.page.locator(".cell").count() <= 300
    assert live.js(
        "() => document.documentElement.scrollWidth <= innerWidth && document.body.scrollHeight <= innerHeight"
    )
    box = live.page.locator("ef-status").bounding_box()
    assert box
    assert box["y"] + box["height"] == pytest.approx(size[1], abs=1)
