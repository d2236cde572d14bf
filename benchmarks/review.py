"""Several people decide at once while intake runs: how long until a decision is acknowledged, and that none is lost or doubled.

    .venv/bin/python benchmarks/review.py [--seconds 300] [--people 8] [--pause 100] [--media 1000000] [--json]

Makes a synthetic case of as many Media as asked for, serves it to people with accounts, and signs each in over HTTP. Each then
decides on one picture after the other, waiting for each answer and then ``--pause`` milliseconds (100: a key held down); every
tenth picture is one that all of them decide on, and every fiftieth request is sent twice under the same operation id, as after
a lost connection. Intake takes small pictures in meanwhile. At the end every operation must stand in the case exactly once, in
force or held against somebody else's, and the case must verify.

Gates: acknowledged within 50 ms (p99); the order list of the case within 1 s, a window of 200 within 10 ms (p95).
"""

import argparse
import base64
import json
import os
import random
import re
import secrets as secrets_module
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import func, select

from everyframe.people import totp
from everyframe.people.accounts import Accounts
from everyframe.store import people as rows
from everyframe.store import schema
from everyframe.store.case import Case
from everyframe.store.orders import read_order
from everyframe.store.people_schema import held_decision
from everyframe.store.verify import verify
from everyframe.store.views import View
from everyframe.store.windows import read_items
from everyframe.testing.exhibits import jpeg
from everyframe.testing.synthetic import synthetic_case

PASSWORD = "lantern orbit cactus ferry"
SERVE = """
import sys
from pathlib import Path
from everyframe.store.case import Case
from everyframe.web.serve import Listening, serve_team
with Case(Path(sys.argv[1])) as case:
    serve_team(case, Listening("127.0.0.1", 0), announce=lambda text: print(text, flush=True))
"""
CONTESTED_EVERY, TWICE_EVERY, CODES = 10, 50, "12345"


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2)


@dataclass
class Reviewer:
    """One scripted person: decides, waits for the answer, and goes on."""

    name: str
    number: int
    origin: str
    secret: str
    share: range
    pause: float
    until: float = 0.0
    times: list[float] = field(default_factory=list)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    seen: int = 0

    def __post_init__(self) -> None:
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": self.origin}
        self.client = httpx.Client(base_url=self.origin, headers=headers, timeout=30)

    def sign_in(self) -> None:
        self.client.post("/session/password", json={"name": self.name, "password": PASSWORD}).raise_for_status()
        code = totp.code(base64.b32decode(self.secret), int(time.time()) // totp.STEP_SECONDS)
        self.client.post("/session/factor", json={"code": code}).raise_for_status()

    def work(self) -> None:
        rng = random.Random(self.number)
        for n, media in enumerate(self.share):
            if time.monotonic() >= self.until:
                return
            target = 1 + n if n % CONTESTED_EVERY == 0 else media
            self.decide(f"op-{self.name}-{n:012d}", target, rng.choice(CODES), twice=n % TWICE_EVERY == 7)
            time.sleep(self.pause)

    def decide(self, op: str, media: int, code: str, *, twice: bool) -> None:
        body = {"decisions": [{"op": op, "code": code, "ids": [media], "seen": self.seen}]}
        began = time.perf_counter()
        answer = self.client.post("/api/decisions", json=body)
        self.times.append(1000 * (time.perf_counter() - began))
        said = answer.json()["answers"][0] if answer.status_code == 200 else {"error": answer.text}
        self.answers[op] = said
        if "error" in said:
            self.failures.append(said["error"])
        self.seen = max(self.seen, int(said.get("seen", 0)))
        if twice and self.client.post("/api/decisions", json=body).json()["answers"][0] != said:
            self.failures.append(f"{op} was answered otherwise the second time")


@contextmanager
def served(directory: Path) -> Iterator[str]:
    process = subprocess.Popen([sys.executable, "-c", SERVE, str(directory)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"http://127[^,\s]+", process.stdout.readline())
        assert found is not None
        yield found.group()
    finally:
        process.terminate()
        process.wait()


def add_people(case: Case, count: int) -> dict[str, str]:
    accounts, secrets = Accounts(case), {}
    for n in range(count):
        name = f"r{secrets_module.token_hex(4)}-{n}"
        accounts.change_password(name, accounts.add(name, "reviewer", actor="benchmark"), PASSWORD)
        secrets[name] = totp.new_secret()
        with case.database.write() as connection:
            rows.change(connection, name, {"secret": secrets[name]}, "benchmark", {"changed": "second factor"})
    return secrets


def take_in(directory: Path, scratch: Path, stop: threading.Event) -> Iterator[int]:
    """Take small pictures in, a folder at a time, until told to stop; gives the number of files of each."""
    turn = 0
    while not stop.is_set():
        folder = scratch / f"exhibit{turn}"
        folder.mkdir()
        for n in range(300):
            (folder / f"{n:04}.jpg").write_bytes(jpeg(turn * 1000 + n, 640, 480))
        command = [
            sys.executable,
            "-m",
            "everyframe",
            "intake",
            str(directory),
            str(folder),
            "--exhibit",
            f"LIVE/{secrets_module.token_hex(3)}",
        ]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and not stop.wait(0.1):
            pass
        if stop.is_set():
            process.terminate()
        process.wait()
        turn += 1
        yield 300


def drive(case: Case, directory: Path, scratch: Path, options: argparse.Namespace) -> dict[str, Any]:
    secrets = add_people(case, options.people)
    each = options.media // (options.people + 1)
    stop, files = threading.Event(), [0]

    def intake() -> None:
        for count in take_in(directory, scratch, stop):
            files[0] += count

    with served(directory) as origin:
        people = [
            Reviewer(name, n, origin, secret, range((n + 1) * each, (n + 2) * each), options.pause / 1000)
            for n, (name, secret) in enumerate(secrets.items())
        ]
        for person in people:
            person.sign_in()
        beside = threading.Thread(target=intake)
        beside.start()
        end = time.monotonic() + options.seconds
        threads = [threading.Thread(target=person.work) for person in people]
        for person, thread in zip(people, threads, strict=True):
            person.until = end
            thread.start()
        for thread in threads:
            thread.join()
        stop.set()
        beside.join()
    return figures(people, options.seconds) | {"files_taken_in_meanwhile": files[0]} | held_against(case, people)


def figures(people: Sequence[Reviewer], seconds: float) -> dict[str, Any]:
    times = [t for person in people for t in person.times]
    found: dict[str, Any] = {"people": len(people), "seconds": seconds, "decisions": len(times)}
    found |= {"decisions_per_second": round(len(times) / seconds, 1)}
    found |= {f"acknowledged_ms_p{p}": percentile(times, p / 100) for p in (50, 95, 99)}
    return found | {"acknowledged_ms_most": round(max(times), 1)}


def held_against(case: Case, people: Sequence[Reviewer]) -> dict[str, Any]:
    """Hold what was acknowledged against what is stored."""
    d, h = schema.decision.c, held_decision.c
    with case.database.read() as connection:
        stored: Counter[str] = Counter(dict(connection.execute(select(d.op, func.count()).group_by(d.op)).all()))
        stored += Counter(dict(connection.execute(select(h.op, func.count()).group_by(h.op)).all()))
    asked = {op for person in people for op in person.answers}
    problems = verify(case, previews=False).problems
    mine = {op for op in stored if any(op.startswith(f"op-{person.name}-") for person in people)}
    return {
        "held_against_others": sum("held" in said for person in people for said in person.answers.values()),
        "lost": len(asked - set(stored)),
        "stored_twice": sum(1 for count in stored.values() if count > 1),
        "not_asked_for": len(mine - asked),
        "failures": sum(len(person.failures) for person in people),
        "problems_of_verify": len(problems),
        "problems": [*problems[:3], *[f for person in people for f in person.failures][:3]],
    }


def reading(case: Case) -> dict[str, float]:
    """Time the order list, best of three, and windows of 200 anywhere."""
    codes = tuple(c.code for c in case.scheme.categories)
    orders, windows = [], []
    with case.database.read() as connection:
        for _ in range(3):
            began = time.perf_counter()
            ids = read_order(connection, View(), case.scheme.id, codes).ids
            orders.append(1000 * (time.perf_counter() - began))
        rng = random.Random(1)
        for _ in range(60):
            at = rng.randrange(max(1, len(ids) - 200))
            began = time.perf_counter()
            read_items(connection, ids[at : at + 200].tolist())
            windows.append(1000 * (time.perf_counter() - began))
    found = {"media": float(len(ids)), "order_list_ms": round(min(orders), 1)}
    return found | {
        "window_of_200_ms_p50": round(statistics.median(windows), 2),
        "window_of_200_ms_p95": percentile(windows, 0.95),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--pause", type=float, default=100, help="milliseconds from an answer to the next decision")
    parser.add_argument("--media", type=int, default=1_000_000)
    parser.add_argument("--case", type=Path, help="use, or make and keep, the case in this directory")
    parser.add_argument("--prepare", action="store_true", help="only make the case")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    os.environ.setdefault("EVERYFRAME_ACTOR", "benchmark")
    with tempfile.TemporaryDirectory() as scratch:
        directory = options.case or Path(scratch) / "case"
        if not directory.exists():
            synthetic_case(directory, media=options.media, pictures=48).close()
        if options.prepare:
            return
        with Case(directory) as case:
            found = reading(case) | drive(case, directory, Path(scratch), options)
    if options.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:26} {value}")
    if found["lost"] or found["stored_twice"] or found["not_asked_for"] or found["problems"]:
        raise SystemExit("decisions were lost or doubled")


if __name__ == "__main__":
    main()
