"""Stacks: 250,000 hashes grouped against faiss, and demo pictures end to end against their manifest, kind by kind.

    .venv/bin/python benchmarks/stacks.py [--hashes N] [--pictures N] [--seed N] [--demo DIR] [--json]

Peers, none of which Everyframe needs; one that is not there is left out and said:

    .venv/bin/pip install faiss-cpu czkawka scipy scikit-learn PyWavelets matplotlib tqdm
    .venv/bin/pip install --no-deps imagededup

imagededup asks for PyTorch, which only its neural network uses: its ``PHash`` is measured, with something that stands in for
PyTorch while the package is imported. Speed is CPU-seconds of the process and its children, faiss on one thread. faiss only
lists the pairs; it does not choose representatives. With ``--faiss-asked`` it is given a sample of the hashes to ask for, and
its time is scaled up.

An edited picture is *recalled* when the camera's picture that it was made from, or another made from that one, stands in
its stack. *Precision* is the share of members whose representative was made from the same picture of the camera. A peer's
groups are taken as its first picture and members; imagededup's lists of duplicates as its ``find_duplicates_to_remove`` does.
"""

import argparse
import importlib
import importlib.util
import json
import os
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from everyframe.analysis.pixels import Pixels, raster, to_rgb, upright
from everyframe.analysis.renditions import fit
from everyframe.analysis.turning import hash_turned
from everyframe.demo import Manifest, ManifestRow, make_exhibit
from everyframe.grouping.copies import Pictures, origins
from everyframe.grouping.showing import shows_something_else
from everyframe.grouping.stacks import Stacks, fold

RADIUS = 31
ORIENTATION = 274
SHOWN = {"photo", "burst", "edit", "exact-copy", "drawing", "screenshot", "wrong-extension"}
#: Edits after which a picture shows something else.
ALTERING = {"cropped", "watermarked", "screenshot-with-border"}
Report = dict[str, Any]


def hashes_like_an_exhibit(count: int) -> NDArray[np.uint8]:
    """Give hashes of which a third are near-duplicates of others, and some are equal."""
    rng = np.random.default_rng(7)
    hashes = rng.integers(0, 256, (count, 32), dtype=np.uint8)
    for at in range(count * 2 // 3, count):
        bits = np.unpackbits(hashes[rng.integers(count * 2 // 3)])
        bits[rng.choice(256, rng.integers(0, 24), replace=False)] ^= 1
        hashes[at] = np.packbits(bits)
    return hashes


def of_hashes(hashes: NDArray[np.uint8], ways: int = 1) -> Pictures:
    """Give pictures with these hashes; where they have more orientations than one, the others are like nothing else."""
    rng, count = np.random.default_rng(8), len(hashes)
    turned = rng.integers(0, 256, (count, ways, 32), dtype=np.uint8)
    turned[:, 0] = hashes
    plenty, sizes = rng.integers(1, 10**7, count), rng.integers(1, 10**7, count)
    digests = rng.integers(0, 256, (count, 32), dtype=np.uint8)
    return Pictures(turned, np.full(count, 100), plenty, rng.random(count) < 0.5, sizes, digests, np.full(count, -1))


def measure_hashes(count: int, asked: int) -> Report:
    fold(of_hashes(hashes_like_an_exhibit(100)))  # compile first
    pictures = of_hashes(hashes_like_an_exhibit(count))
    began = time.process_time()
    stacks = fold(pictures)
    seconds = time.process_time() - began
    report: Report = {"hashes": count, "cpu_seconds": round(seconds, 2)}
    report["cpu_seconds_in_eight_orientations"] = round(_eight(pictures.hashes[:, 0]), 2)
    report["stacks"] = len(np.unique(stacks.representative))
    report["largest_distance"] = int(stacks.distance.max())
    if importlib.util.find_spec("faiss") is None:
        return report | {"faiss": "not installed"}
    theirs = faiss_seconds(pictures.hashes[:, 0], min(asked, count))
    return report | {"faiss_asked": asked, "faiss_cpu_seconds": round(theirs, 1), "ratio": round(theirs / seconds, 1)}


def _eight(hashes: NDArray[np.uint8]) -> float:
    pictures = of_hashes(hashes, 8)
    began = time.process_time()
    fold(pictures)
    return time.process_time() - began


def faiss_seconds(hashes: NDArray[np.uint8], asked: int) -> float:
    import faiss  # type: ignore[import-untyped,import-not-found,unused-ignore]

    faiss.omp_set_num_threads(1)
    index = faiss.IndexBinaryFlat(256)
    index.add(hashes)
    began = time.process_time()
    index.range_search(hashes[:asked], RADIUS + 1)
    return (time.process_time() - began) * len(hashes) / asked


@dataclass(frozen=True)
class Shown:
    row: ManifestRow
    path: Path
    hashes: bytes
    quality: int
    pixels: int
    preview: Pixels

    @property
    def root(self) -> str:
        return self.row.parent or self.row.display


def look_at(row: ManifestRow, path: Path) -> Shown | None:
    try:
        with Image.open(path) as image:
            turn = int(image.getexif().get(ORIENTATION, 1))
            pixels = upright(np.asarray(to_rgb(image)[0]), turn)
    except (OSError, ValueError, SyntaxError):
        return None
    hashes, quality = hash_turned(raster(pixels), 1)
    return Shown(row, path, hashes, quality[0], pixels.shape[0] * pixels.shape[1], fit(pixels, 256))


def pictures_of(folder: Path) -> list[Shown]:
    """Give each content of the exhibit that Pillow reads, once."""
    shown: dict[str, Shown] = {}
    for row in Manifest.read(folder / "manifest.json").rows:
        if row.kind not in SHOWN or row.members or row.expected != "media" or row.sha256 in shown:
            continue
        path = Path(os.fsdecode(os.path.join(os.fsencode(folder / "exhibit"), row.path)))  # noqa: PTH118 - bytes
        each = look_at(row, path)
        if each is not None and row.sha256:
            shown[row.sha256] = each
    return list(shown.values())


def stacked(shown: list[Shown]) -> Stacks:
    exposures = [(each.row.serial, each.row.camera, each.row.taken) if each.row.taken else None for each in shown]
    pictures = Pictures(
        np.frombuffer(b"".join(each.hashes for each in shown), np.uint8).reshape(-1, 8, 32),
        np.array([each.quality for each in shown]),
        np.array([each.pixels for each in shown]),
        np.array([each.row.taken is not None for each in shown]),
        np.array([each.path.stat().st_size for each in shown]),
        np.frombuffer(bytes.fromhex("".join(each.row.sha256 or "" for each in shown)), np.uint8).reshape(-1, 32),
        origins(exposures),
    )
    return fold(pictures)


def table(shown: list[Shown], groups: Iterable[list[int]]) -> Report:
    """Count, for each kind of edit, the pictures that stand with one of the same root, and the members under one."""
    group_of = {each: group for group in groups for each in group}
    roots = defaultdict(set)
    for at, each in enumerate(shown):
        roots[each.root].add(at)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for at, each in enumerate(shown):
        group = group_of.get(at, [at])
        if each.row.edit and len(roots[each.root]) > 1:
            counts[each.row.edit][0] += bool(roots[each.root] & set(group) - {at})
            counts[each.row.edit][1] += 1
        if each.row.edit and group[0] != at:
            counts[each.row.edit][2] += shown[group[0]].root == each.root
            counts[each.row.edit][3] += 1
    return {kind: _scores(*counts[kind]) for kind in sorted(counts)}


def _scores(recalled: int, of: int, right: int, members: int) -> Report:
    recall = {"recalled": recalled, "of": of, "recall": round(recalled / of, 3) if of else None}
    return recall | {"members": members, "precision": round(right / members, 3) if members else None}


def purity(shown: list[Shown], groups: Iterable[list[int]]) -> Report:
    """Count members with the root of the first of their group, and what the others are."""
    right = 0
    wrong: dict[str, int] = defaultdict(int)
    for head, *members in groups:
        for each in members:
            if shown[each].root == shown[head].root:
                right += 1
            elif shown[each].row.source is not None and shown[each].row.source == shown[head].row.source:
                wrong["another exposure of the same scene"] += 1
            else:
                wrong["another scene"] += 1
    total = right + sum(wrong.values())
    return {"members": total, "precision": round(right / total, 4) if total else None, "wrong": dict(wrong)}


def marks(shown: list[Shown], stacks: Stacks) -> Report:
    """Hold the marks on members of the right stack against their kind of edit."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for at, head in enumerate(stacks.representative.tolist()):
        one, other = shown[at], shown[head]
        kinds = {one.row.edit, other.row.edit}
        if at != head and one.root == other.root and (kinds & ALTERING or kinds - {None}):
            kind = next(iter(sorted(str(k) for k in kinds & ALTERING)), str(one.row.edit))
            found = shows_something_else(
                one.preview, upright(other.preview, int(stacks.turn[at])), distance=int(stacks.distance[at])
            )
            counts[kind][0] += found.differs
            counts[kind][1] += 1
    altered = [each for kind, each in counts.items() if kind in ALTERING]
    hit, meant = sum(a for a, _ in altered), sum(n for _, n in altered)
    marked = sum(a for a, _ in counts.values())
    report: Report = {kind: {"marked": a, "of": n} for kind, (a, n) in sorted(counts.items())}
    report["recall"] = round(hit / meant, 3) if meant else None
    report["precision"] = round(hit / marked, 3) if marked else None
    return report


def czkawka_groups(folder: Path) -> list[list[int]]:
    """Group by czkawka."""
    from czkawka import ImageSimilarity  # type: ignore[import-untyped,import-not-found,unused-ignore]

    finder = ImageSimilarity()
    finder.set_directories([folder])
    finder.set_similarity(20)
    return [sorted(int(Path(path).stem) for path in group) for group in finder.find_similar() if len(group) > 1]


def imagededup_groups(folder: Path) -> list[list[int]]:
    """Group by imagededup's PHash at its own threshold, the first of the unclaimed taking its duplicates."""
    missing = PYTORCH if importlib.util.find_spec("torch") is None else ()
    importlib.import_module("sklearn.metrics.pairwise")  # before anything stands in for PyTorch, which it would ask for
    sys.modules |= {name: MagicMock() for name in missing}
    from imagededup.methods import PHash  # type: ignore[import-untyped,import-not-found,unused-ignore]

    for name in missing:
        del sys.modules[name]
    finder = PHash(verbose=False)
    found = finder.find_duplicates(image_dir=folder, num_enc_workers=1, num_dist_workers=1)
    near = {int(Path(name).stem): sorted(int(Path(other).stem) for other in others) for name, others in found.items()}
    groups, claimed = [], set()
    for at in sorted(near):
        if at not in claimed:
            group = [at, *(other for other in near[at] if other not in claimed)]
            claimed.update(group)
            groups.append(group)
    return [group for group in groups if len(group) > 1]


def measure_peer(name: str, shown: list[Shown], folder: Path) -> Report:
    if importlib.util.find_spec(name) is None:
        return {"missing": f"{name} is not installed; how to is said at the top of this file"}
    began = cpu_seconds()
    groups = PEERS[name](folder)
    return {"cpu_seconds": round(cpu_seconds() - began, 1), **purity(shown, groups), "edits": table(shown, groups)}


def measure_pictures(folder: Path) -> Report:
    began = cpu_seconds()
    shown = pictures_of(folder)
    decoded = cpu_seconds()
    stacks = stacked(shown)
    seconds = {"decode_and_hash_cpu_seconds": decoded - began, "fold_cpu_seconds": cpu_seconds() - decoded}
    groups: dict[int, list[int]] = defaultdict(list)
    for at in np.argsort(stacks.representative != np.arange(len(shown)), kind="stable").tolist():
        groups[int(stacks.representative[at])].append(at)
    report: Report = {"pictures": len(shown), **{name: round(value, 2) for name, value in seconds.items()}}
    report |= purity(shown, groups.values())
    report |= {"edits": table(shown, groups.values()), "marks": marks(shown, stacks)}
    with tempfile.TemporaryDirectory() as copies:  # under plain names, as czkawka refuses names that are not UTF-8
        for at, each in enumerate(shown):
            kind = (each.row.format or "jpeg").split("-")[0]
            shutil.copyfile(each.path, Path(copies) / f"{at}.{SUFFIXES.get(kind, kind)}")
        return report | {name: measure_peer(name, shown, Path(copies)) for name in PEERS}


def cpu_seconds() -> float:
    """Give the processor time of this process and of its children that have ended."""
    return sum(os.times()[:4])


def show(report: Report, indent: str = "") -> None:
    for name, value in report.items():
        if isinstance(value, dict) and any(isinstance(each, dict) for each in value.values()):
            print(f"{indent}{name}")
            show(value, indent + "  ")
        else:
            print(f"{indent}{name:32} {value}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hashes", type=int, default=250_000)
    parser.add_argument("--faiss-asked", type=int, default=250_000)
    parser.add_argument("--pictures", type=int, default=400)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--demo", type=Path, help="an exhibit made before; nothing is drawn then")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report: Report = {"hashes": measure_hashes(options.hashes, options.faiss_asked)} if options.hashes else {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.demo or Path(scratch)
        if options.demo is None and options.pictures:
            make_exhibit(folder, files=options.pictures, seed=options.seed, workers=2)
        if options.pictures:
            report["pictures"] = measure_pictures(folder)
    if options.json:
        print(json.dumps({"stacks": report}))
    else:
        show(report)


#: What imagededup imports of PyTorch.
PYTORCH = (
    "torch", "torch.nn", "torch.utils", "torch.utils.data", "torchvision", "torchvision.models",
    "torchvision.models.vision_transformer", "torchvision.transforms",
)  # fmt: skip
SUFFIXES = {"jpeg": "jpg", "jpeg2000": "jp2", "apng": "png", "multipage": "tiff"}
PEERS: dict[str, Callable[[Path], list[list[int]]]] = {
    "czkawka": czkawka_groups,
    "imagededup": imagededup_groups,
}

if __name__ == "__main__":
    main()
