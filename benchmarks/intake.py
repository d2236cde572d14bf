"""Intake of 12 MP camera photographs, against the bound: the same files read, digested and decoded by bare library calls.

    .venv/bin/python benchmarks/intake.py [--files N] [--workers N] [--rounds N] [--growth] [--json]

Both sides run on as many processes over the same files in the same run, with the files in the page cache for both, the
processes of the bound started and those of intake ready to be forked, as the command has them when it begins. The
bound reads each file, computes MD5, SHA-1 and SHA-256, and decodes the JPEG at the reduced size that intake decodes it at.
Intake runs with every stage on. Memory is the highest resident size seen of the parent and of any worker.

Workers import the script that started them; as with the command line, that script loads the case only where it is used.
"""

import argparse
import concurrent.futures
import hashlib
import json
import multiprocessing
import os
import resource
import tempfile
import time
from pathlib import Path

MINIMUM_SIDE = 750  # 12 MP at a quarter is 1000 x 750


def make_photos(directory: Path, count: int, workers: int) -> None:
    """Draw the photographs on all processes: every share of 50 in a folder and with a seed of its own."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(workers, mp_context=context) as pool:
        list(pool.map(_draw, [(directory / f"{n:03}", min(50, count - n * 50), n) for n in range(-(-count // 50))]))


def _draw(share: tuple[Path, int, int]) -> None:
    from everyframe.demo import make_camera_photos

    directory, count, seed = share
    make_camera_photos(directory, count=count, seed=seed + 1)


def bare(path: str) -> int:
    import simplejpeg

    data = Path(path).read_bytes()
    for algorithm in (hashlib.md5, hashlib.sha1, hashlib.sha256):
        algorithm(data).digest()
    pixels = simplejpeg.decode_jpeg(data, min_height=MINIMUM_SIDE, min_width=MINIMUM_SIDE, min_factor=1)
    return len(data) if pixels.size else 0


def measure_bound(paths: list[Path], workers: int) -> float:
    for path in paths:
        path.read_bytes()  # into the page cache, for both sides
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(workers, mp_context=context) as pool:
        list(pool.map(abs, range(workers * 4)))  # start the processes and load the libraries first
        list(pool.map(bare, [str(p) for p in paths[: workers * 2]]))
        began = time.perf_counter()
        total = sum(pool.map(bare, [str(p) for p in paths], chunksize=8))
        seconds = time.perf_counter() - began
    if total != sum(p.stat().st_size for p in paths):
        raise SystemExit("the bound did not read every byte")
    return seconds


def measure_intake(folder: Path, case_directory: Path, workers: int) -> dict[str, float]:
    from everyframe.intake.pool import prepare
    from everyframe.intake.run import Intake, IntakeRequest
    from everyframe.store.account import read_account
    from everyframe.store.case import Case, NewCase
    from everyframe.validate.selftest import self_test

    prepare()
    self_test()  # compiles what a fresh installation has not compiled yet
    marks: list[tuple[float, int]] = []
    with (
        Case.create(case_directory, NewCase(number="BENCH"), actor="benchmark") as case,
        case.seat("intake", purpose="benchmark"),
    ):
        request = IntakeRequest(sources=(folder,), exhibit="BENCH/1", actor="benchmark", workers=workers)
        began = time.perf_counter()
        job = Intake(case, request, tell=lambda s: marks.append((time.perf_counter(), s.files_done)))
        result = job.run()
        seconds = time.perf_counter() - began
        with case.database.read() as connection:
            account = read_account(connection)
    if not account.balanced or not result.done:
        raise SystemExit("the intake did not end well")
    return {
        "seconds": seconds,
        "first_result": next((t - began for t, done in marks if done), 0.0),
        "peak_rss_parent": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "peak_rss_worker": result.peak_worker,
        "embedded": sum(t.files for t in account.states.values()) - result.snapshot.files_done,
    }


def measure_growth(scratch: Path, counts: tuple[int, ...], workers: int) -> dict[str, float]:
    """Give milliseconds a file for small pictures, at each count."""
    from everyframe.testing.exhibits import jpeg

    found = {}
    for count in counts:
        folder = scratch / f"small{count}"
        for n in range(count):
            path = folder / f"{n // 500:03}" / f"{n:06}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(jpeg(n, 96, 72))
        measured = measure_intake(folder, scratch / f"growth{count}", workers)
        found[f"milliseconds_per_small_file_at_{count}"] = round(measured["seconds"] / count * 1000, 3)
        found[f"peak_rss_parent_at_{count}"] = measured["peak_rss_parent"]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=1, help="repeat both sides in turn, and take the medians")
    parser.add_argument("--directory", type=Path, default=None, help="keep photographs here between runs")
    parser.add_argument("--growth", action="store_true", help="also take in 2,000 and 50,000 small pictures")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        photos = options.directory or Path(scratch) / "photos"
        if not photos.is_dir():
            make_photos(photos, options.files, options.workers)
        paths = sorted(p for p in photos.rglob("*") if p.is_file())[: options.files]
        size = sum(p.stat().st_size for p in paths)
        rounds = []
        for n in range(options.rounds):
            bound = measure_bound(paths, options.workers)
            rounds.append((bound, measure_intake(photos, Path(scratch) / f"case{n}", options.workers)))
        growth = measure_growth(Path(scratch), (2_000, 50_000), options.workers) if options.growth else {}
    bounds = sorted(b for b, _ in rounds)
    intakes = sorted((i for _, i in rounds), key=lambda i: i["seconds"])
    bound, intake = bounds[len(bounds) // 2], intakes[len(intakes) // 2]
    result = {
        "files": len(paths),
        "workers": options.workers,
        "megabytes_per_file": round(size / len(paths) / 1e6, 2),
        "ratio_to_bound": round(bound / intake["seconds"], 3),
        "files_per_second": round(len(paths) / intake["seconds"], 2),
        "bound_files_per_second": round(len(paths) / bound, 2),
        "megabytes_per_second": round(size / 1e6 / intake["seconds"], 1),
        "seconds_to_first_result": round(intake["first_result"], 2),
        "peak_rss_parent": int(intake["peak_rss_parent"]),
        "peak_rss_worker": int(intake["peak_rss_worker"]),
        **growth,
    }
    if not options.json:
        for name, value in result.items():
            print(f"{name:26} {value}")
    else:
        print(json.dumps(result))


if __name__ == "__main__":
    main()
