"""The screens of the case file without a browser: sources, known sets, decisions and audit, report, checks."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import everyframe
from everyframe.audit.chain import canonical
from everyframe.store import audit_log, runs, seat_talk
from everyframe.store.exchange_choice import Choice
from everyframe.store.exchange_preview import preview
from everyframe.store.seat import seat
from everyframe.web.audit_page import ACTIONS
from everyframe.web.running import Runs

if TYPE_CHECKING:
    from tests.web.team_client import Member, Team
    from tests.web.web_client import Served

    from everyframe.store.case import Case

SOURCE = Path(everyframe.__file__).parent
PAGES = ("/sources", "/sets", "/audit", "/report", "/validate", "/cases")
OP = "case-file-operation-{:02}"


def ended(asker: Served | Member, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while asker.get("/api/runs").json()["current"] is not None:
        assert time.monotonic() < end, "the run did not end"
        time.sleep(0.1)


def last(case: Case, kind: str) -> runs.StoredRun:
    with case.database.read() as connection:
        found = runs.last(connection, kind)
    assert found is not None
    return found


def records(case: Case, action: str) -> list[tuple[str, str]]:
    with case.database.read() as connection:
        return [(r.actor, r.body) for r in audit_log.records(connection) if r.action == action]


def decide(asker: Served | Member, number: int, code: str, *ids: int) -> str:
    op = OP.format(number)
    said = asker.post("/api/decisions", {"decisions": [{"op": op, "code": code, "ids": list(ids)}]}).json()
    assert said["answers"][0]["decided"] == len(ids)
    return op


@pytest.mark.parametrize("path", PAGES)
def test_each_page_is_there_in_both_languages(served: Served, path: str) -> None:
    for language in ("en", "de"):
        shown = served.get(path, **{"Accept-Language": language})
        assert shown.status_code == 200
        assert f'href="{path}" aria-current="page"' in shown.text


def test_a_case_is_verified_from_the_screen_as_by_the_command(served: Served, case: Case) -> None:
    assert served.post("/api/runs/verify", {}).json()["run"]["kind"] == "verify"
    ended(served)
    run = last(case, "verify")
    assert (run.state, run.actor, run.result["verified"], run.result["problems"]) == ("done", "anna", True, [])
    shown = served.get("/audit").text
    assert "Verified: nothing is other than it was recorded." in shown
    assert run.result["head"] in shown
    ((_, began),) = records(case, "run.start")
    assert began == canonical({"run": run.id, "kind": "verify", "asked": {"head": "", "previews": True}})
    ((actor, body),) = records(case, "run.end")
    digest = hashlib.sha256(json.dumps(run.result).encode()).hexdigest()
    assert (actor, json.loads(body)["result"]) == ("anna", digest)


def test_what_was_changed_behind_the_audit_is_named(served: Served, case: Case) -> None:
    with case.database.write() as connection:
        connection.exec_driver_sql("UPDATE media SET looked = 1 WHERE id = 3")
    noted = f"1:{'0' * 64}"
    served.post("/api/runs/verify", {"head": noted})
    ended(served)
    run = last(case, "verify")
    assert run.state == "warnings"
    assert not run.result["verified"]
    shown = served.get("/validate").text
    assert "media 3: is marked as looked at, but its Looks say otherwise" in shown
    assert f"the head {noted} noted earlier is not in this audit" in shown
    assert served.post("/api/runs/verify", {"head": "nonsense; rm"}).status_code == 400


def test_one_run_at_a_time_and_what_it_prints_is_kept_when_it_fails(served: Served, case: Case) -> None:
    current: Runs = served.client.app.state.runs
    with seat(case.directory, "intake", purpose="another run"):
        served.post("/api/runs/match", {})
        refused = served.post("/api/runs/verify", {})
        assert (refused.status_code, "one runs at a time" in refused.text) == (400, True)
        ended(served)
    run = last(case, "match")
    assert (run.state, run.result) == ("failed", {})
    assert "is in use for intake: held by process" in run.said
    assert current.current is None
    assert served.post("/api/runs/verify", {}).status_code == 200, "the next one can begin"
    ended(served)
    assert last(case, "verify").state == "done"


def test_what_is_stopped_before_it_has_a_process_is_stopped(
    served: Served, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = runs.begin

    def begin_and_stop(*arguments: Any) -> int:
        assert served.client.app.state.runs.stop()
        return begin(*arguments)

    monkeypatch.setattr(runs, "begin", begin_and_stop)
    served.post("/api/runs/validate", {})
    ended(served)
    assert last(case, "validate").state == "stopped"


def test_a_run_is_stopped_by_whoever_asks_and_ends_with_the_server(served: Served, case: Case) -> None:
    current: Runs = served.client.app.state.runs
    assert served.post("/api/runs/stop", {}).json() == {"stopping": False}
    served.post("/api/runs/validate", {})
    assert served.get("/api/runs").json()["current"]["kind"] == "validate"
    current.close()
    run = last(case, "validate")
    assert (run.state, run.result) == ("stopped", {})
    assert not list((case.directory / "export").iterdir()), "nothing half written is left"
    assert current.current is None


def test_a_run_whose_server_was_killed_is_not_taken_for_running(served: Served, case: Case) -> None:
    with case.database.write() as connection:
        runs.begin(connection, "verify", "anna", {})
    Runs(served.client.app.state.desk)
    assert (last(case, "verify").state, len(records(case, "run.end"))) == ("lost", 1)


def test_an_intake_is_begun_by_path_and_shown_with_how_it_ended(served: Served, case: Case, tmp_path: Path) -> None:
    (tmp_path / "it's a folder").mkdir()
    (tmp_path / "it's a folder" / "words.txt").write_text("plain words\n")
    for path, exhibit in (("relative", "X"), ("/tmp\0", "X"), (str(tmp_path), " ")):
        assert served.post("/api/runs/intake", {"path": path, "exhibit": exhibit}).status_code == 400
    body = {"path": str(tmp_path / "it's a folder"), "exhibit": "--json", "carve": True}
    assert served.post("/api/runs/intake", body).status_code == 200
    ended(served)
    run = last(case, "intake")
    assert (run.state, run.result["done"], run.result["account"]["balanced"]) == ("warnings", True, True)
    shown = served.get("/sources").text
    assert "it&#39;s a folder" in shown
    assert "all was taken in" in shown
    assert [actor for actor, _ in records(case, "intake.start")] == ["anna"], "in the name of whoever asked"
    served.post("/api/runs/intake", {"path": "/nowhere/at/all", "exhibit": "Y"})
    ended(served)
    assert "/nowhere/at/all" in last(case, "intake").said


def test_a_run_elsewhere_is_shown_and_asked(served: Served, case: Case) -> None:
    assert served.post("/api/intake/ask", {"do": "pause"}).status_code == 400, "nothing runs"
    with seat(case.directory, "intake", purpose="intake of exhibit Z"):
        seat_talk.say(case.directory, {"event": "progress", "phase": "intake", "files": 3, "files_done": 1})
        now = served.get("/api/runs").json()
        assert (now["seat"]["purpose"], now["moment"]["files_done"], now["asked"]) == ("intake of exhibit Z", 1, "")
        for what, stands in (("pause", "pause"), ("go-on", ""), ("stop", "stop")):
            assert served.post("/api/intake/ask", {"do": what}).status_code == 200
            assert served.get("/api/runs").json()["asked"] == stands
            assert seat_talk.asked(case.directory).get("do", "") == stands
        assert served.post("/api/intake/ask", {"do": "hurry"}).status_code == 400
    assert served.get("/api/runs").json()["asked"] == "", "it was asked of one process"
    assert [json.loads(body)["do"] for _, body in records(case, "run.ask")] == ["pause", "go-on", "stop"]


def test_what_is_counted_before_an_export_is_what_the_export_holds(served: Served, case: Case) -> None:
    decide(served, 1, "1", 1, 2, 3)
    asked = {"exhibits": [], "states": [], "categories": ["1"], "query": ""}
    said = served.post("/api/report/count", asked).json()
    assert (said["goes"], said["balanced"], said["goes"] + said["stays"]) == (3, True, said["listed"])
    assert said["vics"] == {"media": 3, "files": 3, "other_files": 0}
    assert said["categories"] == [{"scheme": case.scheme.id, "code": "1", "media": 3}]
    assert served.post("/api/runs/export", asked | {"format": "csv"}).status_code == 200
    ended(served)
    run = last(case, "export")
    assert (run.state, run.result["rows"]) == ("done", 3)
    name = run.asked["out"]
    fetched = served.get(f"/report/files/{name}")
    assert hashlib.sha256(fetched.content).hexdigest() == run.result["sha256"]
    assert fetched.headers["content-disposition"].startswith("attachment")
    assert served.get(f"/report/files/{name}.sha256").text == f"{run.result['sha256']}  {name}\n"
    assert [json.loads(body)["file"] for _, body in records(case, "export.fetch")] == [name, f"{name}.sha256"]
    assert run.result["sha256"] in served.get("/report").text
    assert records(case, "export")[0][0] == "anna"
    for other in ("..%2fcase.db", "case.db", ".", "x"):
        assert served.get(f"/report/files/{other}").status_code in (400, 404)


def test_a_query_narrows_an_export_to_what_the_grid_shows(served: Served, case: Case) -> None:
    decide(served, 1, "2", 4, 5)
    counted: dict[str, list[str]] = {"exhibits": [], "states": [], "categories": []}
    said = served.post("/api/report/count", counted | {"query": "category:2"}).json()
    grid = served.get("/api/order?q=category:2").content
    assert (said["media"], said["balanced"]) == (2, True)
    assert grid
    both = served.post("/api/report/count", counted | {"query": "category:2", "show": "remaining", "categories": ["1"]})
    assert (both.json()["goes"], both.json()["balanced"]) == (0, True)
    whole = served.post("/api/report/count", counted).json()
    assert (whole["goes"], whole["stays"]) == (whole["listed"], 0)
    assert served.post("/api/report/count", counted | {"query": "category:("}).status_code == 400
    assert served.post("/api/report/count", counted | {"categories": ["99"]}).status_code == 400
    served.post("/api/runs/export", counted | {"query": "category:2", "format": "hashes-sha256"})
    ended(served)
    run = last(case, "export")
    assert run.result["choice"]["view"] == {"show": "all", "exhibit": "", "order": "listing", "q": "category:2"}
    assert len(served.get(f"/report/files/{run.asked['out']}").text.splitlines()) == run.result["rows"]


def test_a_file_in_no_state_does_not_add_up(case: Case) -> None:
    with case.database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO listing (source_id, exhibit_id, files, bytes, at) VALUES (1, 1, 1, 1, '')"
        )
    with case.database.read() as connection:
        found = preview(connection, Choice())
    assert (found.goes + found.stays + 1, found.balanced) == (found.listed, False)


def test_one_of_ones_own_decisions_is_taken_back_and_the_later_ones_stay(served: Served, case: Case) -> None:
    first = decide(served, 1, "1", 1, 2)
    second = decide(served, 2, "2", 2)
    shown = served.get("/audit").text
    assert shown.index(f'data-op="{second}"') < shown.index(f'data-op="{first}"')
    assert shown.count("data-undo=") == 2
    said = served.post("/api/undo/one", {"op": OP.format(3), "target": first}).json()
    assert (said["files"], said["restored"]) == (1, [[1, "", ""]])
    assert served.post("/api/undo/one", {"op": OP.format(3), "target": first}).json() == said, (
        "a repeat changes nothing"
    )
    again = served.post("/api/undo/one", {"op": OP.format(4), "target": first})
    assert (again.status_code, "in force" in again.text) == (409, True)
    assert served.post("/api/undo/one", {"op": OP.format(5), "target": "unknown"}).status_code == 409
    history = served.get("/audit?item=2").text
    assert history.count("<li><time>") == 2
    served.post("/api/undo", {"op": OP.format(6)})
    served.post("/api/runs/verify", {})
    ended(served)
    assert last(case, "verify").result["problems"] == []


def test_the_audit_is_narrowed_and_paged(served: Served, case: Case) -> None:
    with case.database.write() as connection:
        for number in range(120):
            audit_log.append(
                connection, "ben" if number % 2 else "anna", "note" if number % 3 else "tag", {"n": number}
            )
    shown = served.get("/audit").text
    assert shown.count('<th scope="row" class="num"') == 100
    assert "before=" in shown
    assert served.get("/audit?person=ben&kind=tag").text.count('<th scope="row" class="num"') == 20
    assert served.get("/audit?kind=case").text.count('<th scope="row" class="num"') == 1
    assert served.get("/audit?until=2001-01-01").text.count('<th scope="row" class="num"') == 0
    for wrong in ("kind=nonsense", "since=yesterday", "before=-1", "item=x"):
        assert served.get(f"/audit?{wrong}").status_code == 400


def test_reviewers_see_their_own_alone(team: Team, team_case: Case) -> None:
    rita, ben, sue = (team.member(name) for name in ("rita", "ben", "sue"))
    op = decide(rita, 1, "1", 1)
    decide(ben, 2, "2", 2)
    own = ben.get("/audit?person=rita&item=1").text
    assert op not in own
    assert "<li><time>" not in own
    assert ">rita<" not in own
    assert op in sue.get("/audit").text
    assert op not in sue.get("/audit?person=ben").text
    assert ben.post("/api/undo/one", {"op": OP.format(3), "target": op}).status_code == 409, "only who decided"
    assert sue.post("/api/undo/one", {"op": OP.format(4), "target": op}).status_code == 409
    assert len(records(team_case, "undo")) == 0


def test_whoever_stops_the_run_of_somebody_else_is_on_record(team: Team, team_case: Case) -> None:
    sue, ada = team.member("sue"), team.member("ada")
    sue.post("/api/runs/validate", {})
    ada.post("/api/runs/stop", {})
    ended(ada)
    assert [actor for actor, _ in records(team_case, "run.stop")] == ["ada"]
    assert team.member("rita").post("/api/runs/stop", {}).status_code == 403


def test_the_list_of_cases_is_for_a_person_alone(served: Served, team: Team, case: Case) -> None:
    assert f'data-case="{case.directory.name}"' in served.get("/cases").text
    for name, status in (("rita", 403), ("sue", 403), ("ada", 404)):
        assert team.member(name).get("/cases").status_code == status


def test_every_record_of_the_audit_can_be_asked_for_by_its_kind() -> None:
    code = re.compile(r'audit_log\.append\(\s*\w+, [\w.]+, "([a-z]+)')
    written = {kind for path in SOURCE.rglob("*.py") for kind in code.findall(path.read_text("utf-8"))}
    assert written - set(ACTIONS) == set()


def test_a_command_says_what_runs_and_asks_it(case: Case) -> None:
    command = [sys.executable, "-m", "everyframe", "running", str(case.directory), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"holder": None, "moment": None}
    with seat(case.directory, "intake", purpose="matching"):
        seat_talk.say(case.directory, {"phase": "turning pictures", "done": 1, "total": 2})
        named = os.environ | {"EVERYFRAME_ACTOR": "ben"}
        done = subprocess.run([*command, "pause"], capture_output=True, text=True, check=True, env=named)
        assert json.loads(done.stdout)["moment"]["phase"] == "turning pictures"
        assert seat_talk.asked(case.directory)["by"] == "ben"
    assert [actor for actor, _ in records(case, "run.ask")] == ["ben"]
