"""Take the pictures of the documentation from a case that is served for it: the case page, the grid, the viewer.

.venv/bin/python scripts/screenshots.py CASE docs/images
"""

import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

BROWSER = "/usr/bin/chromium"
FLAGS = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync --no-first-run"
PORT = 8431
SIZE = {"width": 1440, "height": 900}


def link(server: "subprocess.Popen[str]") -> str:
    """Read the link that works once from what the server prints."""
    for line in server.stderr or ():
        if found := re.search(r"http://\S+", line):
            return found.group()
    raise SystemExit("the server printed no link")


def take(page: Page, first: str, folder: Path) -> None:
    """Open the pages one after the other."""
    page.goto(first)
    page.wait_for_selector("table")
    page.goto(f"http://127.0.0.1:{PORT}/review")
    page.wait_for_timeout(2000)
    page.keyboard.press("b")
    page.keyboard.press("g")
    page.wait_for_timeout(3000)
    for key in ("1", "2", "2", "2", "3", "2", "2"):
        page.keyboard.press(key)
        page.wait_for_timeout(300)
    page.wait_for_timeout(5000)
    page.screenshot(path=folder / "grid.png")
    page.keyboard.press("Enter")
    page.wait_for_timeout(2500)
    page.screenshot(path=folder / "viewer.png")
    page.keyboard.press("Escape")
    page.goto(f"http://127.0.0.1:{PORT}/")
    page.wait_for_timeout(1500)
    page.screenshot(path=folder / "case.png")


def main() -> None:
    """Serve the case, take the pictures, stop serving."""
    case, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "everyframe", "serve", case, "--port", str(PORT)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server, sync_playwright() as playwright:  # noqa: S603 - our own
        try:
            browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS.split())
            context = browser.new_context(viewport=SIZE, color_scheme="dark")  # type: ignore[arg-type]
            take(context.new_page(), link(server), folder)
            browser.close()
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
