from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from tests.web.web_client import ORIGIN, OWN, PORT, Served

from everyframe.web.app import ALONE_ROUTES, ROUTES
from everyframe.web.border import POLICY, cookie_name

if TYPE_CHECKING:
    from starlette.routing import Route

READS = [
    "/", "/review", "/warnings", "/help", "/open", "/locked", "/static/css/base.css", "/static/js/grid.js",
    "/static/nothing.js", "/nothing", "/api/order", "/api/items?ids=1", "/api/previews?ids=1", "/api/media/1",
    "/api/media/1/tags", "/api/media/1/rendition/grid/0", "/api/counts", "/api/progress", "/api/account", "/api/preferences",
    "/api/exposure", "/api/leases", "/queue", "/folders", "/timeline", "/places", "/similar", "/clues", "/settings",
    "/compare?ids=1,2", "/api/query?q=x", "/api/facets?list=none", "/api/views", "/api/folders", "/api/timeline", "/api/queue",
    "/api/queue/next", "/api/clues", "/api/places?south=-90&west=-180&north=90&east=180&step=10", "/api/clues/1/crop",
    "/api/warnings/retries?ids=1", "/pace", "/pace/states.svg", "/api/pace", "/api/reasons?ids=1",
    "/sources", "/sets", "/audit", "/report", "/report/files/nothing", "/validate", "/validate/report.json", "/api/runs", "/cases",
]  # fmt: skip
WRITES = [
    "/session", "/session/end", "/api/looks", "/api/decisions", "/api/undo", "/api/redo", "/api/exposure", "/api/leases",
    "/api/tags", "/api/notes", "/api/notes/withdraw", "/api/clues/withdraw", "/api/warnings/accept", "/api/warnings/retry",
    "/api/similar", "/api/stacks", "/api/sets", "/api/undo/one", "/api/report/count", "/api/runs/intake", "/api/runs/export",
    "/api/runs/stop", "/api/intake/ask",
]  # fmt: skip
#: What begins long work, whatever is sent: how these are answered is tested in test_web_case_file.py.
BEGINS = ["/api/runs/verify", "/api/runs/match", "/api/runs/validate"]
BOTH = ["/api/clues", "/api/views"]
OPEN = {"/open", "/locked"}


def test_every_route_is_in_these_tests() -> None:
    routes: tuple[Route, ...] = (*ROUTES, *ALONE_ROUTES)
    tested = {
        p.partition("?")[0]
        .replace("/1", "/{media:int}")
        .replace("media:int}/crop", "clue:int}/crop")
        .replace("grid/0", "{role}/{ordinal:int}")
        .replace("states.svg", "{name}.{kind}")
        .replace("files/nothing", "files/{name}")
        for p in READS
    }
    assert {r.path for r in routes} <= tested | {*WRITES, *BEGINS, *BOTH, "/api/live"}, "live: test_team_live.py"


def check_headers(answer: object, *, static: bool = False) -> None:
    headers = answer.headers  # type: ignore[attr-defined]  # an httpx response
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cross-origin-embedder-policy"] == "require-corp"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["cache-control"] == ("private, no-cache" if static else "private, no-store")
    assert "server" not in headers
    assert "access-control-allow-origin" not in headers


def test_the_policy_allows_nothing_unsafe_and_no_other_origin() -> None:
    assert POLICY.startswith("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:;")
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert "*" not in POLICY


@pytest.mark.parametrize("path", READS)
def test_every_answer_has_the_headers(served: Served, path: str) -> None:
    check_headers(served.get(path), static=path.startswith("/static/"))


@pytest.mark.parametrize("path", WRITES)
def test_every_answer_to_a_change_has_the_headers(served: Served, path: str) -> None:
    check_headers(served.post(path, {}))


@pytest.mark.parametrize("path", READS)
def test_without_a_session_nothing_of_the_case_is_sent(stranger: Served, path: str) -> None:
    answer = stranger.get(path)
    check_headers(answer, static=path.startswith("/static/"))
    if path in OPEN or path.startswith("/static/"):
        assert answer.status_code in (200, 404)
        assert "SYN-2026" not in answer.text
    elif path.startswith("/api/"):
        assert (answer.status_code, answer.json()["error"]) == (401, "locked")
    else:
        assert (answer.status_code, answer.headers["location"]) == (303, "/locked")


@pytest.mark.parametrize("path", [p for p in (*WRITES, *BEGINS) if p != "/session"])
def test_without_a_session_nothing_is_changed(stranger: Served, path: str) -> None:
    assert stranger.post(path, {}).status_code == 401


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "none, same-origin"])
@pytest.mark.parametrize("path", READS)
def test_reads_from_elsewhere_are_refused(served: Served, path: str, site: str) -> None:
    answer = served.get(path, **{"Sec-Fetch-Site": site})
    assert answer.status_code == 403
    check_headers(answer, static=path.startswith("/static/"))


@pytest.mark.parametrize("path", [p for p in READS if p.startswith("/api/")])
def test_pictures_and_figures_cannot_be_opened_by_hand(served: Served, path: str) -> None:
    assert served.get(path, **{"Sec-Fetch-Site": "none"}).status_code == 403


@pytest.mark.parametrize("path", ["/", "/review", "/warnings", "/help"])
def test_a_page_can_be_opened_by_hand(served: Served, path: str) -> None:
    assert served.get(path, **{"Sec-Fetch-Site": "none"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": ""},
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": f"https://127.0.0.1:{PORT}"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("path", [*WRITES, *BEGINS])
def test_changes_from_elsewhere_are_refused(served: Served, path: str, headers: dict[str, str]) -> None:
    assert served.post(path, {}, **headers).status_code == 403


@pytest.mark.parametrize("path", [*WRITES, *BEGINS])
def test_a_change_without_an_origin_is_refused(served: Served, path: str) -> None:
    answer = served.client.request("POST", path, json={}, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 403


def test_a_read_that_names_another_origin_is_refused(served: Served) -> None:
    assert served.get("/api/counts", Origin="http://evil.example").status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8420", "127.0.0.1:9999", "127.0.0.1", "[::1]:8420", ""])
@pytest.mark.parametrize("path", ["/", "/open", "/static/js/grid.js", "/api/counts"])
def test_another_host_is_not_answered(served: Served, path: str, host: str) -> None:
    answer = served.get(path, Host=host)
    assert answer.status_code == 400
    check_headers(answer, static=path.startswith("/static/"))


def test_localhost_is_this_machine_too(served: Served) -> None:
    answer = served.client.request(
        "POST",
        "/session",
        json={"token": served.links[-1]},
        headers=OWN | {"Host": f"localhost:{PORT}", "Origin": f"http://localhost:{PORT}"},
    )
    assert answer.status_code == 200


def test_an_error_inside_says_nothing_about_the_inside(
    served: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("everyframe.web.desk.counts", broken)
    with caplog.at_level(logging.ERROR, "everyframe.web"):
        answer = served.get("/api/counts")
    assert answer.status_code == 500
    check_headers(answer)
    assert answer.json()["error"] == "failed"
    assert "secret" not in answer.text
    assert "secret detail" in caplog.text


def test_an_error_on_a_page_is_a_page(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("everyframe.web.pages.exhibit_sources", broken)
    answer = served.get("/")
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_no_get_changes_anything(served: Served, case: object) -> None:
    from sqlalchemy import func, select

    from everyframe.store import schema

    def seq() -> int:
        with case.database.read() as connection:  # type: ignore[attr-defined]  # the fixture's Case
            return int(connection.execute(select(func.max(schema.audit.c.seq))).scalar_one())

    before = seq()
    for path in READS:
        served.get(path)
    assert seq() == before


@pytest.mark.parametrize("path", WRITES)
def test_a_change_by_get_does_not_exist(served: Served, path: str) -> None:
    assert served.get(path).status_code in (404, 405) or path in READS


def test_the_cookie_is_kept_from_scripts_and_other_sites(stranger: Served) -> None:
    cookie = stranger.open().headers["set-cookie"]
    assert cookie.startswith(f"{cookie_name(PORT)}=")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_a_foreign_cookie_is_no_session(stranger: Served) -> None:
    for value in ("", "x" * 43, "; =", '"\\'):
        answer = stranger.client.request(
            "GET", "/api/counts", headers={"Sec-Fetch-Site": "same-origin", "Cookie": f"{cookie_name(PORT)}={value}"}
        )
        assert answer.status_code == 401
    assert f"http://127.0.0.1:{PORT}" == ORIGIN


def test_what_no_page_of_ours_sends_is_told_at_the_terminal_without_what_was_sent(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "everyframe.web"):
        assert served.get("/api/items?ids=secret").status_code == 400
        assert served.post("/api/looks", {"op": "secret"}).status_code == 400
        assert served.get("/api/items?ids=1", **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
        assert served.get("/review?q=secret", host="evil.example").status_code == 400
    said = [r.getMessage() for r in caplog.records]
    assert [text.partition(":")[0] for text in said] == ["refused input", "refused input", "cross_site", "wrong_host"]
    assert "/api/looks" in said[1]
    assert "secret" not in " ".join(said)
    assert served.get("/api/query?q=colour:red").status_code == 200
    assert len(caplog.records) == 4
