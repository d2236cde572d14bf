from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sqlalchemy import func, select, update
from tests.web.web_client import OWN, Served

from everyframe.store import packs, schema
from everyframe.web.bodies import MOST_BYTES, MOST_IDS
from everyframe.web.desk import LISTS_KEPT

if TYPE_CHECKING:
    from everyframe.store.case import Case


def parse_order(data: bytes) -> tuple[dict[str, Any], Any, Any]:
    (size,) = struct.unpack_from("<I", data)
    head = json.loads(data[4 : 4 + size])
    ids = np.frombuffer(data, "<i4", head["count"], 4 + size)
    return head, ids, np.frombuffer(data, np.uint8, head["count"], 4 + size + 4 * head["count"])


def standing(case: Case) -> dict[int, str]:
    with case.database.read() as connection:
        return {r.media_id: r.code for r in connection.execute(select(schema.standing))}


def decision(op: str, code: str = "1", **what: Any) -> dict[str, Any]:
    return {"op": op * 32, "code": code} | what


def decide(served: Served, *decisions: dict[str, Any]) -> list[dict[str, Any]]:
    answer = served.post("/api/decisions", {"decisions": list(decisions)})
    assert answer.status_code == 200, answer.text
    answers: list[dict[str, Any]] = answer.json()["answers"]
    return answers


def test_the_order_is_numbers_only(served: Served) -> None:
    data = served.get("/api/order").content
    head, ids, states = parse_order(data)
    assert head["count"] == 303
    assert ids[:3].tolist() == [1, 2, 3]
    assert set(states.tolist()) == {0}
    assert (struct.unpack_from("<I", data)[0] % 4, len(head["list"])) == (0, 32)


def test_a_view_is_its_query(served: Served) -> None:
    _, films, _ = parse_order(served.get("/api/order?show=video&order=largest").content)
    assert sorted(films.tolist()) == list(range(3, 300, 25))
    assert served.get("/api/order?show=nothing").status_code == 400
    assert served.get("/api/order?exhibit=X").status_code == 400
    assert "no exhibit" in served.get("/api/order?exhibit=X").json()["message"]


def test_cells(served: Served) -> None:
    items = {i["id"]: i for i in served.get("/api/items?ids=3,5,7,20").json()["items"]}
    assert (items[3]["several"], items[5]["several"], items[7]["several"]) == (True, True, False)
    assert items[20]["folded"] == 1


@pytest.mark.parametrize("ids", ["", "x", "1,", "-1", "1,2,x", "9999999999", ",".join(["1"] * (MOST_IDS + 1))])
def test_ids_that_are_none_are_refused(served: Served, ids: str) -> None:
    assert served.get(f"/api/items?ids={ids}").status_code == 400
    assert served.get(f"/api/previews?ids={ids}").status_code == 400


def test_previews_come_in_one_strip(served: Served) -> None:
    data = served.get("/api/previews?ids=2,1,99999").content
    (count,) = struct.unpack_from("<I", data)
    heads = [struct.unpack_from("<III", data, 4 + 12 * n) for n in range(count)]
    assert [h[0] for h in heads] == [2, 1, 99999]
    assert (heads[2][1], heads[2][2]) == (0, 1)
    start = 4 + 12 * count
    assert data[start : start + 2] == b"\xff\xd8"
    assert len(data) == start + sum(h[1] for h in heads)


def test_a_damaged_pack_costs_one_preview(served: Served, case: Case) -> None:
    with case.database.write() as connection:
        where = (schema.preview.c.media_id == 1, schema.preview.c.role == "grid")
        connection.execute(update(schema.preview).where(*where).values(offset=schema.preview.c.offset + 1))
    data = served.get("/api/previews?ids=1,2").content
    assert struct.unpack_from("<III", data, 4)[1:] == (0, 2)
    assert struct.unpack_from("<III", data, 16)[2] == 0
    assert served.get("/api/media/1/rendition/grid/0").status_code == 404
    assert packs.MAGIC == b"EFPK"


def test_renditions_are_jpeg_only(served: Served) -> None:
    answer = served.get("/api/media/1/rendition/viewer/0")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.content[:2] == b"\xff\xd8"
    for path in ("viewer/1", "original/0", "..%2f/0"):
        assert served.get(f"/api/media/1/rendition/{path}").status_code == 404


def test_one_media(served: Served) -> None:
    assert served.get("/api/media/20").json()["files"]["total"] == 2
    assert served.get("/api/media/99999").status_code == 404
    assert served.get("/api/media/20/tags").json()["tags"]["EXIF:Make"] == "Drawn"
    assert served.get("/api/media/21/tags").json() == {"tags": None}


def test_figures(served: Served) -> None:
    assert served.get("/api/counts").json()["all"] == 303
    progress = served.get("/api/progress?after=290").json()
    assert (progress["new"], progress["intake"], progress["jobs"]) == (13, None, 0)
    assert served.get("/api/progress").json()["new"] == 0
    account = served.get("/api/account").json()
    assert (account["balanced"], account["to_look"]) == (True, 303)


def test_counts_of_an_exhibit(served: Served) -> None:
    assert (
        served.get("/api/counts?exhibit=SYN/2").json()["all"] == 98
    )  # 75 of its own, 22 copies, one thumbnail that differs
    assert served.get("/api/counts?exhibit=X").status_code == 400


def test_intake_is_named_while_it_runs(served: Served, case: Case) -> None:
    with case.seat("intake", purpose="intake of SYN/3"):
        assert served.get("/api/progress").json()["intake"]["purpose"] == "intake of SYN/3"


def test_the_account_is_new_when_something_changed(served: Served) -> None:
    before = served.get("/api/account").json()
    served.client.app.state.desk.account._not_before = 0
    look = {"media": 7, "width": 150, "height": 99, "duration_ms": 900, "on_screen": 1, "blurred": False}
    served.post("/api/looks", {"op": "l" * 32, "looks": [look | {"manner": "grid"}]})
    after = served.get("/api/account").json()
    assert (before["states"]["looked"]["files"], after["states"]["looked"]["files"]) == (0, 1)
    assert after["to_look"] == before["to_look"] - 1


def test_the_account_says_of_which_moment_it_is(served: Served) -> None:
    kept = served.client.app.state.desk.account
    before = served.get("/api/account").json()
    kept._not_before = float("inf")
    look = {"media": 7, "width": 150, "height": 99, "duration_ms": 900, "on_screen": 1, "blurred": False}
    served.post("/api/looks", {"op": "l" * 32, "looks": [look | {"manner": "grid"}]})
    assert served.get("/api/account").json() == before, "it stands a while"
    assert before["stamp"] != served.get("/api/progress").json()["stamp"]
    kept._not_before = 0
    after = served.get("/api/account").json()
    assert after["stamp"] == served.get("/api/progress").json()["stamp"]
    assert after["to_look"] == before["to_look"] - 1


def test_looks_are_recorded_for_the_actor_of_the_session(served: Served, case: Case) -> None:
    look = {"media": 7, "width": 150, "height": 99, "duration_ms": 900, "on_screen": 1, "blurred": False}
    body = {"op": "l" * 32, "looks": [look | {"manner": "grid"}, look | {"manner": "viewer", "duration_ms": 5}]}
    answer = served.post("/api/looks", body)
    assert answer.json() == {"recorded": 1, "first": 1, "refused": {"short": 1}, "accepted": [7]}
    with case.database.read() as connection:
        assert connection.execute(select(schema.look.c.actor)).scalar_one() == "anna"
    assert parse_order(served.get("/api/order?show=looked").content)[1].tolist() == [7]


LOOK = {"media": 7, "width": 1, "height": 1, "duration_ms": 1, "on_screen": 1, "blurred": False, "manner": "grid"}


@pytest.mark.parametrize(
    "looks",
    [
        "x",
        ["x"],
        [LOOK | {"manner": "dream"}],
        [LOOK | {"blurred": 0}],
        [LOOK | {"media": "7"}],
        [LOOK | {"media": True}],
        [LOOK | {"width": -1}],
        [LOOK | {"height": 1.5}],
        [LOOK | {"duration_ms": None}],
        [LOOK | {"on_screen": 0}],
        [LOOK] * 2001,
    ],
)
def test_looks_that_are_none_are_refused(served: Served, case: Case, looks: Any) -> None:
    assert served.post("/api/looks", {"op": "l" * 32, "looks": looks}).status_code == 400
    with case.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(schema.look)).scalar_one() == 0


@pytest.mark.parametrize("op", ["", "short", "x" * 65, "white space in here!", 5, None])
def test_an_operation_needs_an_id(served: Served, op: Any) -> None:
    assert served.post("/api/undo", {"op": op}).status_code == 400
    assert served.post("/api/redo", {"op": op}).status_code == 400
    assert served.post("/api/looks", {"op": op, "looks": []}).status_code == 400
    assert served.post("/api/decisions", {"decisions": [{"op": op, "code": "1", "ids": [1]}]}).status_code == 400


def test_bodies_that_are_none_are_refused(served: Served) -> None:
    def send(content: bytes, kind: str = "application/json") -> int:
        headers = OWN | {"Content-Type": kind}
        return int(served.client.request("POST", "/api/undo", content=content, headers=headers).status_code)

    assert send(b"{}", "text/plain") == 400
    assert send(b"{}", "application/x-www-form-urlencoded") == 400
    assert send(b"not json") == 400
    assert send(b"[]") == 400
    assert send(b"\xff") == 400
    assert send(b'"' + b"x" * MOST_BYTES + b'"') == 400


def test_decisions_are_answered_one_by_one(served: Served, case: Case) -> None:
    answers = decide(served, decision("a", ids=[1, 2]), decision("b", "77", ids=[1]), decision("c", "5", ids=[2]))
    assert answers[0] == {"op": "a" * 32, "decided": 2}
    assert "no category" in answers[1]["error"]
    assert standing(case) == {1: "1", 2: "5"}


def test_a_batch_sent_again_changes_nothing(served: Served, case: Case) -> None:
    batch = (decision("a", ids=[1]), decision("b", "5", ids=[1]))
    assert decide(served, *batch) == decide(served, *batch)
    assert standing(case) == {1: "5"}
    with case.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(schema.decision)).scalar_one() == 2


def test_all_of_a_view_is_the_list_that_was_sent(served: Served, case: Case) -> None:
    head, ids, _ = parse_order(served.get("/api/order?show=video").content)
    view = {"show": "video", "exhibit": "", "order": "listing"}
    left_out = ids[:2].tolist()
    answers = decide(served, decision("a", "4", list=head["list"], view=view, **{"except": left_out}))
    assert answers[0]["decided"] == len(ids) - 2
    assert sorted(standing(case)) == sorted(ids[2:].tolist())


def test_a_list_that_is_no_longer_held_is_refused(served: Served, case: Case) -> None:
    head, _, _ = parse_order(served.get("/api/order?show=video").content)
    for n in range(LISTS_KEPT):
        decide(served, decision(f"{n}", ids=[n + 1]))
        served.get("/api/order?show=decided")
    answers = decide(served, decision("z", list=head["list"], view={"show": 5}))
    assert "no longer held" in answers[0]["error"]
    assert len(standing(case)) == LISTS_KEPT


@pytest.mark.parametrize(
    "what",
    [
        {"ids": "x"},
        {"ids": [1.5]},
        {"ids": [True]},
        {"list": 5},
        {"list": "x", "view": {"show": "nothing"}},
        {"ids": []},
    ],
)
def test_a_decision_on_nothing_is_refused(served: Served, case: Case, what: dict[str, Any]) -> None:
    answer = served.post("/api/decisions", {"decisions": [decision("a", **what)]})
    assert answer.status_code == 400 or "error" in answer.json()["answers"][0]
    assert standing(case) == {}


def test_a_decision_must_be_an_object(served: Served) -> None:
    assert served.post("/api/decisions", {"decisions": ["x"]}).status_code == 400


def test_undo_and_redo(served: Served, case: Case) -> None:
    decide(served, decision("a", ids=[1]), decision("b", "5", ids=[1, 2]))
    undone = served.post("/api/undo", {"op": "u" * 32}).json()
    assert undone["files"] == 2
    assert standing(case) == {1: "1"}
    assert served.post("/api/undo", {"op": "u" * 32}).json() == undone
    assert served.post("/api/redo", {"op": "r" * 32}).json()["files"] == 2
    assert standing(case) == {1: "5", 2: "5"}
    assert served.post("/api/redo", {"op": "s" * 32}).json()["files"] == 0


def test_an_id_used_for_something_else_is_a_conflict(served: Served) -> None:
    decide(served, decision("a", ids=[1]))
    assert served.post("/api/undo", {"op": "a" * 32}).status_code == 409


def test_the_audit_holds_after_all_of_it(served: Served, case: Case) -> None:
    from everyframe.audit.chain import problems
    from everyframe.store import audit_log

    decide(served, decision("a", ids=[1]))
    served.post("/api/undo", {"op": "u" * 32})
    served.post("/api/looks", {"op": "l" * 32, "looks": [LOOK]})
    with case.database.read() as connection:
        found = list(problems(audit_log.records(connection), *audit_log.head(connection)))
    assert found == []
