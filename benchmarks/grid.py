"""Measure the review grid in a headless browser: cells, memory, keys, jumps, scrolling, and the order list.

Makes a synthetic case of as many pictures as asked for, serves it, and drives Chromium through the real page. The last
line with ``--json`` is one JSON object. Gates: at most 300 cells, 30 MB of heap, digit to frame 100 ms (p95), jump to all
previews 1,000 ms (p95), filter to first picture 1,000 ms (p95 of all filters, each in a page that was loaded anew).
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from everyframe.store.case import Case
from everyframe.store.orders import read_order
from everyframe.store.views import View
from everyframe.testing.synthetic import synthetic_case

CHROMIUM = "/usr/bin/chromium"
SWITCHES = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--enable-precise-memory-info",
)  # fmt: skip
SERVE = """
import sys
from pathlib import Path
from everyframe.store.case import Case
from everyframe.web.serve import serve
with Case(Path(sys.argv[1])) as case:
    serve(case, port=0, actor="benchmark", announce=lambda text: print(text, flush=True))
"""
WHEN_SETTLED = """(jump) => new Promise((done) => {
    const grid = everyframe.grid, began = performance.now();
    jump(grid);
    const look = () => grid.settled ? requestAnimationFrame(() => done(performance.now() - began)) : requestAnimationFrame(look);
    requestAnimationFrame(look);
})"""
JUMP = WHEN_SETTLED.replace("(jump) =>", "(fraction) =>").replace("jump(grid)", "grid.scrollToFraction(fraction)")
DIGIT = """(key) => new Promise((done) => {
    const began = performance.now();
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
})"""
SCROLL = """() => new Promise((done) => {
    const scroller = document.querySelector(".scroller"), times = [];
    let before = performance.now(), left = 90;
    const step = (now) => {
        times.push(now - before);
        before = now;
        scroller.dispatchEvent(new WheelEvent("wheel", { deltaY: 60, bubbles: true, cancelable: true }));
        if (everyframe.grid.order) scroller.scrollTop += 60;
        if (left-- > 0) requestAnimationFrame(step); else done(times.slice(2));
    };
    requestAnimationFrame(step);
})"""
FILTERS = (
    "kind:film", "model:D-1", "taken:2025-03", "modified:2025-03-01..2025-03-10", "folder:DCIM/200CANON", "IMG_4711",
    "place:50/5..50.05/7", "warning:damaged", "size>4MB", "similar:5/4", "similar:5/90", "exhibit:SYN/2 -kind:film",
    "copies>1", "state:remaining decided:no", "-kind:film",
)  # fmt: skip
FILTER = """(q) => new Promise((done) => {
    const { filter, grid } = everyframe, before = grid.order;
    filter.input.value = q;
    const began = performance.now();
    filter.querySelector("form").requestSubmit();
    const there = () => grid.order !== before && grid.onScreen().some((c) => c.id === grid.order.ids[c.index]);
    const look = () => requestAnimationFrame(() => there() ? requestAnimationFrame(() => done(performance.now() - began)) : look());
    look();
})"""
HEAP = "() => performance.memory.usedJSHeapSize / 1e6"
CELLS = "() => document.querySelectorAll('.cell').length"
LAST = """() => { const g = everyframe.grid, c = g.cellAt(g.order.length - 1);
    if (!c || g.focusIndex !== g.order.length - 1) return false;
    const box = c.element.getBoundingClientRect(), pane = g.getBoundingClientRect();
    return c.id === g.order.ids[g.order.length - 1] && box.bottom <= pane.bottom + 1 && box.top >= pane.top - 1; }"""
LONG = """() => { globalThis.longTasks = [];
    new PerformanceObserver((l) => longTasks.push(...l.getEntries().map((e) => e.duration))).observe({ type: "longtask" }); }"""


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1)


@contextmanager
def served(directory: Path) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(directory)], stdout=subprocess.PIPE, text=True, env=os.environ
    )
    try:
        assert process.stdout is not None
        link = re.search(r"http://\S+", process.stdout.readline())
        assert link is not None
        yield link.group()
    finally:
        process.terminate()
        process.wait()


def order_ms(directory: Path) -> float:
    """Time the order list of the whole case, best of three."""
    with Case(directory) as case, case.database.read() as connection:
        codes = tuple(c.code for c in case.scheme.categories)
        times = []
        for _ in range(3):
            began = time.perf_counter()
            read_order(connection, View(), case.scheme.id, codes)
            times.append(1000 * (time.perf_counter() - began))
    return round(min(times), 1)


def measure(page: Page, link: str, jumps: int, rounds: int) -> dict[str, Any]:
    page.goto(link)
    page.wait_for_url("**/")
    page.goto(link.partition("/open")[0] + "/review")
    page.wait_for_function("() => globalThis.everyframe?.grid.settled")
    page.evaluate(LONG)
    page.keyboard.press("b")
    found: dict[str, Any] = {"rows": page.evaluate("() => everyframe.order.length")}
    fractions = [(n * 0.618034) % 1 for n in range(1, jumps + 1)]
    page.evaluate(JUMP, 0.5)
    found |= spread("jump_to_previews_ms", [page.evaluate(JUMP, f) for f in fractions])
    found |= spread("scroll_frame_ms", page.evaluate(SCROLL))
    page.evaluate(JUMP, 0.3)
    page.evaluate("() => { everyframe.grid.focusItem(everyframe.grid.firstVisible); everyframe.takeFocus(); }")
    page.wait_for_timeout(500)
    digits = []
    for n in range(60):
        digits.append(page.evaluate(DIGIT, "125"[n % 3]))
        page.wait_for_timeout(30)
    found |= spread("digit_to_frame_ms", digits)
    page.keyboard.press("Control+End")
    page.wait_for_function("() => everyframe.grid.settled")
    found["ctrl_end_ok"] = page.evaluate(LAST)
    found["dom_cells"] = page.evaluate(CELLS)
    found["heap_mb"] = round(page.evaluate(HEAP), 1)
    found["longest_task_ms"] = round(max(page.evaluate("() => longTasks"), default=0), 1)
    if rounds:
        found |= filtering(page, link.partition("/open")[0], rounds)
    return found


def filtering(page: Page, origin: str, rounds: int) -> dict[str, Any]:
    """Write each filter into its line and send it, in a page that shows everything and has no previews yet."""
    times: dict[str, list[float]] = {q: [] for q in FILTERS}
    for _ in range(rounds):
        for q in FILTERS:
            page.goto(origin + "/review")
            page.wait_for_function("() => globalThis.everyframe?.grid.settled && everyframe.filter.view")
            times[q].append(page.evaluate(FILTER, q))
    every = [t for some in times.values() for t in some]
    slowest = max(times, key=lambda q: statistics.median(times[q]))
    found: dict[str, Any] = spread("filter_to_picture_ms", every)
    return found | {"filter_slowest": slowest, "filter_slowest_ms_p50": round(statistics.median(times[slowest]), 1)}


def spread(name: str, values: Sequence[float]) -> dict[str, float]:
    return {f"{name}_p50": round(statistics.median(values), 1), f"{name}_p95": percentile(values, 0.95)}


def run(rows: int, jumps: int, rounds: int, kept: Path | None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as scratch:
        directory = kept or Path(scratch) / "case"
        began = time.perf_counter()
        if not directory.exists():
            synthetic_case(directory, media=rows, pictures=min(rows, 200)).close()
        made = {"case_seconds": round(time.perf_counter() - began, 1), "order_list_ms": order_ms(directory)}
        with served(directory) as link, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
            page = browser.new_page(viewport={"width": 1920, "height": 1080})
            found = measure(page, link, jumps, rounds)
            browser.close()
    return found | made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--jumps", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=8, help="of each filter")
    parser.add_argument("--case", type=Path, help="use, or make and keep, the case in this directory")
    parser.add_argument("--json", action="store_true", help="print one JSON object last")
    asked = parser.parse_args()
    found = run(asked.rows, asked.jumps, asked.rounds, asked.case)
    for name, value in found.items():
        print(f"{name:26} {value}", file=sys.stderr if asked.json else sys.stdout)
    if asked.json:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
