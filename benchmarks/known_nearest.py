"""Nearest look-ups of 256-bit hashes within 31 bits, against faiss and python-threatexchange in the same run.

    .venv/bin/python benchmarks/known_nearest.py [--rows N] [--queries N] [--json]

Needs `pip install faiss-cpu threatexchange`; a peer that is not installed is left out and said. Half of the queries are
planted 0 to 31 bits from a known hash, half are random. Speed is queries per CPU-second of the process, on one thread.
Recall is against brute force over every row (for a sample of the queries that is stated).
"""

import argparse
import importlib.util
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from everyframe.known.nearest import NearestIndex

RADIUS = 31
Hashes = NDArray[np.uint8]
Found = set[tuple[int, int]]


def material(rows: int, queries: int) -> tuple[Hashes, Hashes]:
    rng = np.random.default_rng(1)
    hashes = rng.integers(0, 256, (rows, 32), dtype=np.uint8)
    asked = rng.integers(0, 256, (queries, 32), dtype=np.uint8)
    for at in range(0, queries, 2):
        bits = np.unpackbits(hashes[rng.integers(rows)])
        bits[rng.choice(256, at // 2 % (RADIUS + 1), replace=False)] ^= 1
        asked[at] = np.packbits(bits)
    return hashes, asked


def brute(hashes: Hashes, asked: Hashes) -> Found:
    words = hashes.view(np.uint64)
    found = set()
    for at, query in enumerate(np.ascontiguousarray(asked).view(np.uint64)):
        apart = np.zeros(len(words), np.uint16)
        for word in range(4):
            apart += np.bitwise_count(words[:, word] ^ query[word])
        found |= {(at, int(row)) for row in np.flatnonzero(apart <= RADIUS)}
    return found


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


def ours(hashes: Hashes, asked: Hashes, folder: Path) -> tuple[dict[str, Any], Found]:
    NearestIndex.build(hashes[:100], folder / "warm").search(asked[:2])  # compile first
    seconds, index = timed(lambda: NearestIndex.build(hashes, folder / "index"))
    index.search(asked[: len(asked) // 4])
    taken, hits = timed(lambda: index.search(asked))
    single, _ = timed(lambda: [index.search(asked[at : at + 1]) for at in range(min(200, len(asked)))])
    figures = {
        "build_cpu_seconds": round(seconds, 2),
        "bytes": index.path.stat().st_size,
        "queries_per_cpu_second": round(len(asked) / taken),
        "one_by_one_queries_per_cpu_second": round(min(200, len(asked)) / single),
    }
    return figures, set(zip(hits.query.tolist(), hits.row.tolist(), strict=True))


def flat(hashes: Hashes, asked: Hashes) -> tuple[dict[str, Any], Found]:
    import faiss  # type: ignore[import-untyped,import-not-found,unused-ignore]

    faiss.omp_set_num_threads(1)
    index = faiss.IndexBinaryFlat(256)
    index.add(hashes)
    taken, (limits, _, rows) = timed(lambda: index.range_search(asked, RADIUS + 1))
    found = {(at, int(row)) for at in range(len(asked)) for row in rows[limits[at] : limits[at + 1]]}
    return {"queries_per_cpu_second": round(len(asked) / taken, 1), "queries": len(asked)}, found


def exchange(hashes: Hashes, asked: Hashes) -> tuple[dict[str, Any], Found]:
    import faiss
    from threatexchange.signal_type.pdq.pdq_index import (  # type: ignore[import-untyped,import-not-found,unused-ignore]
        PDQIndex,
    )

    faiss.omp_set_num_threads(1)
    build, index = timed(lambda: PDQIndex((row.tobytes().hex(), at) for at, row in enumerate(hashes)))
    texts = [row.tobytes().hex() for row in asked]
    taken, answers = timed(lambda: [index.query(text) for text in texts])
    found = {(at, int(hit.metadata)) for at, hits in enumerate(answers) for hit in hits}
    figures = {"queries_per_cpu_second": round(len(asked) / taken, 1), "queries": len(asked)}
    return figures | {"build_cpu_seconds": round(build, 2)}, found


def peers(hashes: Hashes, asked: Hashes, truth: Found, most: int) -> dict[str, dict[str, Any]]:
    """Run each peer on as many queries as it can do in reasonable time, at most those that the truth covers."""
    measured: dict[str, dict[str, Any]] = {}
    for name, module, work in (("faiss_flat", "faiss", flat), ("threatexchange", "threatexchange", exchange)):
        if importlib.util.find_spec(module) is None:
            measured[name] = {"missing": f"{module} is not installed"}
        elif name == "threatexchange" and len(hashes) > most:
            measured[name] = {"missing": f"left out above {most} rows, for its memory; --exchange-rows allows more"}
        else:
            figures, found = work(hashes, asked)
            measured[name] = figures | {"recall": round(len(found & truth) / len(truth), 4)}
    return measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=4_000)
    parser.add_argument("--sample", type=int, default=400, help="queries for brute force and the peers")
    parser.add_argument("--exchange-rows", type=int, default=2_000_000, help="most rows for python-threatexchange")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    hashes, asked = material(options.rows, options.queries)
    sample = asked[: options.sample]
    with tempfile.TemporaryDirectory() as folder:
        figures, found = ours(hashes, asked, Path(folder))
    truth = brute(hashes, sample)
    mine = {pair for pair in found if pair[0] < len(sample)}
    others = peers(hashes, sample, truth, options.exchange_rows)
    speeds = [each["queries_per_cpu_second"] for each in others.values() if "queries_per_cpu_second" in each]
    ratio = figures["queries_per_cpu_second"] / max(speeds) if speeds else None
    nearest = {"rows": options.rows, "radius": RADIUS, **figures, "ratio_to_best_peer": ratio and round(ratio, 1)}
    nearest |= {
        "recall": len(mine & truth) / len(truth),
        "wrong": len(mine - truth),
        "brute_force_queries": len(sample),
    }
    if options.json:
        print(json.dumps({"nearest": nearest, "peers": others}))
        return
    for name, value in nearest.items():
        print(f"{name:34} {value}")
    for name, peer in others.items():
        print(f"{name:34} {peer}")


if __name__ == "__main__":
    main()
