"""Several people decide at once while intake runs: how long until a decision is acknowledged, and that none is lost or doubled.

    .venv/bin/python benchmarks/review.py [--seconds 300] [--people 8] [--pause 100] [--media 1000000] [--json]

Makes a synthetic case of as many Media as asked for, serves it to people with accounts, and signs each in over HTTP. Each then
decides on one picture after the other, waiting for each answer and then ``--pause`` milliseconds (100: a key held down); every
tenth picture is one that all of them decide on, and every fiftieth request is sent twice under the same operation id, as after
a lost connection. Beside it each does what an open page does: listens to what the others decide, and asks every two seconds
how far intake has got. Intake, a program of its own with its usual workers, takes small pictures in without a break. At the
end every operation must stand in the case exactly once, in force or held against somebody else's, each decision must have
been told to somebody else who listened, and the case must verify.

Gates: acknowledged within 50 ms (p99); the order list of the case within 1 s, a window of 200 within 10 ms, facets within
150 ms (p95). The three are measured first without intake and without a server, by the functions that answer the page.
"""

import argparse
import base64
import contextlib
import http.client
import itertools
import json
import os
import random
import re
import secrets as secrets_module
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from everyframe.people import totp
from everyframe.people.accounts import Accounts
from everyframe.store import people as rows
from everyframe.store import schema
from everyframe.store.case import Case
from everyframe.store.conflicts import newest
from everyframe.store.facets import count_facets
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
FOLDER_FILES = 10_000


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2)


class Line:
    """One connection to the server, as a browser keeps it."""

    def __init__(self, origin: str, cookie: str = "") -> None:
        self.origin, self.cookie = origin, cookie
        self.connection = http.client.HTTPConnection(origin.removeprefix("http://"), timeout=60)
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, method: str, path: str, body: object = None) -> http.client.HTTPResponse:
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": self.origin, "Cookie": self.cookie}
        headers |= {"Content-Type": "application/json"} if body is not None else {}
        self.connection.request(method, path, None if body is None else json.dumps(body).encode(), headers)
        return self.connection.getresponse()

    def ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        answer = self.send(method, path, body)
        self.cookie = (answer.getheader("Set-Cookie") or self.cookie).partition(";")[0]
        data = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} was answered {answer.status}: {data[:200]!r}")
        found: dict[str, Any] = json.loads(data)
        return found


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
    seen: int = 0  # the newest decision that this person knew of

    def __post_init__(self) -> None:
        self.line = Line(self.origin)

    def sign_in(self) -> None:
        self.line.ask("POST", "/session/password", {"name": self.name, "password": PASSWORD})
        code = totp.code(base64.b32decode(self.secret), int(time.time()) // totp.STEP_SECONDS)
        self.line.ask("POST", "/session/factor", {"code": code})

    def work(self) -> None:
        rng, self.line = (
            random.Random(self.number),
            Line(self.origin, self.line.cookie),
        )  # the first was left alone for too long
        for n, media in enumerate(self.share):
            if time.monotonic() >= self.until:
                return
            target = 1 + n if n % CONTESTED_EVERY == 0 else media
            self.decide(f"op-{self.name}-{n:012d}", target, rng.choice(CODES), twice=n % TWICE_EVERY == 7)
            time.sleep(self.pause)

    def decide(self, op: str, media: int, code: str, *, twice: bool) -> None:
        body = {"decisions": [{"op": op, "code": code, "ids": [media], "seen": self.seen}]}
        began = time.perf_counter()
        said = self.line.ask("POST", "/api/decisions", body)["answers"][0]
        self.times.append(1000 * (time.perf_counter() - began))
        self.answers[op] = said
        if "error" in said:
            self.failures.append(said["error"])
        self.seen = max(self.seen, int(said.get("seen", 0)))
        if twice and self.line.ask("POST", "/api/decisions", body)["answers"][0] != said:
            self.failures.append(f"{op} was answered otherwise the second time")


@dataclass
class Page:
    """What the open page of a person does beside deciding."""

    origin: str
    cookie: str
    begins: int  # the newest decision before anybody decided
    newest: int  # the newest Media then
    until: float
    polls: list[float] = field(default_factory=list)
    heard: set[str] = field(default_factory=set)

    def poll(self) -> None:
        """Ask how far intake has got."""
        line = Line(self.origin, self.cookie)
        while time.monotonic() < self.until:
            began = time.perf_counter()
            line.ask("GET", f"/api/progress?show=remaining&after={self.newest}")
            self.polls.append(1000 * (time.perf_counter() - began))
            time.sleep(2)

    def listen(self) -> None:
        """Hear what is decided, until the server ends."""
        stream = Line(self.origin, self.cookie).send("GET", f"/api/live?after={self.begins}")
        with contextlib.suppress(http.client.IncompleteRead, ConnectionError):
            while text := stream.readline():
                if text.startswith(b"data: {") and b'"op"' in text:
                    self.heard.add(json.loads(text[6:])["op"])


def watch(pages: list[Page]) -> list[Page]:
    """Be the open pages, in a process of their own, as they are in life; ends when the server does."""
    with ThreadPoolExecutor(2 * len(pages)) as threads:
        for one in [threads.submit(do) for page in pages for do in (page.poll, page.listen)]:
            one.result()
    return pages


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


def draw_folder(folder: Path, turn: int) -> Path:
    """Write pictures no two of which are the same file; each holds its number in a comment."""
    drawn = [jpeg(n, 640, 480) for n in range(64)]
    folder.mkdir()
    for n in range(FOLDER_FILES):
        said = f"{turn}-{n}".encode()
        data = drawn[n % len(drawn)]
        comment = b"\xff\xfe" + (len(said) + 2).to_bytes(2, "big") + said
        (folder / f"{n:05}.jpg").write_bytes(data[:2] + comment + data[2:])
    return folder


def take_in(directory: Path, scratch: Path, stop: threading.Event, beside: ProcessPoolExecutor) -> None:
    """Take pictures in, a folder at a time, until told to stop."""
    for turn in itertools.count():
        folder = beside.submit(draw_folder, scratch / f"exhibit{turn}", turn).result()
        command = [sys.executable, "-m", "everyframe", "intake", str(directory), str(folder)]
        command += ["--exhibit", f"LIVE/{secrets_module.token_hex(3)}"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and not stop.wait(0.1):
            pass
        if stop.is_set():
            process.kill()  # a run that is asked to stop ends with a digest of the whole case, which takes minutes
        process.wait()
        shutil.rmtree(folder)
        if stop.is_set():
            return


def stored_files(case: Case) -> int:
    with case.database.read() as connection:
        return int(connection.execute(select(func.count()).where(schema.media_file.c.outcome == "done")).scalar_one())


def drive(case: Case, directory: Path, scratch: Path, options: argparse.Namespace) -> dict[str, Any]:
    secrets = add_people(case, options.people)
    each = options.media // (options.people + 1)
    stop, before = threading.Event(), stored_files(case)
    with case.database.read() as connection:
        begins = newest(connection)
        last = int(connection.execute(select(func.max(schema.media.c.id))).scalar_one())
    with ProcessPoolExecutor(2, get_context("spawn")) as beside, ThreadPoolExecutor(options.people + 1) as threads:
        with served(directory) as origin:
            people = [
                Reviewer(name, n, origin, secret, range((n + 1) * each, (n + 2) * each), options.pause / 1000)
                for n, (name, secret) in enumerate(secrets.items())
            ]
            for person in people:
                person.sign_in()
            intake = threads.submit(take_in, directory, scratch, stop, beside) if options.intake else None
            while intake and stored_files(case) == before:
                time.sleep(0.5)
            end = time.monotonic() + options.seconds
            watching = beside.submit(watch, [Page(origin, p.line.cookie, begins, last, end) for p in people])
            for person in people:
                person.until = end
            for one in [threads.submit(p.work) for p in people]:
                one.result()
            taken = {"files_taken_in_meanwhile": stored_files(case) - before}
            stop.set()
            time.sleep(2)
            if intake:
                intake.result()
        pages = watching.result()
    return figures(people, pages, options.seconds) | taken | held_against(case, people, pages, whole=options.verify)


def figures(people: Sequence[Reviewer], pages: Sequence[Page], seconds: float) -> dict[str, Any]:
    times = [t for person in people for t in person.times]
    found: dict[str, Any] = {"people": len(people), "seconds": seconds, "decisions": len(times)}
    found |= {"decisions_per_second": round(len(times) / seconds, 1)}
    found |= {f"acknowledged_ms_p{p}": percentile(times, p / 100) for p in (50, 95, 99)}
    found |= {"acknowledged_ms_most": round(max(times), 1)}
    return found | {"progress_ms_p95": percentile([t for page in pages for t in page.polls], 0.95)}


def held_against(case: Case, people: Sequence[Reviewer], pages: Sequence[Page], *, whole: bool) -> dict[str, Any]:
    """Hold what was acknowledged against what is stored."""
    d, h = schema.decision.c, held_decision.c
    with case.database.read() as connection:
        stored: Counter[str] = Counter(dict(connection.execute(select(d.op, func.count()).group_by(d.op)).all()))
        stored += Counter(dict(connection.execute(select(h.op, func.count()).group_by(h.op)).all()))
    asked = {op for person in people for op in person.answers}
    problems = verify(case, previews=False).problems if whole else []
    decided = {op for person in people for op, said in person.answers.items() if said.get("decided")}
    mine = {op for op in stored if any(op.startswith(f"op-{person.name}-") for person in people)}
    return {
        "held_against_others": sum("held" in said for person in people for said in person.answers.values()),
        "lost": len(asked - set(stored)),
        "stored_twice": sum(1 for count in stored.values() if count > 1),
        "not_asked_for": len(mine - asked),
        "not_told_to_others": sum(len(decided - page.heard) for page in pages),
        "failures": sum(len(person.failures) for person in people),
        "problems_of_verify": len(problems),
        "problems": [*problems[:3], *[f for person in people for f in person.failures][:3]],
    }


def reading(case: Case) -> dict[str, float]:
    """Time the order list, windows of 200 anywhere, and facets of everything."""
    codes = tuple(c.code for c in case.scheme.categories)
    rng = random.Random(1)
    with case.database.read() as connection:
        ids = read_order(connection, View(), case.scheme.id, codes).ids
        places = [rng.randrange(max(1, len(ids) - 200)) for _ in range(100)]
        works: dict[str, tuple[int, Callable[[int], object]]] = {
            "order_list": (20, lambda _: read_order(connection, View(), case.scheme.id, codes)),
            "order_newest": (20, lambda _: read_order(connection, View(order="newest"), case.scheme.id, codes)),
            "window_of_200": (100, lambda n: read_items(connection, ids[places[n] : places[n] + 200].tolist())),
            "facets": (21, lambda _: count_facets(connection, ids)),
        }
        found = {"media": float(len(ids))}
        for name, (rounds, work) in works.items():
            times = [timed(work, n) for n in range(rounds)]
            found |= {f"{name}_ms_first": times[0], f"{name}_ms_p95": percentile(times[1:], 0.95)}
    return found


def timed(work: Callable[[int], object], n: int) -> float:
    began = time.perf_counter()
    work(n)
    return round(1000 * (time.perf_counter() - began), 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--pause", type=float, default=100, help="milliseconds from an answer to the next decision")
    parser.add_argument("--media", type=int, default=1_000_000)
    parser.add_argument("--case", type=Path, help="use, or make and keep, the case in this directory")
    parser.add_argument("--prepare", action="store_true", help="only make the case")
    parser.add_argument("--no-intake", dest="intake", action="store_false", help="decide without intake beside it")
    parser.add_argument(
        "--no-verify", dest="verify", action="store_false", help="leave `verify` out, which takes minutes"
    )
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
    if (
        found["lost"]
        or found["stored_twice"]
        or found["not_asked_for"]
        or found["not_told_to_others"]
        or found["problems"]
    ):
        raise SystemExit("decisions were lost or doubled")


if __name__ == "__main__":
    main()
