"""The screens of the case file without a browser: sources, known sets, decisions and audit, report, checks."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from everyframe.store import runs

if TYPE_CHECKING:
    from pathlib import Path

    import httpx
    from tests.web.team_client import Member, Team
    from tests.web.web_client import Served

    from everyframe.store.case import Case

PAGES = ("/sources", "/sets", "/audit", "/report", "/validate")


def ended(served: Served | Member, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while served.get("/api/runs").json()["current"] is not None:
        assert time.monotonic() < end, "the run did not end"
        time.sleep(0.1)


def last(case: Case, kind: str) -> runs.StoredRun:
    with case.database.read() as connection:
        found = runs.last(connection, kind)
    assert found is not None
    return found


@pytest.mark.parametrize("path", PAGES)
def test_each_page_is_there_in_both_languages(served: Served, path: str) -> None:
    for language in ("en", "de"):
        shown = served.get(path, **{"Accept-Language": language})
        assert shown.status_code == 200
        assert f'href="{path}" aria-current="page"' in shown.text


def test_a_case_is_verified_from_the_screen_as_by_the_command(served: Served, case: Case) -> None:
    assert served.post("/api/runs/verify", {}).status_code == 200
    ended(served)
    run = last(case, "verify")
    assert (run.state, run.actor, run.result["verified"], run.result["problems"]) == ("done", "anna", True, [])
    assert run.result["head"].partition(":")[0] == "2", "the head of the time: the case was made, the run began"
    shown = served.get("/audit").text
    assert "Verified: nothing is other than it was recorded." in shown
    assert run.result["head"] in shown
