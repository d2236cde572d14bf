"""The interface of the workbench's screens."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select
from tests.web.web_client import OWN

from everyframe.store import schema
from everyframe.store import verify as checks
from everyframe.store import workbench as bench
from everyframe.testing.exhibits import jpeg

if TYPE_CHECKING:
    from tests.web.web_client import Served

    from everyframe.store.case import Case

WORLD = "south=-90&west=-180&north=90&east=180&step=0.01"


def op(n: int) -> str:
    return f"operation-{n:012d}"


def audit(case: Case) -> list[Any]:
    with case.database.read() as connection:
        return list(connection.execute(select(schema.audit.c.action, schema.audit.c.body).order_by(schema.audit.c.seq)))


def head(answer: Any) -> dict[str, Any]:
    size = int.from_bytes(answer.content[:4], "little")
    found: dict[str, Any] = json.loads(answer.content[4 : 4 + size])
    return found


def test_a_query_is_cut_into_chips_or_pointed_at(served: Served) -> None:
    assert served.get("/api/query?q=kind:film+-size>1MB").json() == {"chips": ["kind:film", "-size>1MB"]}
    wrong = served.get("/api/query?q=a+kind:house").json()
    assert (wrong["at"], "picture, animation, film" in wrong["error"]) == (7, True)
    refused = served.get("/api/order?q=kind:house")
    assert (refused.status_code, refused.json()["at"]) == (400, 5)


def test_facets_belong_to_the_list_that_was_sent(served: Served) -> None:
    shown = head(served.get("/api/order?q=kind:film"))
    assert shown["count"] == 12
    facets = served.get(f"/api/facets?list={shown['list']}").json()["facets"]
    assert facets["kind"] == [["film", 12]]
    assert served.get("/api/facets?list=0").status_code == 409


def test_folders_count_files_and_add_up(served: Served, case: Case) -> None:
    top = served.get("/api/folders").json()["folders"]
    assert [f["exhibit"] for f in top] == ["SYN/1", "SYN/2"]
    f, m = schema.media_file, schema.media
    with case.database.read() as connection:
        query = (
            select(f.c.exhibit_id)
            .join(m, m.c.id == f.c.media_id)
            .where(m.c.outcome == "viewable", f.c.folded_under.is_(None))
        )
        ids = list(connection.execute(query).scalars())
    assert [t["files"] for t in top] == [ids.count(1), ids.count(2)]
    below = served.get("/api/folders?exhibit=SYN/2&path=").json()["folders"]
    assert [(b["name"], b["path"]) for b in below] == [("Backup", "Backup"), ("DCIM", "DCIM")]
    assert sum(b["files"] for b in below) == top[1]["files"]
    served.post("/api/decisions", {"decisions": [{"op": op(1), "code": "1", "ids": [10]}]})
    after = served.get("/api/folders").json()["folders"]
    assert [t["decided"] for t in after] == [1, 1], "one picture, one file in each exhibit"


def test_times_are_counted_by_clock(served: Served) -> None:
    said = served.get("/api/timeline?unit=month").json()
    clocks = {c["name"]: c["media"] for c in said["clocks"]}
    assert clocks["EXIF:DateTimeOriginal"] == 60
    assert said["clock"] == "modified"
    taken = served.get("/api/timeline?unit=month&clock=EXIF:DateTimeOriginal").json()["bars"]
    assert sum(n for _, n in taken) == 60
    for label, number in taken:
        found = head(served.get(f'/api/order?q=taken@"EXIF:DateTimeOriginal":{label}'))
        assert found["count"] == number, label
    days = served.get("/api/timeline?unit=day&clock=EXIF:DateTimeOriginal&q=id:5").json()["bars"]
    assert days == [["2025-06-06", 1]]
    assert served.get("/api/timeline?unit=hour").status_code == 400


def test_places_are_gathered_and_lead_to_their_pictures(served: Served) -> None:
    said = served.get(f"/api/places?{WORLD}").json()
    assert said["media"] == 60
    assert sum(c["media"] for c in said["clusters"]) == 60
    for cluster in said["clusters"]:
        box = cluster["box"]
        q = f"place:{box['south']}/{box['west']}..{box['north']}/{box['east']}"
        assert head(served.get(f"/api/order?q={q}"))["count"] == cluster["media"]
    assert served.get(f"/api/places?{WORLD}&q=id:5").json()["media"] == 1
    assert served.get("/api/places?south=x").status_code == 400


def test_the_queue_holds_everything_once_and_says_what_is_left(served: Served) -> None:
    said = served.get("/api/queue").json()
    assert said["unseen"] == head(served.get("/api/order"))["count"] == 303
    for group in said["groups"]:
        assert head(served.get("/api/order?q=" + group["query"].replace("&", "%26")))["count"] == group["media"]
    first, second = said["groups"][:2]
    following = served.get(f"/api/queue/next?q={first['query']}&step=1").json()["group"]
    assert following["query"] == second["query"]
    assert served.get(f"/api/queue/next?q={second['query']}&step=-1").json()["group"]["query"] == first["query"]
    before = served.get(f"/api/queue/next?q={first['query']}&step=-1").json()["group"]
    assert before["query"] == said["groups"][-1]["query"], "the way goes round"


def test_tags_notes_and_their_withdrawal_are_in_the_record(served: Served, case: Case) -> None:
    assert served.post("/api/tags", {"op": op(1), "name": " red  chair ", "ids": [1, 2]}).json()["media"] == 2
    assert served.post("/api/tags", {"op": op(1), "name": "red chair", "ids": [1, 2]}).json()["media"] == 2, (
        "the same change"
    )
    assert served.post("/api/tags", {"op": op(2), "name": "red chair", "ids": [2, 3]}).json()["media"] == 1
    note = served.post("/api/notes", {"op": op(3), "media": 1, "text": "the same wallpaper"}).json()["id"]
    told = served.get("/api/media/1").json()
    assert told["tags"] == ["red chair"]
    assert told["notes"][0]["text"] == "the same wallpaper"
    assert head(served.get('/api/order?q=tag:"red chair"'))["count"] == 3
    assert served.post("/api/tags", {"op": op(4), "name": "red chair", "ids": [1], "remove": True}).json()["media"] == 1
    assert served.post("/api/notes/withdraw", {"op": op(5), "id": note}).json()["media"] == 1
    assert served.post("/api/notes/withdraw", {"op": op(6), "id": note}).status_code == 409
    told = served.get("/api/media/1").json()
    assert (told["tags"], told["notes"]) == ([], [])
    assert [a.action for a in audit(case)][-5:] == ["tag", "tag", "note", "untag", "note.withdraw"]
    with case.database.read() as connection:
        assert len(list(connection.execute(select(bench.remark)))) == 6, "nothing is ever taken out"


def test_all_of_a_view_is_tagged_at_once(served: Served) -> None:
    shown = head(served.get("/api/order?q=kind:film"))
    said = served.post("/api/tags", {"op": op(1), "name": "film", "list": shown["list"], "except": [3]}).json()
    assert said["media"] == 11
    assert served.get("/api/views").json()["tags"] == [{"name": "film", "media": 11}]


@pytest.mark.parametrize("body", [{"name": ""}, {"name": "x" * 61}, {"name": 5}])
def test_a_tag_that_is_none_is_refused(served: Served, body: dict[str, Any]) -> None:
    assert served.post("/api/tags", {"op": op(1), "ids": [1]} | body).status_code in (400, 409)


CLUE = {"media": 1, "role": "viewer", "ordinal": 0, "left": 0.25, "top": 0.5, "width": 0.5, "height": 0.25}


def test_a_clue_has_its_own_crop(served: Served, case: Case) -> None:
    said = served.post("/api/clues", {"op": op(1), **CLUE, "kind": "object", "text": "a red chair"})
    assert said.status_code == 200, said.text
    viewer = Image.open(io.BytesIO(served.get("/api/media/1/rendition/viewer/0").content))
    crop = Image.open(io.BytesIO(served.get(f"/api/clues/{said.json()['id']}/crop").content))
    assert crop.size == (viewer.width // 2, viewer.height // 4)
    wanted = np.asarray(viewer.convert("RGB")).astype(int)[viewer.height // 2 :, viewer.width // 4 :][
        : crop.height, : crop.width
    ]
    assert np.abs(wanted - np.asarray(crop.convert("RGB")).astype(int)).mean() < 4, "the part that was marked"
    listed = served.get("/api/clues?kind=object&text=CHAIR").json()
    assert [c["media_id"] for c in listed["clues"]] == [1]
    assert listed["totals"] == {"object": 1}
    assert served.get("/api/clues?kind=text").json()["clues"] == []
    assert head(served.get("/api/order?q=clue:chair"))["count"] == 1
    assert served.post("/api/clues/withdraw", {"op": op(2), "id": said.json()["id"]}).status_code == 200
    assert served.get("/api/clues").json()["clues"] == []
    assert served.get(f"/api/clues/{said.json()['id']}/crop").status_code == 404
    assert [a.action for a in audit(case)][-2:] == ["clue", "clue.withdraw"]


@pytest.mark.parametrize(
    "change",
    [
        {"left": 0.9},
        {"width": 0},
        {"height": 2},
        {"top": "x"},
        {"kind": "face"},
        {"role": "grid"},
        {"media": 99999},
        {"text": "x" * 2001},
    ],
)
def test_a_clue_that_is_none_is_refused(served: Served, change: dict[str, Any]) -> None:
    body = {"op": op(1), **CLUE, "kind": "object", "text": "chair"} | change
    assert served.post("/api/clues", body).status_code in (400, 409)
    assert served.get("/api/clues").json()["clues"] == []


def test_a_warning_is_accepted_with_a_note_and_reopened(served: Served, case: Case) -> None:
    assert served.post("/api/warnings/accept", {"op": op(1), "warning": 1, "note": ""}).status_code == 409
    assert served.post("/api/warnings/accept", {"op": op(1), "warning": 9999, "note": "x"}).status_code == 409
    assert (
        served.post("/api/warnings/accept", {"op": op(2), "warning": 1, "note": "seen in the hex view"}).status_code
        == 200
    )
    assert "seen in the hex view" in served.get("/warnings").text
    assert served.post("/api/warnings/accept", {"op": op(3), "warning": 1, "reopen": True}).status_code == 200
    assert "seen in the hex view" not in served.get("/warnings").text
    assert [a.action for a in audit(case)][-2:] == ["warning.accept", "warning.reopen"]


def test_views_are_kept_under_a_name(served: Served) -> None:
    served.post("/api/views", {"op": op(1), "name": "films", "query": "q=kind%3Afilm"})
    served.post("/api/views", {"op": op(2), "name": "films", "query": "q=kind%3Afilm&order=largest"})
    assert served.get("/api/views").json()["views"] == [{"name": "films", "query": "q=kind%3Afilm&order=largest"}]
    assert served.post("/api/views", {"op": op(3), "name": "x", "query": "q=kind%3Ahouse"}).status_code == 400
    served.post("/api/views", {"op": op(4), "name": "films", "remove": True})
    assert served.get("/api/views").json()["views"] == []


def upload(served: Served, data: bytes) -> Any:
    return served.client.request("POST", "/api/similar", content=data, headers=OWN)


def test_an_uploaded_picture_finds_itself(served: Served) -> None:
    data = served.get("/api/media/7/rendition/viewer/0").content
    said = upload(served, data)
    assert said.status_code == 200, said.text
    assert len(said.json()["pdq"]) == 64
    drawn = upload(served, jpeg(3)).json()
    assert drawn["pdq"] != said.json()["pdq"]
    found = head(served.get(f"/api/order?q=similar:{said.json()['pdq']}/256&order=nearest"))
    assert found["count"] == 303


@pytest.mark.parametrize("data", [b"", b"no picture", jpeg(1)[:200]])
def test_what_cannot_be_searched_by_is_said(served: Served, data: bytes) -> None:
    assert upload(served, data).status_code in (400, 409)


def test_the_most_alike_come_first(served: Served, case: Case) -> None:
    m = schema.media
    with case.database.write() as connection:
        for ident, bits in ((20, 3), (30, 1), (40, 2)):
            value = (int.from_bytes(b"\xaa" * 32) ^ ((1 << bits) - 1)).to_bytes(32)
            connection.execute(m.update().where(m.c.id == ident).values(pdq=value))
        connection.execute(m.update().where(m.c.id == 10).values(pdq=b"\xaa" * 32))
    answer = served.get("/api/order?q=similar:10/3&order=nearest")
    size = int.from_bytes(answer.content[:4], "little")
    ids = np.frombuffer(answer.content[4 + size :][: 4 * 4], dtype="<i4").tolist()
    assert (head(answer)["count"], ids) == (4, [10, 30, 40, 20])


def test_two_to_six_pictures_are_compared(served: Served) -> None:
    assert served.get("/compare?ids=1,2").status_code == 200
    for ids in ("1", "1,1", "1,2,3,4,5,6,7", "1,99999"):
        assert served.get(f"/compare?ids={ids}").status_code == 400


def test_the_record_holds_after_all_of_it(served: Served, case: Case) -> None:
    served.post("/api/tags", {"op": op(1), "name": "chair", "ids": [1]})
    served.post("/api/notes", {"op": op(2), "media": 1, "text": "wallpaper"})
    served.post("/api/warnings/accept", {"op": op(3), "warning": 1, "note": "fine"})
    with case.database.read() as connection:
        assert list(checks._operations(connection)) == []
    with case.database.write() as connection:
        connection.execute(bench.remark.update().where(bench.remark.c.kind == "note").values(text="another"))
    with case.database.read() as connection:
        assert len(list(checks._operations(connection))) == 1
