"""Take the pictures of the documentation from a case that is served for it: every screen, light and dark.

.venv/bin/python scripts/screenshots.py CASE docs/images [WIDTHxHEIGHT]
"""

import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, sync_playwright

BROWSER = "/usr/bin/chromium"
FLAGS = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run"
PORT = 8431
ACTOR = "M. Keller"
ORIGIN = f"http://127.0.0.1:{PORT}"
SIZE = "1280x720"
SCREENS = (
    "queue",
    "folders",
    "timeline",
    "places",
    "similar",
    "settings",
    "warnings",
    "sources",
    "sets",
    "audit",
    "report",
    "validate",
)
SHOW = "() => { if (everyframe.grid.blur) everyframe.actions.blur(); if (everyframe.grid.grey) everyframe.actions.grey(); }"


def link(server: "subprocess.Popen[str]") -> str:
    """Read the link that works once from what the server prints."""
    for line in server.stderr or ():
        if found := re.search(r"http://\S+", line):
            return found.group()
    raise SystemExit("the server printed no link")


def grid(page: Page, path: str = "/review") -> None:
    """Open a view and show its pictures."""
    page.goto(ORIGIN + path)
    page.wait_for_function("() => globalThis.everyframe?.grid.settled")
    page.evaluate(SHOW)
    page.wait_for_timeout(2500)


def work(page: Page) -> None:
    """Look and decide a little, tag, and mark a clue, so that the screens have something to show."""
    grid(page)
    for key in ("1", "2", "2", "2", "3", "2", "2"):
        page.keyboard.press(key)
        page.wait_for_timeout(200)
    page.keyboard.press("k")
    page.locator(".marker input").fill("kitchen")
    page.keyboard.press("Enter")
    page.locator(".marker").wait_for(state="detached")
    page.keyboard.press("Enter")
    page.wait_for_function("() => everyframe.viewer.onScreen().length || everyframe.viewer.media?.kind === 'video'")
    page.keyboard.press("o")
    page.keyboard.press("Enter")
    page.locator(".marker input").fill("yellow flower, brown centre")
    page.keyboard.press("Enter")
    page.locator(".marker").wait_for(state="detached", timeout=60_000)


def runs(page: Page) -> None:
    """Check machine and case and export a table, so that these screens have something to show."""
    page.goto(f"{ORIGIN}/validate")
    for start, shown in (("#start-validate button", "#passed"), ("#start-verify button", "#verified")):
        page.locator(start).click()
        page.locator(shown).wait_for(timeout=300_000)
        page.locator("#run").wait_for(state="hidden")
    page.goto(f"{ORIGIN}/report")
    page.locator("#scope [name=format]").select_option("csv")
    page.locator("#scope .primary").click()
    page.locator("a[download]").first.wait_for(timeout=300_000)


def take(page: Page, folder: Path, scheme: Any) -> None:  # noqa: ANN401 - one of two words
    """Open every screen and take its picture."""
    page.emulate_media(color_scheme=scheme)

    def shoot(name: str) -> None:
        picture = Image.open(io.BytesIO(page.screenshot()))
        picture.convert("RGB").quantize(256, dither=Image.Dither.FLOYDSTEINBERG).save(
            folder / f"{name}-{scheme}.png", optimize=True
        )

    for name in SCREENS:
        page.goto(f"{ORIGIN}/{name}")
        page.wait_for_timeout(1200)
        if name == "report":
            page.locator("#count").click()
            page.wait_for_timeout(800)
        shoot(name)
    page.goto(f"{ORIGIN}/clues")
    page.locator(".tools button").click()
    page.wait_for_timeout(1000)
    shoot("clues")
    page.goto(ORIGIN)
    page.wait_for_timeout(1000)
    shoot("case")
    grid(page)
    shoot("grid")
    page.keyboard.press("s")
    page.wait_for_url("**similar*")
    page.wait_for_timeout(1500)
    shoot("alike")
    page.go_back()
    page.wait_for_timeout(800)
    page.keyboard.press("Enter")
    page.wait_for_timeout(2000)
    shoot("viewer")
    ids = page.evaluate("() => [...everyframe.order.ids.slice(0, 2)].join(',')")
    page.goto(f"{ORIGIN}/compare?ids={ids}")
    page.wait_for_timeout(1000)
    for key in ("b", "g", "d"):
        page.keyboard.press(key)
        page.wait_for_timeout(700)
    shoot("compare")


def main() -> None:
    """Serve the case, take the pictures, stop serving."""
    case, folder = sys.argv[1], Path(sys.argv[2])
    width, height = (int(n) for n in (sys.argv[3] if len(sys.argv) > 3 else SIZE).split("x"))  # noqa: PLR2004 - an argument
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "everyframe", "serve", case, "--port", str(PORT)]
    named = os.environ | {"EVERYFRAME_ACTOR": ACTOR}
    with (
        subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=named) as server,  # noqa: S603 - our own
        sync_playwright() as playwright,
    ):
        try:
            browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS.split())
            page = browser.new_context(viewport={"width": width, "height": height}, locale="en").new_page()
            page.goto(link(server))
            page.wait_for_selector("table")
            work(page)
            runs(page)
            for scheme in ("dark", "light"):
                take(page, folder, scheme)
            browser.close()
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
