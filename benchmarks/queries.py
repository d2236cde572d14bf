"""Measure queries over a synthetic case: the order of a view with each kind of filter, its facets, its times and places.

The last line with ``--json`` is one JSON object. Gates: order 1,000 ms, facets 150 ms: the slowest of ten runs of the
slowest query, after a first one that is not counted.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from everyframe.model.query import Box
from everyframe.review.query import view_of
from everyframe.store import folders, groups, places, timeline
from everyframe.store.case import Case
from everyframe.store.facets import count_facets
from everyframe.store.orders import read_order
from everyframe.testing.synthetic import synthetic_case

QUERIES = (
    "", "kind:film", "model:D-1", "taken:2025-03", "modified:2025-03-01..2025-03-10", "folder:DCIM/200CANON", "IMG_4711",
    "name:4711", "place:50/5..50.05/7", "has:place", "warning:damaged", "size>4MB", "hash:6d303030303030", "similar:5/90",
    "exhibit:SYN/2 -kind:film", "differs:yes", "copies>1", "state:remaining decided:no",
)  # fmt: skip
ROUNDS = 10


def timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def spread(times: list[float]) -> float:
    return round(max(times), 1)


def measure(case: Case) -> dict[str, Any]:
    codes = tuple(c.code for c in case.scheme.categories)
    found: dict[str, Any] = {"queries": {}}
    world = Box(-90, -180, 90, 180)
    with case.database.read() as c:
        everything = read_order(c, view_of({}), case.scheme.id, codes)
        found["columns_first_ms"] = round(timed(lambda: count_facets(c, everything.ids)), 1)
        others = {
            "timeline": lambda: timeline.bars(c, everything.ids, "modified", "month"),
            "places": lambda: places.clusters(c, everything.ids, world, 1.0),
            "folders": lambda: folders.read_folders(c, "SYN/1", "DCIM"),
            "queue": lambda: groups.folder_groups(c),
        }
        for name, work in others.items():
            found[f"{name}_first_ms"] = round(timed(work), 1)
            found[f"{name}_slowest_ms"] = spread([timed(work) for _ in range(ROUNDS)])
        for q in QUERIES:
            view = view_of({"q": q})
            read_order(c, view, case.scheme.id, codes)
            orders = [timed(lambda v=view: read_order(c, v, case.scheme.id, codes)) for _ in range(ROUNDS)]  # type: ignore[misc]
            ids = read_order(c, view, case.scheme.id, codes).ids
            facets = [timed(lambda i=ids: count_facets(c, i)) for _ in range(ROUNDS)]  # type: ignore[misc]
            found["queries"][q] = {
                "media": len(ids),
                "order_slowest_ms": spread(orders),
                "facets_slowest_ms": spread(facets),
            }
    found["order_slowest_ms"] = max(q["order_slowest_ms"] for q in found["queries"].values())
    found["facets_slowest_ms"] = max(q["facets_slowest_ms"] for q in found["queries"].values())
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--case", type=Path, help="use, or make and keep, the case in this directory")
    parser.add_argument("--json", action="store_true", help="print one JSON object last")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        directory = asked.case or Path(scratch) / "case"
        if not directory.exists():
            synthetic_case(directory, media=asked.rows, pictures=min(asked.rows, 200)).close()
        with Case(directory) as case:
            found = measure(case)
    out = sys.stderr if asked.json else sys.stdout
    for q, row in found["queries"].items():
        print(
            f"{q or '(everything)':36} {row['media']:9} {row['order_slowest_ms']:8} ms {row['facets_slowest_ms']:8} ms",
            file=out,
        )
    for name, value in found.items():
        if name != "queries":
            print(f"{name:26} {value}", file=out)
    if asked.json:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
