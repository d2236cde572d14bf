"""Measure how soon each order finds what it should: simulated cases, taken in for real, played by a reviewer who knows.

Each case is drawn by the demo maker (``demo/simulated.py`` states its composition), taken in by the real intake, and looked
up in a known set that holds its known half. The truth is read by the reviewer and the measure only. Looks are counted
until all has been looked at; shares are of the unique contents of the case, known ones included. ``file``, ``folder``,
``random`` and ``hash_density`` show every content that no known set has; ``learning`` and ``plain`` show one of each stack.
The last line with ``--json`` is one JSON object, the mean over seeds. 30,000 media: about five minutes a seed on two cores.

    benchmarks/order.py --media 3000 --seeds 1 --seed 1 --json
"""

import argparse
import itertools
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from everyframe.demo.simulated import CasePlan, Planned
from everyframe.demo.simulated_build import SimulatedCase, make_case
from everyframe.grouping.stacking import stack_case
from everyframe.intake.run import Intake, IntakeRequest
from everyframe.known.importing import NewSet, import_set
from everyframe.known.matching import MatchRequest, match
from everyframe.store.case import Case, NewCase
from everyframe.store.order_facts import media_by_path
from everyframe.store.scheme_files import home
from everyframe.triage.opening import open_queue
from everyframe.triage.queue import Queue
from everyframe.triage.simulate import METHODS, measure, play
from everyframe.triage.truth import Truth, read_truth

ACTOR = "benchmark"


def main() -> None:
    """Run it."""
    options = _options()
    began, found = time.monotonic(), []
    for seed in range(options.seed, options.seed + options.seeds):
        with tempfile.TemporaryDirectory(prefix="order-", dir=options.scratch) as folder:
            kept = options.keep / f"{options.media}-{seed}" if options.keep else None
            found.append(one_case(kept or Path(folder), options.media, seed, keep=bool(kept)))
    result = together(found) | {"media": options.media, "seeds": options.seeds, "first_seed": options.seed}
    result |= {"minutes": round((time.monotonic() - began) / 60, 1), "each": found}
    say(result)
    if options.as_json:
        print(json.dumps(result))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--media", type=int, default=3000, help="files of a case (the goal is stated for 30000)")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1, help="the first")
    parser.add_argument("--scratch", type=Path, default=None, help="where the cases are put while they are needed")
    parser.add_argument(
        "--keep", type=Path, default=None, help="keep the cases in this folder; what is there is used again"
    )
    parser.add_argument("--json", dest="as_json", action="store_true")
    return parser.parse_args()


def one_case(folder: Path, media: int, seed: int, *, keep: bool) -> dict[str, Any]:
    """Draw, take in, look up and play one case; one that was kept is only played."""
    clock, ready = [time.monotonic()], folder / "ready"
    made = SimulatedCase(folder / "exhibit", folder / "truth.json", folder / "known.md5", media)
    if not made.truth.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        made = make_case(folder, media=media, seed=seed, workers=len(os.sched_getaffinity(0)))
    clock.append(time.monotonic())
    os.environ["EVERYFRAME_HOME"] = str(folder / "home")
    case = Case(folder / "case") if ready.exists() else take_in(folder, made)
    ready.touch()
    clock.append(time.monotonic())
    with case:
        queue = open_queue(case, seed=seed)
        truth = read_truth(case, queue.facts, made.truth)
        found = played(queue, truth, seed) | spent(case, queue, CasePlan(media, seed))
    clock.append(time.monotonic())
    if not keep:
        shutil.rmtree(made.exhibit)
    spans = dict(zip(("draw", "intake", "play"), (round(b - a, 1) for a, b in itertools.pairwise(clock)), strict=True))
    return found | {"seed": seed, "seconds": spans, "composition": composition(made)}


def take_in(folder: Path, made: SimulatedCase) -> Case:
    """Take the exhibit in, match it against the known half, and fold what repeats."""
    for part in ("case", "home"):
        shutil.rmtree(folder / part, ignore_errors=True)
    case = Case.create(folder / "case", NewCase(number="SIM"), actor=ACTOR)
    request = IntakeRequest(sources=(made.exhibit,), exhibit="SIM/1", actor=ACTOR)
    with case.seat("intake", purpose="benchmark"):
        Intake(case, request).run()
        import_set(made.known, NewSet(kind="alert"), home=home(), actor=ACTOR)
        match(case, MatchRequest(home=home(), actor=ACTOR))
        stack_case(case, actor=ACTOR)
    return case


def played(queue: Queue, truth: Truth, seed: int) -> dict[str, Any]:
    """Play every method."""
    found: dict[str, Any] = {}
    media, files = len(queue.facts), truth.files
    for method in METHODS:
        outcome = measure(play(method, queue, truth, seed=seed), truth.targets, media)
        found[method] = outcome.as_json()
    groups = int((queue.facts.group == np.arange(media)).sum())
    known = 0 if queue.facts.known is None else int(queue.facts.known.sum())
    found |= {"files": files, "unique": media, "known": known, "groups": groups}
    return found | {"looks_per_1000": round(1000 * found["learning"]["looks"] / files, 1)}


def spent(case: Case, queue: Queue, plan: CasePlan) -> dict[str, Any]:
    """Count what the looks of ``learning`` are spent on, and how many different things there are to see at the least.

    At the least means: every exposure that no known set has once, and nothing else; edits of known pictures are in no set,
    and each known picture of which there are some needs a look at one of them.
    """
    known = {exposure(f) for f in plan.files if f.kind == "known"}
    with case.database.read() as connection:
        media = media_by_path(connection)
    kinds = {}
    for file in plan.files:
        kind = "edit of known" if file.kind == "edit" and exposure(file) in known else file.kind
        if file.kind != "copy":
            kinds[media[file.path.encode()]] = kind
    facts = queue.facts
    open_head = (facts.group == np.arange(len(facts))) & ~(
        np.zeros(len(facts), bool) if facts.known is None else facts.known
    )
    looks = Counter(kinds[ident] for ident in facts.ids[open_head].tolist())
    others = {exposure(f) for f in plan.files} - known
    edited = {exposure(f) for f in plan.files if f.kind == "edit"} & known
    each = 1000 / len(plan.files)
    least = {"unknown": round(len(others) * each, 1), "edited_known": round(len(edited) * each, 1)}
    return {"looks_by_kind": dict(looks.most_common()), "least_per_1000": least}


def exposure(file: Planned) -> tuple[object, ...]:
    """Tell one release of the shutter, or one drawing, from the next; edits and copies have that of their source."""
    drawn = file.drawn
    return drawn.scene, drawn.place, drawn.view, drawn.window, drawn.lamp, drawn.when


def composition(made: SimulatedCase) -> dict[str, int]:
    """Count the files of a case by what they are."""
    rows = json.loads(made.truth.read_text())["rows"]
    first = [r for r in rows if r["first_generation"] and r["kind"] != "copy"]
    own = {"first_generation": len(first), "lost_exif": sum(not r["exif"] for r in first)}
    return dict(Counter(r["kind"] for r in rows)) | own | {"alone": sum(r["alone"] for r in first)}


def together(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Take the mean over seeds, number by number; what is never reached in one is never reached."""
    whole: dict[str, Any] = {}
    for method in METHODS:
        values = {k: [f[method][k] for f in found] for k in found[0][method]}
        whole[method] = {k: None if None in v else round(statistics.fmean(v), 5) for k, v in values.items()}
    return whole | {"looks_per_1000": round(statistics.fmean(f["looks_per_1000"] for f in found), 1)}


def say(result: dict[str, Any]) -> None:
    """Print the table."""
    print(
        f"{'method':14}{'80 %':>8}{'95 %':>8}{'100 %':>8}   {'@1 %':>7}{'@5 %':>7}{'@10 %':>7}{'looks':>9}",
        file=sys.stderr,
    )
    for method in METHODS:
        r = result[method]
        to = "".join(
            f"{'-' if r[k] is None else f'{100 * r[k]:.1f}%':>8}"
            for k in ("looks_share_to_80", "looks_share_to_95", "looks_share_to_100")
        )
        at = "".join(f"{r[k]:>7.2f}" for k in ("recall_at_1", "recall_at_5", "recall_at_10"))
        print(f"{method:14}{to}   {at}{r['looks']:>9.0f}", file=sys.stderr)
    for each in result["each"]:
        print(f"seed {each['seed']}: {each['looks_by_kind']}, at the least {each['least_per_1000']}", file=sys.stderr)
    print(f"{result['looks_per_1000']} looks per 1,000 files; {result['minutes']} minutes", file=sys.stderr)


if __name__ == "__main__":
    main()
