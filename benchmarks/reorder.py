"""Measure how long it takes to make the order anew after a decision, and the memory that the order holds.

Rows of a million pictures are made up: traits at random, 20,000 folders, 30 cameras, times, some relevant ones that are
alike. Each round a person decides on one picture, and everything is scored and put in order again. Asked for: 95 of 100
rounds within 300 ms. Beside the time by the clock stands that of all processors, which other programs disturb less. The last
line with ``--json`` is one JSON object.
"""

import argparse
import json
import resource
import statistics
import sys
import time

import numpy as np

from everyframe.store.order_facts import Column, Facts
from everyframe.triage.index import DIMENSIONS
from everyframe.triage.queue import Queue, Traits
from everyframe.triage.ranking import Labels
from everyframe.triage.weights import load_weights

FOLDERS, CAMERAS, ALIKE = 20_000, 30, 0.01


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--media", type=int, default=1_000_000)
    parser.add_argument("--decided", type=int, default=5000, help="decisions that stand before the first round")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--json", dest="as_json", action="store_true")
    options = parser.parse_args()
    rng = np.random.Generator(np.random.PCG64(1))
    before = resident()
    facts, traits, alike = made(options.media, rng)
    queue = Queue(facts, traits, load_weights(), seed=1)
    spans, work = rounds(queue, alike, options.decided, options.rounds, rng)
    spans.sort()
    work.sort()
    result = {
        "media": options.media,
        "decided": options.decided,
        "reorder_p50_ms": round(statistics.median(spans), 1),
        "reorder_p95_ms": round(spans[int(0.95 * len(spans))], 1),
        "cpu_p50_ms": round(statistics.median(work), 1),
        "cpu_p95_ms": round(work[int(0.95 * len(work))], 1),
        "memory_mb": round((resident() - before) / 1e6),
        "traits_mb": round(options.media * DIMENSIONS / 1e6),
    }
    print("\n".join(f"{name:16} {value}" for name, value in result.items()), file=sys.stderr)
    if options.as_json:
        print(json.dumps(result))


def resident() -> int:
    """Give the most memory this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def made(count: int, rng: np.random.Generator) -> tuple[Facts, Traits, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Make rows up."""
    no = np.zeros(count, bool)
    alike = rng.random(count) < ALIKE
    vectors = rng.integers(-60, 60, (count, DIMENSIONS), dtype=np.int8)
    vectors[alike, :40] += 40
    taken = rng.uniform(1.5e9, 1.6e9, count)
    taken[rng.random(count) < 0.4] = np.nan

    def column(number: int, low: int = 0) -> tuple[np.ndarray[tuple[int], np.dtype[np.int32]], int]:
        return rng.integers(low, number, count).astype(np.int32), number

    folder, cameras = column(FOLDERS)[0], column(CAMERAS, -1)[0]
    facts = Facts(
        ids=np.arange(1, count + 1),
        group=np.arange(count),
        known=no,
        film=no,
        sound=no,
        differs=no,
        recovered=rng.random(count) < 0.1,
        pixels=np.full(count, 640 << 20 | 480, np.int64),
        taken=taken,
        place=np.full((count, 2), np.nan),
        folder=Column(folder, [(1, b"DCIM/%d" % n) for n in range(FOLDERS)]),
        camera=Column(cameras, [("m", f"model {n}", "s") for n in range(CAMERAS)]),
        mime=Column(column(5)[0], ["a", "b", "c", "d", "e"]),
        software=Column(column(9, -1)[0], list("abcdefghi")),
        links={},
    )
    return facts, Traits(vectors, np.arange(count)), alike


def rounds(
    queue: Queue,
    alike: np.ndarray[tuple[int], np.dtype[np.bool_]],
    decided: int,
    number: int,
    rng: np.random.Generator,
) -> tuple[list[float], list[float]]:
    """Decide, and make the order anew, one picture at a time; gives milliseconds by the clock, and of all processors."""
    rows = rng.permutation(len(alike))[:decided]
    seen = np.zeros(len(alike), bool)
    spans, work = [], []
    for _ in range(number + 1):
        seen[rows] = True
        labels = Labels(rows[alike[rows]], rows[~alike[rows]], seen)
        began, before = time.perf_counter(), time.process_time()
        queue.update(labels)
        spans.append(1000 * (time.perf_counter() - began))
        work.append(1000 * (time.process_time() - before))
        rows = np.append(rows, queue.standing.order[0])
    return spans[1:], work[1:]  # the first compiles


if __name__ == "__main__":
    main()
