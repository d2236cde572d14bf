"""The stream of decisions over a real connection, TLS, and leases over HTTP."""

from __future__ import annotations

import json
import shutil
import signal
import ssl
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn
from tests.web.team_client import PASSWORD, Team, code_now

from everyframe.errors import UsageError
from everyframe.review.decisions import decide, undo
from everyframe.web import live
from everyframe.web.app import create_team_app
from everyframe.web.serve import Listening, serve_team
from everyframe.web.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from everyframe.store.case import Case

PROGRAM = """
import sys
from pathlib import Path
from everyframe.store.case import Case
from everyframe.web.serve import Listening, serve_team
with Case(Path(sys.argv[1])) as case:
    where = Listening("127.0.0.1", 0, ("localhost",), Path(sys.argv[2]), Path(sys.argv[3]))
    serve_team(case, where, announce=lambda text: print(text, flush=True))
"""


class Served:
    def __init__(self, case: Case, app: Any, origin: str) -> None:
        self.case, self.app, self.origin = case, app, origin

    def client(self, name: str) -> httpx.Client:
        token = self.app.state.door.enter(name, "open", "tests")
        headers = {"Sec-Fetch-Site": "same-origin", "Cookie": f"{self.app.state.site.cookie}={token}"}
        return httpx.Client(base_url=self.origin, headers=headers, timeout=10)


@pytest.fixture
def served_team(team_case: Case) -> Iterator[Served]:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        app = create_team_app(team_case, site=Site.local(port))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, ws="none"))
        server.config.timeout_graceful_shutdown = 1
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield Served(team_case, app, f"http://127.0.0.1:{port}")
        server.should_exit = True
        thread.join()


def events(client: httpx.Client, count: int, after: int = 0, **headers: str) -> list[dict[str, Any]]:
    """Read so many events of a stream from its beginning."""
    found: list[dict[str, Any]] = []
    with client.stream("GET", f"/api/live?after={after}", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        one: dict[str, Any] = {}
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if name in ("id", "event", "data"):
                one[name] = json.loads(value) if name == "data" else value
            elif not line and one:
                found.append(one)
                one = {}
                if len(found) == count:
                    break
    return found


def test_what_was_decided_comes_in_order_each_operation_once(served_team: Served) -> None:
    case = served_team.case
    decide(case, "2", [3, 4], op="the-first-operation", actor="ben")
    decide(case, "1", [9], op="the-second-operation", actor="sue")
    undo(case, op="the-third-operation-", actor="ben")
    with served_team.client("rita") as rita:
        found = events(rita, 3)
        assert [(e["id"], e["data"]["kind"], e["data"]["actor"]) for e in found] == [
            ("2", "category", "ben"), ("3", "category", "sue"), ("5", "undo", "ben"),
        ]  # fmt: skip
        assert found[0]["data"]["name"] == "Ben"
        assert found[0]["data"]["rows"] == [[3, case.scheme.id, "2"], [4, case.scheme.id, "2"]]
        assert found[2]["data"]["rows"] == [[3, "", ""], [4, "", ""]]
        assert [e["id"] for e in events(rita, 1, after=3)] == ["5"]
        assert [e["id"] for e in events(rita, 2, after=0, **{"Last-Event-ID": "2"})] == ["3", "5"]


def test_whoever_is_far_behind_is_told_to_read_again(served_team: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BEHIND", 5)
    decide(served_team.case, "2", list(range(1, 21)), op="many-at-once-by-ben", actor="ben")
    with served_team.client("rita") as rita:
        (one,) = events(rita, 1)
        assert (one["event"], one["id"]) == ("reset", "20")


def test_a_large_operation_is_told_of_without_all_its_rows(
    served_team: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("everyframe.store.decided_since.MOST_IDS", 5)
    monkeypatch.setattr(live, "MOST_IDS", 5)
    decide(served_team.case, "2", list(range(1, 21)), op="many-at-once-by-ben", actor="ben")
    with served_team.client("rita") as rita:
        (one,) = events(rita, 1)
        assert (one["data"]["count"], one["data"]["whole"], len(one["data"]["rows"])) == (20, False, 5)


def test_streams_are_bounded_and_end_with_their_session(served_team: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "MOST_OF_ONE", 1)
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.2)
    with served_team.client("rita") as rita, served_team.client("rita") as second:
        with rita.stream("GET", "/api/live?after=0") as answer:
            lines = answer.iter_lines()
            assert next(lines) == ": rita"
            assert second.get("/api/live?after=0").status_code == 503
            served_team.app.state.accounts.sign_out("rita", actor="ada")
            assert "decision" not in "".join(lines), "the stream ends by itself"
        assert rita.get("/api/live?after=0").status_code == 401


@pytest.mark.parametrize("after", ["", "x", "-1", "1" * 12, "\u0661"])
def test_a_stream_begins_at_a_number(team: Team, after: str) -> None:
    assert team.member("rita").get(f"/api/live?after={after}").status_code == 400


def test_leases_over_http(team: Team) -> None:
    rita, ben = team.member("rita"), team.member("ben")
    assert rita.post("/api/leases", {"do": "take", "group": "stack:7"}).status_code == 200
    answer = ben.post("/api/leases", {"do": "take", "group": "stack:7"})
    assert (answer.status_code, answer.json()["lease"]["person"]) == (409, "rita")
    assert [one["name"] for one in ben.get("/api/leases").json()["leases"]] == ["stack:7"]
    assert ben.post("/api/leases", {"do": "release", "group": "stack:7"}).json() == {"released": False}
    assert rita.post("/api/leases", {"do": "release", "group": "stack:7"}).json() == {"released": True}
    assert rita.post("/api/leases", {"do": "x", "group": "stack:7"}).status_code == 400


def test_a_conflict_is_answered_with_409_who_and_when(team: Team) -> None:
    rita, ben = team.member("rita"), team.member("ben")

    def ask(op: str, code: str) -> dict[str, Any]:
        return {"decisions": [{"op": op, "code": code, "ids": [7], "seen": 0}]}

    ben.post("/api/decisions", ask("ben-decides-on-seven", "2"))
    (said,) = rita.post("/api/decisions", ask("rita-decides-on-seven", "1")).json()["answers"]
    assert (said["status"], said["decided"], said["held"]) == (409, 0, 1)
    assert said["conflicts"][0]["actor"] == "ben"
    bad = ask("rita-decides-on-seven2", "1")
    bad["decisions"][0]["seen"] = -1
    assert rita.post("/api/decisions", bad).status_code == 400


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (Listening("10.0.0.5", 0), "needs TLS"),
        (Listening("0.0.0.0", 0), "needs TLS"),
        (Listening("review.example", 0), "needs TLS"),
        (Listening("127.0.0.1", 0, (), None, __import__("pathlib").Path("x")), "go together"),
    ],
)
def test_without_tls_only_this_machine_is_served(team_case: Case, where: Listening, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        serve_team(team_case, where, announce=lambda _: None)


def test_a_case_without_people_is_not_served_to_any(case: Case) -> None:
    with pytest.raises(UsageError, match="everyframe people add"):
        serve_team(case, Listening("127.0.0.1", 0), announce=lambda _: None)


def test_people_sign_in_over_tls_and_older_versions_are_refused(team_case: Case, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate")
    certificate, key = tmp_path / "review.pem", tmp_path / "review.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-keyout", key, "-out", certificate, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(team_case.directory), str(certificate), str(key)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        origin = process.stdout.readline().rpartition(" ")[2].strip()
        assert origin.startswith("https://localhost:")
        trust = ssl.create_default_context(cafile=str(certificate))
        own = {"Sec-Fetch-Site": "same-origin", "Origin": origin}
        with httpx.Client(base_url=origin, verify=trust, headers=own) as client:
            assert client.post("/session/password", json={"name": "rita", "password": PASSWORD}).status_code == 200
            assert client.post("/session/factor", json={"code": code_now()}).json() == {"next": "/"}
            assert client.get("/api/counts").json()["all"] == 303
        old = ssl.create_default_context(cafile=str(certificate))
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        old.set_ciphers("AES128-SHA:AES256-SHA:@SECLEVEL=0")
        with httpx.Client(base_url=origin, verify=old) as client, pytest.raises(httpx.ConnectError):
            client.get("/login")
        with httpx.Client(base_url=origin.replace("https", "http")) as client, pytest.raises(httpx.RemoteProtocolError):
            client.get("/login")
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
