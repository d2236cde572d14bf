"""Exchange: a case of a million media out as VICS, CSV, hash list and CASE, and a VICS case in, with time and memory.

    .venv/bin/python benchmarks/exchange.py [--media N] [--listed N] [--only PART…] [--json]

The case is made of rows alone (``everyframe.testing.synthetic``), so that nothing is read from evidence. Each export runs in
a process of its own; its CPU-seconds and its peak memory are those of the whole process, start included. ``own`` memory is
without the pages of the database that are mapped into it, which the system can take back. The *bare* writing
of VICS is ``json.dumps`` of the same Media, one after the other, read before from the file that was written.

The import is of Media whose bytes are not beside the file: what is measured is the reading of the file and its listing, up
to the point where intake begins.
"""

import argparse
import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from everyframe.exchange.vics_import import ImportRequest, VicsLister
from everyframe.intake.progress import Progress
from everyframe.store.case import Case, NewCase
from everyframe.testing.synthetic import synthetic_case

PARTS = ("vics", "vics-state", "csv", "hashes", "case", "import")
WORDS = {
    "vics": ("vics",),
    "vics-state": ("vics", "--state", "remaining"),
    "csv": ("csv",),
    "hashes": ("hashes", "--format", "plain"),
    "case": ("case",),
}
MIB = 1 << 20
Report = dict[str, Any]


def export(directory: Path, out: Path, *words: str) -> Report:
    """Run one export in a process of its own."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "everyframe", "export", words[0], str(directory), str(out), *words[1:], "--json"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    own = 0
    while child.poll() is None:
        own = max(own, anonymous(child.pid))
        time.sleep(0.2)
    told = child.communicate()[0]
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    if child.returncode not in (0, 1):
        raise SystemExit(f"export {words} ended with {child.returncode}")
    found = json.loads(told.splitlines()[-1])
    rows = found.get("media") or found.get("rows") or found.get("files") or 0
    return {
        "rows": rows,
        "bytes": found["bytes"],
        "seconds": time.perf_counter() - started,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_mib": used.ru_maxrss / 1024,
        "peak_own_mib": own / 1024,
    }


def anonymous(pid: int) -> int:
    """Give the KiB of memory that are a process's own: without the pages of the database that are mapped into it."""
    with contextlib.suppress(OSError, StopIteration):
        status = Path(f"/proc/{pid}/status").read_text("ascii")
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("RssAnon")))
    return 0


def apart(name: str, directory: Path, out: Path) -> Report:
    """Measure in a process between, so that the peak is that of this part alone."""
    command = [sys.executable, __file__, "--part", name, str(directory), str(out)]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))


def bare(out: Path) -> float:
    """Give the CPU-seconds that ``json.dumps`` of the Media of an export takes, and nothing else."""
    used = 0.0
    decoder = json.JSONDecoder()
    with out.open(encoding="utf-8") as file:
        for line in file:
            if not line.startswith('{"MediaID"'):
                continue
            entity = decoder.raw_decode(line)[0]
            begun = time.process_time()
            json.dumps(entity, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
            used += time.process_time() - begun
    return used


def foreign(path: Path, count: int) -> None:
    """Write a case as another tool exports it, of Media with one file each."""
    with path.open("w", encoding="utf-8") as file:
        label = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Cases"
        file.write(f'{{"@odata.context":"{label}","value":[{{"CaseNumber":"9","ContactName":"Carol","Media":[\n')
        for n in range(count):
            md5 = f"{n * 2654435761 % (1 << 64):032X}"
            media = {
                "MediaID": n,
                "MD5": md5,
                "Category": n % 5,
                "MediaSize": 1000 + n,
                "RelativeFilePath": f"Files.x\\{md5[:2]}\\{md5[2:4]}\\{md5[4:]}.jpg",
                "MediaFiles": [{"FileName": f"{n}.jpg", "FilePath": f"C:\\Users\\x\\{n}.jpg", "SourceID": "PC"}],
            }
            file.write((",\n" if n else "") + json.dumps(media))
        file.write("]}]}\n")


def listing(folder: Path, out: Path, count: int) -> Report:
    """List a case of another tool."""
    foreign(out, count)
    begun, cpu = time.perf_counter(), time.process_time()
    with Case.create(folder / "imported", NewCase(number="1"), actor="bench") as case:
        lister = VicsLister(ImportRequest(file=out))
        (source,) = lister.plan(case, "bench")
        lister.commit(case, source, "bench", Progress("bench"), lambda: False)
    return {
        "rows": lister.counts["media"],
        "bytes": out.stat().st_size,
        "seconds": time.perf_counter() - begun,
        "cpu_seconds": time.process_time() - cpu,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "peak_own_mib": anonymous(os.getpid()) / 1024,
    }


def part(name: str, directory: Path, out: Path, count: int) -> Report:
    """Run one part in this process."""
    found = listing(directory, out, count) if name == "import" else export(directory, out, *WORDS[name])
    found["rows_per_cpu_second"] = found["rows"] / found["cpu_seconds"]
    if name == "vics":
        found["bare_cpu_seconds"] = bare(out)
        found["ratio_to_bare"] = found["bare_cpu_seconds"] / found["cpu_seconds"]
    out.unlink()
    return found


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--media", type=int, default=1_000_000)
    parser.add_argument("--listed", type=int, default=1_000_000)
    parser.add_argument("--only", action="append", choices=PARTS)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--part", nargs=3, metavar=("NAME", "CASE", "OUT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.part:
        name, directory, out = asked.part
        print(json.dumps(part(name, Path(directory), Path(out), int(os.environ.get("LISTED", "0")))))
        return
    report: Report = {"media": asked.media, "listed": asked.listed}
    os.environ["LISTED"] = str(asked.listed)
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder) / "case"
        if set(asked.only or PARTS) - {"import"}:
            begun = time.perf_counter()
            synthetic_case(directory, media=asked.media, pictures=4).close()
            report["case_seconds"] = time.perf_counter() - begun
        for name in asked.only or PARTS:
            of = Path(folder) if name == "import" else directory
            report[name] = apart(name, of, Path(folder) / "out")
            found = report[name]
            print(
                f"{name:11} {found['rows']:>9,} rows  {found['bytes'] / MIB:8.1f} MiB  {found['cpu_seconds']:7.1f} CPU-s  "
                f"{found['rows_per_cpu_second']:>8,.0f} a CPU-s  peak {found['peak_mib']:6.0f} MiB, own {found['peak_own_mib']:.0f}"
                + (f"  ratio to bare json.dumps {found['ratio_to_bare']:.2f}" if "ratio_to_bare" in found else ""),
                file=sys.stderr,
            )
    if asked.json:
        print(json.dumps(report))


if __name__ == "__main__":
    main()
