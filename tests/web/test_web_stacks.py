"""Stacks and known sets on the screen: what is folded, what is set aside, and decisions for a whole stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from everyframe.store import known_facts, schema, stacking
from everyframe.store.known_facts import HitRow
from everyframe.store.stacking import MemberRow

if TYPE_CHECKING:
    from tests.web.web_client import Live, Served

    from everyframe.store.case import Case

HEAD, SAME, OTHER, KNOWN = 10, 11, 12, 14
OP = "5" * 32


@pytest.fixture
def stacked(case: Case) -> Case:
    with case.database.write() as connection:
        rows = [
            MemberRow(SAME, HEAD, 6, by_hand=False, differs=False),
            MemberRow(OTHER, HEAD, 9, by_hand=False, differs=True),
        ]
        stacking.put_members(connection, rows)
        facts = {"name": "agency list", "version": "2026-01", "kind": "alert", "scheme": "projectvic-us"}
        own = known_facts.put_set(connection, "s-1", facts)
        hits = [HitRow(KNOWN, "exact", "2", "sha256", 0, 1), HitRow(HEAD, "near", "1", "pdq", 5, 2, 17, 6)]
        known_facts.add_hits(connection, own.id, hits)
    return case


def standing(case: Case) -> dict[int, str]:
    with case.database.read() as connection:
        return {r.media_id: r.code for r in connection.execute(select(schema.standing))}


def test_the_answers_tell_of_stacks_and_known_sets(stacked: Case, served: Served) -> None:
    cells = {i["id"]: i for i in served.get(f"/api/items?ids={HEAD},{OTHER},{KNOWN}").json()["items"]}
    assert (cells[HEAD]["stacked"], cells[OTHER]["variant"], cells[KNOWN]["known"]) == (2, True, "alert")
    media = served.get(f"/api/media/{HEAD}").json()
    (near,) = media["known"]
    assert (near["set"], near["version"], near["distance"], near["orientation"], near["rows"]) == (
        "agency list", "2026-01", 17, 6, 2,
    )  # fmt: skip
    assert [(r["media_id"], r["differs"]) for r in media["stack"]["rows"]] == [(SAME, False), (OTHER, True)]
    found = served.get("/api/counts").json()
    assert (found["stacked"], found["variants"], found["known"]) == (1, 1, 1)
    assert "agency list" in served.get("/").text
    assert served.get("/api/account").json()["known"][0]["media"] == 1


def test_a_decision_for_the_stack_is_one_operation(stacked: Case, served: Served) -> None:
    asked = {"decisions": [{"op": OP, "code": "2", "ids": [HEAD], "stack": True}]}
    (answer,) = served.post("/api/decisions", asked).json()["answers"]
    assert (answer["decided"], answer["media"]) == (2, [HEAD, SAME])
    assert served.post("/api/decisions", asked).json()["answers"] == [answer]
    assert standing(stacked) == {HEAD: "2", SAME: "2"}
    assert served.post("/api/undo", {"op": "6" * 32}).json()["files"] == 2
    assert standing(stacked) == {}


@pytest.mark.browser
@pytest.mark.timeout(120)
def test_the_stack_is_one_key_away_and_decided_on_by_another(stacked: Case, live: Live) -> None:
    live.go()
    shown = live.js("() => Array.from(everyframe.order.ids)")
    assert HEAD in shown
    assert OTHER in shown
    assert not {SAME, KNOWN} & set(shown)
    live.js("(at) => everyframe.grid.focusItem(at)", shown.index(HEAD))
    live.until(lambda: "⧉2" in live.page.locator(f".cell[data-id='{HEAD}'] .copies").inner_text())
    live.press("v")
    live.until(lambda: live.js("() => Array.from(everyframe.order.ids)") == [HEAD, SAME, OTHER])
    live.press("Alt+2")
    live.until(lambda: standing(stacked) == {HEAD: "2", SAME: "2"})
    live.until(lambda: live.js("() => [0, 1, 2].map((n) => everyframe.order.place(n))") == [3, 3, 0])
    live.press("u")
    live.until(lambda: standing(stacked) == {})
    live.js(f"() => everyframe.openItem(everyframe.order.indexOf({HEAD}))")
    live.until(lambda: live.page.locator("ef-viewer h3", has_text="Known sets").count() == 1)
    assert "near: 17 bits, turned by 90 degrees clockwise" in live.page.locator("ef-viewer .panel").inner_text()
    assert live.problems == []
