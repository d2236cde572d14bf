"""The screen of known sets: what stands how to the case, matching again, and leaving a set out with a reason."""

from __future__ import annotations

import json
import re
import shutil
import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from everyframe.known.importing import NewSet, import_set
from everyframe.known.matching import MatchRequest, match
from everyframe.known.sets import set_folders, sets_folder
from everyframe.store import audit_log, runs, schema

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web.web_client import Served

    from everyframe.store.case import Case

M = schema.media


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EVERYFRAME_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def known(case: Case, home: Path, ids: tuple[int, ...], trust: str = "agency") -> None:
    """Import a set that knows some contents of the case, in place of an earlier import of the same name."""
    with case.database.read() as connection:
        digests = connection.execute(select(M.c.md5).where(M.c.id.in_(ids))).scalars().all()
    path = home.parent / "agency.csv"
    path.write_text("md5,category\n" + "".join(f"{d.hex()},4\n" for d in digests))
    shutil.rmtree(sets_folder(home), ignore_errors=True)
    new = NewSet(kind="reference", name="Agency", version="2026-09", scheme=case.scheme.id, trust=trust)
    import_set(path, new, home=home, actor="anna")


def matched(served: Served, case: Case) -> runs.StoredRun:
    assert served.post("/api/runs/match", {}).status_code == 200
    end = time.monotonic() + 90
    while served.get("/api/runs").json()["current"] is not None:
        assert time.monotonic() < end
        time.sleep(0.1)
    with case.database.read() as connection:
        found = runs.last(connection, "match")
    assert found is not None
    return found


def row(served: Served) -> str:
    """Give the words of the only set's row."""
    (found,) = re.findall(r"<tr data-set=.*?</tr>", served.get("/sets").text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", found).split())


def test_a_set_goes_from_new_to_matched_to_changed_to_gone(served: Served, case: Case, home: Path) -> None:
    assert "No set is installed" in served.get("/sets").text
    known(case, home, (1, 2, 3))
    assert "new: not matched yet" in row(served)
    assert "match again, and the account follows" in served.get("/sets").text
    run = matched(served, case)
    assert (run.state, [s["exact"] for s in run.result["sets"]]) == ("done", [3])
    shown = row(served)
    assert shown.startswith("Agency 2026-09")
    for words in (" reference ", " agency ", " 3 3 0 matched ", " used "):
        assert words in shown, words
    known(case, home, (1, 2, 3), trust="official")
    assert "imported anew since" in row(served)
    match(case, MatchRequest(home=home, actor="t"))
    assert " official 3 3 0 matched " in row(served)
    shutil.rmtree(sets_folder(home))
    assert "no longer installed" in row(served)
    match(case, MatchRequest(home=home, actor="t"))
    assert "No set is installed" in served.get("/sets").text


def test_a_set_is_left_out_and_used_again_with_a_reason(served: Served, case: Case, home: Path) -> None:
    known(case, home, (1, 2))
    match(case, MatchRequest(home=home, actor="t"))
    (ident,) = re.findall(r'<tr data-set="([^"]+)"', served.get("/sets").text)
    assert served.post("/api/sets", {"set": ident, "do": "without", "why": " "}).status_code == 400
    assert served.post("/api/sets", {"set": ident, "do": "hide", "why": "x"}).status_code == 400
    assert served.post("/api/sets", {"set": ident, "do": "without", "why": "another country's law"}).status_code == 200
    assert " left out " in row(served)
    with case.database.read() as connection:
        assert not connection.execute(select(M.c.id).where(M.c.known_by.is_not(None))).all()
        (record,) = [r for r in audit_log.records(connection) if r.action == "match.choice"]
    assert (record.actor, json.loads(record.body)["why"]) == ("anna", "another country's law")
    assert served.post("/api/sets", {"set": ident, "do": "with", "why": "it holds here"}).status_code == 200
    assert " used " in row(served)


def test_a_damaged_set_is_said_to_be(served: Served, case: Case, home: Path) -> None:
    known(case, home, (1,))
    (folder,) = set_folders(home)
    (folder / "info.json").write_text("{half")
    assert "damaged: import it again" in row(served)
