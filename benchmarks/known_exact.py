"""Known sets: exact look-ups a second, and the import of a VICS 2.0 hash set beside the bare reading of its JSON.

``python benchmarks/known_exact.py [--rows N] [--entries N] [--json]``. Every part runs in a process of its own, so that peak
memory is that part's. The bare reading is ``ijson`` with its C backend where it is installed, and the same file is also read
by the importer's own JSON reader alone; both ratios are printed.
"""

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

BATCH = 250_000
ROUNDS = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the set that is looked up in")
    parser.add_argument("--entries", type=int, default=0, help="entries of the VICS set; by default as many as rows")
    parser.add_argument("--folder", type=Path, help="where the files are made; by default a temporary folder")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.part:
        print(json.dumps(PARTS[asked.part](asked.folder, asked.rows) | {"peak_mib": peak()}))
        return
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        result = measure(Path(name), asked.rows, asked.entries or asked.rows)
    if asked.json:
        print(json.dumps(result))
        return
    for part, values in result.items():
        print(f"{part:12} " + "  ".join(f"{k} {v:,.2f}" for k, v in values.items()))


def measure(folder: Path, rows: int, entries: int) -> dict[str, dict[str, float]]:
    result = {"lookup": part("lookup", folder, rows)}
    part("generate", folder, entries)
    for name in ("import", "reader", "ijson"):
        result[name] = part(name, folder, entries)
    result["ratio"] = {
        f"import_to_{name}_{clock}": result[name][clock] / result["import"][clock]
        for name in ("ijson", "reader")
        for clock in ("seconds", "cpu_seconds")
        if clock in result[name]
    }
    return result


def part(name: str, folder: Path, rows: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--part", name, "--folder", str(folder), "--rows", str(rows)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def lookup(folder: Path, rows: int) -> dict[str, float]:
    from everyframe.known.sorting import Piece, keys_of, sort_piece
    from everyframe.known.table import Table, write_table

    dice = np.random.default_rng(1)
    began = time.perf_counter()
    digests = dice.integers(0, 256, (rows, 16), np.uint8)
    piece = sort_piece(Piece(keys_of(digests), digests[:, 8:], np.arange(rows, dtype=np.uint32)))
    path = folder / "md5.table"
    write_table(path, algorithm="md5", name="bench", length=16, count=rows, pieces=[piece])
    built = time.perf_counter() - began
    table = Table(path)
    half = digests[dice.integers(0, rows, BATCH // 2)]
    asked = np.vstack([half, dice.integers(0, 256, (BATCH - len(half), 16), np.uint8)])[dice.permutation(BATCH)]
    hits = len(table.find(asked)[0])
    assert hits >= len(half)
    seconds = min(timed(lambda: table.find(asked)) for _ in range(ROUNDS))
    size = path.stat().st_size
    return {"rows": rows, "per_second": BATCH / seconds, "build_seconds": built, "bytes_per_row": size / rows}


def generate(folder: Path, rows: int) -> dict[str, float]:
    with (folder / "set.json").open("w") as file:
        context = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/Default/$metadata#Media"
        file.write(f'{{"@odata.context":"{context}","value":[')
        for n in range(rows):
            file.write("," * bool(n) + json.dumps(media(n), separators=(",", ":")))
        file.write("]}")
    return {"bytes": (folder / "set.json").stat().st_size}


def media(n: int) -> dict[str, Any]:
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


def import_(folder: Path, rows: int) -> dict[str, float]:
    from everyframe.known.importing import NewSet, import_set

    began = Clock()
    info = import_set(folder / "set.json", NewSet(kind="alert"), home=folder / "home", actor="bench")
    assert info.rows == rows
    return began.spent() | {"rows": rows}


def reader(folder: Path, rows: int) -> dict[str, float]:
    from everyframe.known.json_stream import JsonStream
    from everyframe.known.lint import Lint

    with (folder / "set.json").open("rb") as file:
        stream = JsonStream(file, Lint())
        stream.jump(stream.window().index(b"[") + 1)
        began = Clock()
        assert sum(map(len, stream.batches())) == rows
    return began.spent()


def bare(folder: Path, rows: int) -> dict[str, float]:
    try:
        import ijson.backends.yajl2_c as ijson
    except ImportError:
        return {}
    with (folder / "set.json").open("rb") as file:
        began = Clock()
        assert sum(1 for _ in ijson.items(file, "value.item", use_float=True)) == rows
    return began.spent()


class Clock:
    """Time by the wall and by the processor: on a machine that others use, only the second is repeatable."""

    def __init__(self) -> None:
        self.wall, self.processor = time.perf_counter(), time.process_time()

    def spent(self) -> dict[str, float]:
        return {
            "seconds": time.perf_counter() - self.wall,
            "cpu_seconds": time.process_time() - self.processor,
        }


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


PARTS: dict[str, Callable[[Path, int], dict[str, float]]] = {
    "lookup": lookup,
    "generate": generate,
    "import": import_,
    "reader": reader,
    "ijson": bare,
}

if __name__ == "__main__":
    main()
