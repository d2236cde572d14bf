from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

from sqlalchemy import select
from tests.web.team_client import PASSWORD, SECRET, Team, code_now
from tests.web.web_client import ORIGIN, PORT, Client

from everyframe.people import totp
from everyframe.store import web_sessions
from everyframe.store.people_schema import web_session
from everyframe.web.app import create_team_app
from everyframe.web.door import MOST_SESSIONS, SIGN_IN_SECONDS
from everyframe.web.sessions import ABSOLUTE_SECONDS, IDLE_SECONDS
from everyframe.web.signing import ATTEMPTS, Attempts
from everyframe.web.site import Site

if TYPE_CHECKING:
    import pytest
    from tests.web.team_client import Member

    from everyframe.store.case import Case

OTHER = "copper violin meadow train"


def inside(member: Member) -> bool:
    return member.get("/api/preferences").status_code == 200


def test_name_password_and_code_open_the_case(team: Team) -> None:
    rita = team.stranger()
    first = rita.post("/session/password", {"name": "rita", "password": PASSWORD})
    assert first.json() == {"next": "/login"}
    assert not inside(rita)
    assert 'name="code"' in rita.get("/login").text
    assert rita.post("/session/factor", {"code": code_now()}).json() == {"next": "/"}
    assert inside(rita)
    assert rita.get("/login").headers["location"] == "/"


def test_each_step_has_a_token_of_its_own_and_ends_the_one_before(team: Team) -> None:
    rita = team.stranger()
    rita.post("/session/password", {"name": "rita", "password": PASSWORD})
    before = dict(rita.jar)
    rita.post("/session/factor", {"code": code_now()})
    assert rita.jar != before
    old = team.stranger()
    old.jar = before
    assert old.post("/session/factor", {"code": code_now()}).status_code == 401


def test_the_same_words_whoever_it_is(team: Team) -> None:
    team.app.state.accounts.disable("ben", disabled=True, actor="ada")
    answers = [
        team.stranger().post("/session/password", {"name": name, "password": password})
        for name, password in (
            ("rita", "wrong"),
            ("nobody", "wrong"),
            ("ben", PASSWORD),
            ("", ""),
            ("rita", "x" * 5000),
        )
    ]
    assert {(a.status_code, a.text) for a in answers} == {(403, answers[0].text)}
    assert not any("set-cookie" in a.headers for a in answers)


def test_a_wrong_code_leads_nowhere_and_a_used_one_neither(team: Team) -> None:
    rita, again = team.stranger(), team.stranger()
    assert rita.sign_in("rita", code="000000").status_code == 403
    given = code_now()
    assert rita.post("/session/factor", {"code": given}).status_code == 200
    assert again.sign_in("rita", code=given).status_code == 403
    assert not inside(again)


def test_the_first_sign_in_goes_through_every_step_in_order(team: Team) -> None:
    start = team.app.state.accounts.add("new", "reviewer", actor="ada")
    new = team.stranger()
    new.post("/session/password", {"name": "new", "password": start})
    assert new.post("/session/enrol", {"code": "000000"}).status_code == 400, "not yet"
    assert "The password you were given" in new.get("/login").text
    assert new.post("/session/change", {"old": start, "new": "short"}).status_code == 400
    assert new.post("/session/change", {"old": start, "new": OTHER}).json() == {"next": "/login"}
    page = new.get("/login").text
    found = re.search(r'id="key">([A-Z2-7 ]+)<', page)
    assert found
    assert "<svg" in page
    secret = found[1].replace(" ", "")
    assert new.post("/session/enrol", {"code": "000000"}).status_code == 403
    step = code_now(secret)
    said = new.post("/session/enrol", {"code": step}).json()
    assert (len(said["codes"]), said["next"]) == (10, "/")
    assert inside(new)
    again = team.stranger()
    assert again.sign_in("new", OTHER, said["codes"][0]).status_code == 200
    assert len(base64.b32decode(secret)) == 20


def test_too_many_attempts_from_one_address_are_refused(team: Team, caplog: pytest.LogCaptureFixture) -> None:
    answers = [
        team.stranger().post("/session/password", {"name": f"n{n}", "password": "x"}) for n in range(ATTEMPTS + 1)
    ]
    assert {a.status_code for a in answers[:ATTEMPTS]} == {403}
    assert answers[-1].status_code == 429
    assert "too many attempts to sign in" in caplog.text


def test_attempts_are_forgotten_after_a_minute() -> None:
    now = [0.0]
    attempts = Attempts(lambda: now[0])
    assert all(attempts.allow("a") for _ in range(ATTEMPTS))
    assert not attempts.allow("a")
    assert attempts.allow("b")
    now[0] = 60.0
    assert attempts.allow("a")


def test_signing_out_ends_the_session_at_the_server(team: Team) -> None:
    rita = team.member("rita")
    kept = dict(rita.jar)
    answer = rita.post("/session/end", {})
    assert answer.json() == {"next": "/login"}
    assert answer.headers["clear-site-data"] == '"cache"'
    rita.jar = kept
    assert not inside(rita)


def test_a_session_locks_when_idle_ends_after_half_a_day_and_half_ones_sooner(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    door, now = team.app.state.door, [5000.0]
    monkeypatch.setattr(door, "_clock", lambda: now[0])
    rita, ben = team.member("rita"), team.member("ben")
    half = team.stranger()
    half.jar[team.app.state.site.cookie] = door.enter("sue", "factor", "tests")
    assert half.get("/login").status_code == 200
    assert inside(rita)
    assert ben.get("/api/counts").status_code == 200
    now[0] += SIGN_IN_SECONDS
    assert half.post("/session/factor", {"code": code_now()}).status_code == 401
    now[0] = 5000.0 + IDLE_SECONDS - 1
    assert ben.get("/api/counts").status_code == 200
    now[0] += 1
    assert not inside(rita), "asking for preferences is not activity"
    while now[0] < 5000.0 + ABSOLUTE_SECONDS - 1:
        now[0] = min(now[0] + IDLE_SECONDS / 2, 5000.0 + ABSOLUTE_SECONDS - 1)
        assert ben.get("/api/counts").status_code == 200
    now[0] += 1
    assert ben.get("/api/counts").status_code == 401


def test_tokens_have_256_bits_and_only_digests_are_kept(team: Team, team_case: Case) -> None:
    rita = team.member("rita")
    assert len(rita.token) == 43
    with team_case.database.read() as connection:
        rows = connection.execute(select(web_session)).all()
    assert rita.token not in repr(rows)
    assert rita.token not in repr(vars(team.app.state.door))


def test_one_person_has_at_most_so_many_sessions(team: Team) -> None:
    members = [team.member("rita") for _ in range(MOST_SESSIONS + 1)]
    team.app.state.door._held.clear()
    assert [inside(m) for m in members] == [False] + [True] * MOST_SESSIONS


def test_a_server_that_starts_ends_what_was_open(team: Team, team_case: Case) -> None:
    rita = team.member("rita")
    other = Client(create_team_app(team_case, site=Site.local(PORT)))
    member = team.stranger()
    member.client, member.jar = other, dict(rita.jar)
    assert not inside(member)
    other.close()
    with team_case.database.read() as connection:
        assert web_sessions.open_sessions(connection) == []


def test_changing_the_password_asks_for_the_old_one_and_ends_the_others(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    rita, elsewhere = team.member("rita"), team.member("rita")
    assert inside(elsewhere)
    assert rita.post("/api/me/password", {"old": "wrong", "new": OTHER}).status_code == 400
    assert rita.post("/api/me/password", {"old": PASSWORD, "new": OTHER}).json() == {"changed": True}
    team.app.state.door._held.clear()
    assert inside(rita)
    assert not inside(elsewhere)
    assert team.stranger().sign_in("rita").status_code == 403
    assert team.stranger().sign_in("rita", OTHER).status_code == 200


def test_a_person_sees_and_ends_their_own_sessions_and_nobody_elses(team: Team) -> None:
    rita, elsewhere, ben = team.member("rita"), team.member("rita"), team.member("ben")
    rows = rita.get("/api/me/sessions").json()["sessions"]
    assert [r["here"] for r in rows] == [True, False]
    (bens,) = ben.get("/api/me/sessions").json()["sessions"]
    end = "/api/me/sessions/end"
    assert rita.post(end, {"id": rows[1]["id"], "password": "wrong"}).status_code == 400
    assert rita.post(end, {"id": bens["id"], "password": PASSWORD}).json() == {"ended": 0}
    assert rita.post(end, {"id": "others", "password": PASSWORD}).json() == {"ended": 1}
    team.app.state.door._held.clear()
    assert (inside(rita), inside(elsewhere), inside(ben)) == (True, False, True)


def test_new_recovery_codes_ask_for_the_password(team: Team) -> None:
    rita = team.member("rita")
    assert rita.post("/api/me/codes", {"password": "wrong"}).status_code == 400
    codes = rita.post("/api/me/codes", {"password": PASSWORD}).json()["codes"]
    assert team.stranger().sign_in("rita", code=codes[0]).status_code == 200


def test_administrators_add_people_and_lose_themselves_not_by_mistake(team: Team) -> None:
    ada = team.member("ada")
    assert team.stranger().sign_in("ada").json() == {"next": "/people"}
    added = ada.post("/api/people", {"do": "add", "name": "new", "role": "reviewer", "display": "New"}).json()
    assert team.stranger().sign_in("new", added["password"]).status_code == 400, "the password has to be changed first"
    page = ada.get("/people").text
    assert "New" in page
    for body in (
        {"do": "disable", "name": "ada"},
        {"do": "role", "name": "ada", "role": "reviewer"},
        {"do": "x", "name": "new"},
    ):
        assert ada.post("/api/people", body).status_code == 400
    rita = team.member("rita")
    assert inside(rita)
    assert ada.post("/api/people", {"do": "sign-out", "name": "rita"}).json() == {"ended": 1}
    team.app.state.door._held.clear()
    assert not inside(rita)
    assert "password" in ada.post("/api/people", {"do": "reset", "name": "rita", "factor": True}).json()
    assert ada.post("/api/people", {"do": "disable", "name": "rita"}).status_code == 200
    assert ada.post("/api/people", {"do": "enable", "name": "rita"}).status_code == 200
    assert ada.post("/api/people", {"do": "role", "name": "rita", "role": "supervisor"}).status_code == 200


def test_over_tls_the_cookie_is_secure_and_https_is_insisted_on(team_case: Case) -> None:
    client = Client(create_team_app(team_case, site=Site.over_tls(["review.example"], 443)))
    headers = {"Host": "review.example", "Origin": "https://review.example"}
    member = Team(client.app, client).stranger()
    answer = member.post("/session/password", {"name": "rita", "password": PASSWORD}, **headers)
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-everyframe=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    plain = member.post("/session/password", {}, Host="review.example", Origin="http://review.example")
    assert plain.status_code == 403
    assert member.get("/login", Host=ORIGIN.removeprefix("http://")).status_code == 400
    client.close()


def test_codes_are_those_of_the_app() -> None:
    assert totp.matching_step(SECRET, totp.code(base64.b32decode(SECRET), 7), 210.0, 0) == 7
