"""Intake of an uncompressed E01 image, against intake of the same photographs from a folder.

    .venv/bin/python benchmarks/exhibits.py [--files N] [--workers N] [--rounds N] [--json]

Photographs of 12 MP lie in an ext4 file system inside the image. Both are taken in with every stage on, in turn, with their
bytes in the page cache; the median of the rounds counts. Needs mkfs.ext4 and ewfacquire: scripts/system-packages test.
"""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from everyframe.demo import make_camera_photos
from everyframe.intake.run import Intake, IntakeRequest
from everyframe.store.account import read_account
from everyframe.store.case import Case, NewCase


def make_image(photos: Path, scratch: Path) -> Path:
    size = sum(p.stat().st_size for p in photos.rglob("*") if p.is_file())
    raw = scratch / "disk.dd"
    with raw.open("wb") as stream:
        stream.truncate(size + size // 10 + (64 << 20))
    subprocess.run(["mkfs.ext4", "-q", "-d", photos, raw], check=True)
    command = ["ewfacquire", "-u", "-q", "-c", "none", "-S", "1G", "-t", str(scratch / "disk"), str(raw)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    raw.unlink()
    return scratch / "disk.E01"


def take_in(source: Path, directory: Path, workers: int) -> tuple[float, int]:
    with (
        Case.create(directory, NewCase(number="BENCH"), actor="benchmark") as case,
        case.seat("intake", purpose="benchmark"),
    ):
        request = IntakeRequest(sources=(source,), exhibit="BENCH/1", actor="benchmark", workers=workers)
        began = time.perf_counter()
        result = Intake(case, request).run()
        seconds = time.perf_counter() - began
        with case.database.read() as connection:
            account = read_account(connection)
    if not account.balanced or not result.done or account.unread:
        raise SystemExit("the intake did not end well")
    shutil.rmtree(directory)
    return seconds, account.media


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=300)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        scratch = Path(place)
        make_camera_photos(scratch / "photos", count=options.files, seed=1)
        image = make_image(scratch / "photos", scratch)
        pairs = []
        for n in range(options.rounds):
            folder, found = take_in(scratch / "photos", scratch / f"folder{n}", options.workers)
            ewf, inside = take_in(image, scratch / f"image{n}", options.workers)
            if found != inside:
                raise SystemExit(f"{found} contents in the folder, {inside} in the image")
            pairs.append((folder, ewf))
    folder_seconds = sorted(f for f, _ in pairs)[len(pairs) // 2]
    image_seconds = sorted(e for _, e in pairs)[len(pairs) // 2]
    result = {
        "files": options.files,
        "workers": options.workers,
        "folder_seconds": round(folder_seconds, 2),
        "image_seconds": round(image_seconds, 2),
        "ratio": round(folder_seconds / image_seconds, 3),
    }
    if options.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:16} {value}")


if __name__ == "__main__":
    main()
