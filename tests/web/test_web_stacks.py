"""Stacks and known sets on the screen: what is folded, what is set aside, and decisions for a whole stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from everyframe.grouping.stacking import stack_case
from everyframe.store import known_facts, schema, stack_decisions, stacking
from everyframe.store.known_facts import HitRow
from everyframe.store.stack_members import stack_of
from everyframe.store.stack_schema import stack_decision
from everyframe.store.stacking import MemberRow

if TYPE_CHECKING:
    import httpx
    from tests.web.web_client import Live, Served

    from everyframe.store.case import Case

HEAD, SAME, OTHER, KNOWN = 10, 11, 12, 14
OP = "5" * 32
D = stack_decision


@pytest.fixture
def stacked(case: Case) -> Case:
    with case.database.write() as connection:
        rows = [
            MemberRow(SAME, HEAD, 6, 1, by_hand=False, differs=False),
            MemberRow(OTHER, HEAD, 9, 6, by_hand=False, differs=True),
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


def decided_on(case: Case) -> list[tuple[str, int, int]]:
    with case.database.read() as connection:
        return [tuple(r) for r in connection.execute(select(D.c.kind, D.c.media_id, D.c.other_id).order_by(D.c.id))]


def stack_with(case: Case, media: int) -> set[int]:
    with case.database.read() as connection:
        return set(connection.execute(stack_of(media)).scalars())


def test_a_split_and_a_merge_are_decisions_that_the_stacks_follow(stacked: Case, served: Served) -> None:
    def said(kind: str, op: str, *ids: int) -> httpx.Response:
        return served.post("/api/stacks", {"op": op * 32, "kind": kind, "ids": list(ids)})

    merged = said("merge", "a", HEAD, OTHER, KNOWN + 1)
    assert (merged.json()["pairs"], merged.json()["folded"]) == (2, True)
    assert said("merge", "a", HEAD, OTHER, KNOWN + 1).json() == merged.json(), "asked for twice, done once"
    assert decided_on(stacked) == [("merge", OTHER, HEAD), ("merge", KNOWN + 1, HEAD)]
    assert stack_with(stacked, HEAD) >= {HEAD, OTHER, KNOWN + 1}
    assert said("split", "b", HEAD, OTHER, KNOWN + 1).json()["pairs"] == 2, "the representative stays"
    (head,) = {HEAD, OTHER, KNOWN + 1} - {d[1] for d in decided_on(stacked)[2:]}
    assert not stack_with(stacked, head) & ({HEAD, OTHER, KNOWN + 1} - {head})
    assert said("undo", "c").json()["pairs"] == 2
    assert stack_with(stacked, HEAD) >= {HEAD, OTHER, KNOWN + 1}
    assert said("undo", "d").json()["undone"] == "merge"
    assert said("undo", "e").status_code == 409, "there is nothing left to undo"
    assert said("split", "f", HEAD + 200).status_code == 409
    assert said("wipe", "1", HEAD).status_code == 400


def test_while_something_else_holds_the_seat_the_decision_is_kept_and_the_stacks_follow_later(
    stacked: Case, served: Served
) -> None:
    asked = {"op": "7" * 32, "kind": "merge", "ids": [HEAD, KNOWN + 1]}
    with stacked.seat("intake", purpose="a run"):
        assert served.post("/api/stacks", asked).json() == {"kind": "merge", "pairs": 1, "folded": False}
        assert KNOWN + 1 not in stack_with(stacked, HEAD)
    stack_case(stacked, actor="t")
    assert KNOWN + 1 in stack_with(stacked, HEAD)


def test_one_takes_back_what_one_decided_oneself(stacked: Case, served: Served) -> None:
    with stacked.database.write() as connection:
        stack_decisions.merge(connection, [HEAD, KNOWN + 1], op="8" * 32, actor="somebody else")
    assert served.post("/api/stacks", {"op": "9" * 32, "kind": "undo", "ids": []}).status_code == 409


@pytest.mark.browser
@pytest.mark.timeout(120)
def test_a_stack_is_merged_split_and_taken_back_by_keys(stacked: Case, live: Live) -> None:
    live.go(f"/review?show=stack%3A{HEAD}")
    live.until(lambda: live.js("() => Array.from(everyframe.order.ids)") == [HEAD, SAME, OTHER])
    live.js("() => everyframe.grid.focusItem(0)")
    live.press("Control+a")
    live.press("Shift+M")
    live.until(lambda: [d[0] for d in decided_on(stacked)] == ["merge", "merge"])
    live.until(lambda: "Merged into one stack: 2 pictures" in live.page.locator("body").inner_text())
    ids = live.js("() => Array.from(everyframe.order.ids)")
    assert set(ids) == {HEAD, SAME, OTHER}
    live.js("() => everyframe.grid.focusItem(1)")
    live.press("Shift+S")
    live.until(lambda: decided_on(stacked)[2:] == [("split", ids[1], ids[0])])
    live.until(lambda: ids[1] not in live.js("() => Array.from(everyframe.order.ids)"))
    live.press("Shift+Z")
    live.until(lambda: [d[0] for d in decided_on(stacked)] == ["merge", "merge", "split", "undo"])
    live.until(lambda: ids[1] in live.js("() => Array.from(everyframe.order.ids)"))
    assert live.problems == []


@pytest.mark.browser
@pytest.mark.timeout(120)
def test_compared_pictures_are_merged_and_split(stacked: Case, live: Live) -> None:
    live.go(f"/compare?ids={HEAD},{KNOWN + 1}")
    live.until(lambda: live.page.locator("ef-compare figure").count() >= 2)
    said = live.page.locator("ef-compare .said")
    live.press("Shift+M")
    live.until(lambda: "Merged into one stack: 1 picture" in said.inner_text())
    assert KNOWN + 1 in stack_with(stacked, HEAD)
    live.press("Shift+S")
    live.until(lambda: "Split from the stack: 1 picture" in said.inner_text())
    assert KNOWN + 1 not in stack_with(stacked, HEAD)
    live.page.get_by_role("button", name="Take stacks back").click()
    live.until(lambda: "Stacks are as before" in said.inner_text())
    assert KNOWN + 1 in stack_with(stacked, HEAD)
    assert live.problems == []


@pytest.mark.browser
@pytest.mark.timeout(120)
def test_the_stack_is_one_key_away_and_decided_on_by_another(stacked: Case, live: Live) -> None:
    live.go()
    shown = live.js("() => Array.from(everyframe.order.ids)")
    assert HEAD in shown
    assert OTHER in shown
    assert not {SAME, KNOWN} & set(shown)
    live.js("(at) => everyframe.grid.focusItem(at)", shown.index(HEAD))
    live.until(lambda: "≡2" in live.page.locator(f".cell[data-id='{HEAD}'] .copies").inner_text())
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
