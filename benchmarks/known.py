"""Known sets: exact look-ups, nearest look-ups within 31 bits beside their peers, and the import of a VICS 2.0 hash set.

    .venv/bin/python benchmarks/known.py [--only exact|nearest|import] [--rows N] [--json]

Without ``--rows``: 10,000,000 rows for exact look-ups, 1,000,000 and then 10,000,000 for nearest ones, 5,000,000 entries to
import. Peers, none of which Everyframe needs: ``.venv/bin/pip install faiss-cpu threatexchange ijson``; one that is not there is
left out and said. Every part runs in a process of its own, so that peak memory is that part's.

Nearest: half of the queries are planted 0 to 31 bits from a known hash, half are random; speed is queries per CPU-second on
one thread, all in one process; recall is against brute force over every row, for those queries that the peers are asked.
Import: the bare reading is ``ijson.items`` with its fastest backend, over the same file, in the same run.
"""

import argparse
import hashlib
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

RADIUS = 31
BATCH, ROUNDS = 250_000, 8
DEFAULTS = {"exact": (10_000_000,), "nearest": (1_000_000, 10_000_000), "import": (5_000_000,)}
#: Memory of python-threatexchange's index, bytes a row, as measured at a million rows, with room to spare.
EXCHANGE_BYTES = 900
Hashes = NDArray[np.uint8]
Found = set[tuple[int, int]]
Report = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=DEFAULTS)
    parser.add_argument("--rows", type=int, help="rows, or entries of the file that is imported")
    parser.add_argument("--queries", type=int, default=2_000, help="nearest: queries that Everyframe is asked")
    parser.add_argument(
        "--sample", type=int, default=100, help="nearest: queries that brute force and the peers are asked"
    )
    parser.add_argument("--folder", type=Path, help="where files are made; by default a temporary folder")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.part:
        print(json.dumps(PARTS[asked.part](asked) | {"peak_mib": peak()}))
        return
    report = {name: measured(name, asked) for name in ([asked.only] if asked.only else DEFAULTS)}
    show(report)
    if asked.json:
        print(json.dumps(report))


def measured(name: str, asked: argparse.Namespace) -> Report:
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        sizes = (asked.rows,) if asked.rows else DEFAULTS[name]
        return MEASURES[name](lambda part, rows: run(part, rows, folder, asked), sizes)


def run(part: str, rows: int, folder: str, asked: argparse.Namespace) -> Report:
    """Run one part in a process of its own."""
    numbers = ["--rows", str(rows), "--queries", str(asked.queries), "--sample", str(asked.sample)]
    command = [sys.executable, __file__, "--part", part, "--folder", folder, *numbers]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: Report = json.loads(done.stdout.splitlines()[-1])
    return found


Run = Callable[[str, int], Report]


def measure_exact(run: Run, sizes: Sequence[int]) -> Report:
    return run("exact", sizes[-1])


def measure_nearest(run: Run, sizes: Sequence[int]) -> Report:
    """Give the worst over the sizes, and each."""
    found = {str(rows): run("nearest", rows) for rows in sizes}
    ratios = [each["ratio_to_best_peer"] for each in found.values() if each["ratio_to_best_peer"] is not None]
    return {
        "ratio_to_best_peer": min(ratios, default=None),
        "recall": min(each["recall"] for each in found.values()),
        "rows": found,
    }


def measure_import(run: Run, sizes: Sequence[int]) -> Report:
    made = run("generate", sizes[-1])
    ours, bare = run("import", sizes[-1]), run("ijson", sizes[-1])
    report = {"entries": sizes[-1], "file_bytes": made["bytes"], **ours, "ijson": bare}
    for clock in ("seconds", "cpu_seconds"):
        report[f"ratio_to_ijson_{clock}"] = round(bare[clock] / ours[clock], 3) if clock in bare else None
    return report


def exact(asked: argparse.Namespace) -> Report:
    from everyframe.known.sorting import Piece, keys_of, sort_piece
    from everyframe.known.table import Table, write_table

    dice, rows = np.random.default_rng(1), asked.rows
    began = time.perf_counter()
    digests = dice.integers(0, 256, (rows, 16), np.uint8)
    piece = sort_piece(Piece(keys_of(digests), digests[:, 8:], np.arange(rows, dtype=np.uint32)))
    path = asked.folder / "md5.table"
    write_table(path, algorithm="md5", name="bench", length=16, count=rows, pieces=[piece])
    built = time.perf_counter() - began
    table = Table(path)
    half = digests[dice.integers(0, rows, BATCH // 2)]
    queries = np.vstack([half, dice.integers(0, 256, (BATCH - len(half), 16), np.uint8)])[dice.permutation(BATCH)]
    if len(table.find(queries)[0]) < len(half):
        raise SystemExit("a planted digest was missed")
    spent = [timed(lambda: table.find(queries)) for _ in range(ROUNDS)]
    best = {clock: min(each[clock] for each in spent) for clock in spent[0]}
    return {
        "rows": rows,
        "lookups_per_second": round(BATCH / best["seconds"]),
        "lookups_per_cpu_second": round(BATCH / best["cpu_seconds"]),
        "build_seconds": round(built, 1),
        "bytes_per_row": round(path.stat().st_size / rows, 1),
    }


def nearest(asked: argparse.Namespace) -> Report:
    hashes, queries = material(asked.rows, asked.queries)
    sample = queries[: asked.sample]
    ours, found = everyframe(hashes, queries, asked.folder)
    truth = brute(hashes, sample)
    mine = {pair for pair in found if pair[0] < len(sample)}
    peers = {name: peer(name, hashes, sample, truth) for name in PEERS}
    speeds = [each["queries_per_cpu_second"] for each in peers.values() if "queries_per_cpu_second" in each]
    ratio = round(ours["queries_per_cpu_second"] / max(speeds), 1) if speeds else None
    exactly = {"recall": len(mine & truth) / len(truth), "wrong": len(mine - truth), "brute_force_queries": len(sample)}
    return {"ratio_to_best_peer": ratio, **exactly, "radius": RADIUS, **ours, "peers": peers}


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


def everyframe(hashes: Hashes, asked: Hashes, folder: Path) -> tuple[Report, Found]:
    from everyframe.known.nearest import NearestIndex

    NearestIndex.build(hashes[:100], folder / "warm").search(asked[:2])  # compile first
    kept: list[Any] = []
    build = timed(lambda: kept.append(NearestIndex.build(hashes, folder / "index")))
    index = kept.pop()
    index.search(asked[: len(asked) // 4])
    taken = timed(lambda: kept.append(index.search(asked)))
    few = min(200, len(asked))
    single = timed(lambda: [index.search(asked[at : at + 1]) for at in range(few)])
    hits = kept.pop()
    figures = {
        "build_cpu_seconds": round(build["cpu_seconds"], 2),
        "index_bytes": index.path.stat().st_size,
        "queries_per_cpu_second": round(len(asked) / taken["cpu_seconds"]),
        "one_by_one_queries_per_cpu_second": round(few / single["cpu_seconds"]),
    }
    return figures, set(zip(hits.query.tolist(), hits.row.tolist(), strict=True))


def peer(name: str, hashes: Hashes, asked: Hashes, truth: Found) -> Report:
    """Run one peer, or say why not."""
    work, module, bytes_a_row = PEERS[name]
    if importlib.util.find_spec(module) is None:
        return {"missing": f"{module} is not installed: .venv/bin/pip install faiss-cpu threatexchange"}
    if available() < bytes_a_row * len(hashes):
        return {"missing": f"left out: needs {bytes_a_row * len(hashes) >> 20} MiB, {available() >> 20} MiB are free"}
    import faiss  # type: ignore[import-untyped,import-not-found,unused-ignore]

    faiss.omp_set_num_threads(1)
    figures, found = work(hashes, asked)
    return figures | {"queries": len(asked), "recall": round(len(found & truth) / len(truth), 4)}


def flat(hashes: Hashes, asked: Hashes) -> tuple[Report, Found]:
    import faiss

    index = faiss.IndexBinaryFlat(256)
    index.add(hashes)
    kept: list[Any] = []
    spent = timed(lambda: kept.extend(index.range_search(asked, RADIUS + 1)))["cpu_seconds"]
    limits, _, rows = kept
    found = {(at, int(row)) for at in range(len(asked)) for row in rows[limits[at] : limits[at + 1]]}
    return {"queries_per_cpu_second": round(len(asked) / spent, 1)}, found


def exchange(hashes: Hashes, asked: Hashes) -> tuple[Report, Found]:
    from threatexchange.signal_type.pdq.pdq_index import (  # type: ignore[import-untyped,import-not-found,unused-ignore]
        PDQIndex,
    )

    kept: list[Any] = []
    build = timed(lambda: kept.append(PDQIndex((row.tobytes().hex(), at) for at, row in enumerate(hashes))))
    index, texts = kept.pop(), [row.tobytes().hex() for row in asked]
    spent = timed(lambda: kept.extend(index.query(text) for text in texts))["cpu_seconds"]
    found = {(at, int(hit.metadata)) for at, hits in enumerate(kept) for hit in hits}
    speed = {"queries_per_cpu_second": round(len(asked) / spent, 1)}
    return speed | {"build_cpu_seconds": round(build["cpu_seconds"], 1)}, found


def generate(asked: argparse.Namespace) -> Report:
    path = asked.folder / "set.json"
    with path.open("w") as file:
        context = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/Default/$metadata#Media"
        file.write(f'{{"@odata.context":"{context}","value":[')
        for n in range(asked.rows):
            file.write("," * bool(n) + json.dumps(media(n), separators=(",", ":")))
        file.write("]}")
    return {"bytes": path.stat().st_size}


def media(n: int) -> Report:
    name = b"%d" % n
    return {
        "MediaID": n,
        "Category": n % 5,
        "MD5": hashlib.md5(name).hexdigest().upper(),
        "SHA1": hashlib.sha1(name).hexdigest().upper(),
        "MediaSize": 20_000 + n,
        "VictimIdentified": False,
        "OffenderIdentified": False,
        "IsDistributed": bool(n % 2),
        "Series": "",
        "Tags": "tag" if n % 7 == 0 else "",
        "DateUpdated": "2023-06-12T17:54:57.9658552+02:00",
    }


def import_(asked: argparse.Namespace) -> Report:
    from everyframe.known.importing import NewSet, import_set

    kept: list[Any] = []
    said = NewSet(kind="alert")
    spent = timed(
        lambda: kept.append(import_set(asked.folder / "set.json", said, home=asked.folder / "home", actor="bench"))
    )
    if kept[0].rows != asked.rows or kept[0].lint:
        raise SystemExit(f"{kept[0].rows} rows of {asked.rows}, lint {kept[0].lint}")
    return spent


def bare(asked: argparse.Namespace) -> Report:
    if importlib.util.find_spec("ijson") is None:
        return {"missing": "ijson is not installed: .venv/bin/pip install ijson"}
    import ijson  # type: ignore[import-untyped,import-not-found,unused-ignore]

    def read() -> None:
        with (asked.folder / "set.json").open("rb") as file:
            if sum(1 for _ in ijson.items(file, "value.item", use_float=True)) != asked.rows:
                raise SystemExit("ijson read another number of entries")

    return {"backend": str(ijson.backend), **timed(read)}


def timed(work: Callable[[], object]) -> dict[str, float]:
    """Time by the wall and by the processor: on a machine that others use, only the second is repeatable."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - processor}


def peak() -> int:
    """Give the most memory that this process had, MiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) >> 10 for line in lines if line.startswith("VmHWM"))


def available() -> int:
    """Give the memory that is free, bytes."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable"))


def show(report: Report, indent: str = "") -> None:
    for name, value in report.items():
        if isinstance(value, dict):
            print(f"{indent}{name}")
            show(value, indent + "  ")
        else:
            print(
                f"{indent}{name:{36 - len(indent)}} {value:,.3f}"
                if isinstance(value, float)
                else f"{indent}{name:{36 - len(indent)}} {value}"
            )


PEERS: dict[str, tuple[Callable[[Hashes, Hashes], tuple[Report, Found]], str, int]] = {
    "faiss_flat": (flat, "faiss", 40),
    "threatexchange": (exchange, "threatexchange", EXCHANGE_BYTES),
}
PARTS: dict[str, Callable[[argparse.Namespace], Report]] = {
    "exact": exact,
    "nearest": nearest,
    "generate": generate,
    "import": import_,
    "ijson": bare,
}
MEASURES: dict[str, Callable[[Run, Sequence[int]], Report]] = {
    "exact": measure_exact,
    "nearest": measure_nearest,
    "import": measure_import,
}

if __name__ == "__main__":
    main()
