"""Every route, asked as every role. A new route has to say here what it asks for, and is refused until it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.web.team_client import ROLES, Member, Team
from tests.web.test_web_api import parse_order

from everyframe.people.roles import RIGHTS, Right
from everyframe.web import pages
from everyframe.web.access import ACCESS, Access, Gate, permitted
from everyframe.web.app import ALONE_ROUTES, ROUTES, TEAM_ROUTES
from everyframe.web.caller import Caller

if TYPE_CHECKING:
    from starlette.routing import Route

    from everyframe.store.case import Case

FILLED = {
    "{media:int}": "1",
    "{clue:int}": "1",
    "{role}": "grid",
    "{name}": "x",
    "{ordinal:int}": "0",
    "{path:path}": "css/base.css",
}
QUERIES = {"/api/items": "?ids=1", "/api/previews": "?ids=1", "/api/live": "?after=x", "/compare": "?ids=1,2"}
ASKED = [(method, path) for method, path in ACCESS if path not in ("/open", "/session")]
REFUSED = ("not_permitted", "locked")


def lines(routes: tuple[Route, ...]) -> set[tuple[str, str]]:
    return {(m, route.path) for route in routes for m in (route.methods or ()) if m != "HEAD"}


def test_every_route_has_its_line_and_every_line_its_route() -> None:
    assert lines((*ROUTES, *ALONE_ROUTES, *TEAM_ROUTES)) | {("GET", "/static/{path:path}")} == set(ACCESS)


def call(member: Member, method: str, path: str) -> tuple[int, str]:
    """Ask a route with nothing in the body, so that what is permitted is at most a bad request."""
    filled = path
    for name, value in FILLED.items():
        filled = filled.replace(name, value)
    options: dict[str, Any] = {} if method == "GET" else {"json": {}}
    answer = member.request(method, filled + QUERIES.get(path, ""), **options)
    kind = answer.headers.get("content-type", "")
    word = answer.json().get("error", "") if "json" in kind else ""
    if answer.status_code == 403 and not word:
        word = "not_permitted" if "role" in answer.text else ""
    if answer.status_code == 303 and answer.headers["location"] == "/login" and path != "/locked":
        word = "locked"
    return answer.status_code, word


@pytest.mark.parametrize("name", ROLES)
def test_each_role_gets_what_the_table_says_and_nothing_else(team: Team, name: str) -> None:
    for method, path in ASKED:
        need = ACCESS[method, path]
        status, word = call(team.member(name), method, path)
        if isinstance(need, Gate) or need in RIGHTS[ROLES[name]]:
            assert word not in REFUSED, (method, path, status)
            assert status < 500, (method, path)
        else:
            assert (status, word) == (403, "not_permitted"), (method, path)


def test_without_a_session_only_the_way_in_is_open(team: Team) -> None:
    for method, path in ASKED:
        status, word = call(team.stranger(), method, path)
        if ACCESS[method, path] == Gate.ANYBODY:
            assert word not in REFUSED, (method, path)
            assert status < 500, (method, path)
        else:
            assert (word, status in (401, 303)) == ("locked", True), (method, path)


@pytest.mark.parametrize("stage", ["factor", "password", "enrol"])
def test_halfway_in_nothing_of_the_case_is_open(team: Team, stage: str) -> None:
    halfway = Member(team.client)
    halfway.jar[team.app.state.site.cookie] = team.app.state.door.enter("rita", stage, "tests")
    for method, path in ASKED:
        if not isinstance(ACCESS[method, path], Gate):
            assert call(halfway, method, path)[1] == "locked", (method, path)


def test_the_link_of_one_person_does_not_exist_for_people_with_accounts(team: Team) -> None:
    assert team.member("rita").get("/open").status_code == 404
    assert team.stranger().post("/session", {"token": "x"}).status_code == 404


def test_what_is_not_in_the_table_is_refused() -> None:
    for role in (*RIGHTS, "invented"):
        assert not permitted(None, Caller("x", "X", role))
    assert not permitted(Right.SEE, Caller("x", "X", "invented"))
    assert not permitted(Right.SEE, None)
    assert Access({}).need("GET", "/") is None
    assert Access().need("DELETE", "/review") is None
    assert Access().need("GET", "/api/media/x") is None
    assert Access().need("HEAD", "/review") == Right.SEE


def test_a_route_that_somebody_forgot_is_refused(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {line: need for line, need in ACCESS.items() if line != ("GET", "/api/counts")}
    monkeypatch.setattr("everyframe.web.app.Access", lambda: Access(kept))
    from everyframe.web.app import create_team_app
    from everyframe.web.site import Site

    app = create_team_app(team.app.state.desk.case, site=Site.local(8420))
    other = Team(app, type(team.client)(app))
    try:
        assert other.member("sue").get("/api/counts").status_code == 403
        assert other.member("sue").get("/api/account").status_code == 200
    finally:
        other.client.close()


def test_a_new_role_holds_within_a_second_and_being_kept_out_as_well(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    rita, accounts = team.member("rita"), team.app.state.accounts
    door = team.app.state.door
    assert rita.get("/api/counts").status_code == 200
    now = door._clock()
    monkeypatch.setattr(door, "_clock", lambda: now + 1)
    accounts.set_role("rita", "administrator", actor="ada")
    assert rita.get("/api/counts").status_code == 403
    monkeypatch.setattr(door, "_clock", lambda: now + 2)
    accounts.disable("rita", disabled=True, actor="ada")
    assert rita.get("/api/counts").status_code == 401


def test_changes_carry_the_name_of_whoever_made_them(team: Team, team_case: Case) -> None:
    from sqlalchemy import select

    from everyframe.store import schema

    for name in ("rita", "sue"):
        body = {"decisions": [{"op": f"operation-of-{name}-1", "code": "1", "ids": [len(name)]}]}
        assert team.member(name).post("/api/decisions", body).json()["answers"][0]["decided"] == 1
    with team_case.database.read() as connection:
        found = connection.execute(select(schema.decision.c.media_id, schema.decision.c.actor)).all()
    assert sorted(map(tuple, found)) == [(3, "sue"), (4, "rita")]


def test_a_picture_at_full_size_is_in_the_audit_before_it_is_sent(team: Team, team_case: Case) -> None:
    import json

    from sqlalchemy import select

    from everyframe.store import schema, verify

    rita = team.member("rita")
    assert rita.get("/api/media/7/rendition/viewer/0").status_code == 200
    assert rita.get("/api/media/7/rendition/grid/0").status_code == 200
    assert rita.get("/api/media/99999/rendition/viewer/0").status_code == 404
    a = schema.audit.c
    with team_case.database.read() as connection:
        found = connection.execute(select(a.actor, a.body).where(a.action == "view")).all()
    assert [(actor, json.loads(body)) for actor, body in found] == [("rita", {"pictures": [[7, "viewer", 0]]})]
    assert verify.verify(team_case, previews=False).problems == []


def test_a_picture_is_not_sent_when_its_view_cannot_be_stored(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> int:
        raise OSError("disk full")

    rita = team.member("rita")
    monkeypatch.setattr("everyframe.web.viewed.audit_log.append", broken)
    answer = rita.get("/api/media/7/rendition/viewer/0")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/json"


def test_the_pages_show_only_what_the_role_may_open(team: Team) -> None:
    links = {
        "rita": ("/review", "/second"), "sue": ("/review", "/second", "/opinions"), "ada": ("/people",), "rob": ("/review",),
    }  # fmt: skip
    every = {"/review", "/second", "/opinions", "/people"}
    for name, shown in links.items():
        text = team.member(name).get("/me").text
        assert {path for path in every if f'href="{path}"' in text} == set(shown), name


def test_pages_without_a_person_are_those_of_the_way_in() -> None:
    assert {p for (_, p), need in ACCESS.items() if need == Gate.ANYBODY} == {
        "/static/{path:path}", "/open", "/locked", "/login", "/session", "/session/password",
    }  # fmt: skip
    assert {r.path for r in pages.ROUTES} >= {"/locked"}


def test_no_query_tells_what_was_decided_to_whoever_is_asked_without_knowing(team: Team) -> None:
    rita, ben = team.member("rita"), team.member("ben")
    assert team.member("sue").put("/api/opinions/rules", {"code": "1", "votes": 2}).status_code == 200
    rita.post("/api/decisions", {"decisions": [{"op": "operation-of-rita-1", "code": "1", "ids": [3]}]})

    def listed(member: Member, query: str) -> list[int]:
        ids: list[int] = parse_order(member.request("GET", "/api/order", params={"q": query}).content)[1].tolist()
        return ids

    for query in ("category:1", "decided:yes", "decided-by:rita"):
        assert (query, listed(rita, query), listed(ben, query)) == (query, [3], [])
    assert 3 in listed(ben, "-category:1 or id:1")
    assert 3 in listed(ben, "")
    times = [m.request("GET", "/api/timeline", params={"q": "category:1"}).json()["media"] for m in (rita, ben)]
    assert times == [1, 0]
