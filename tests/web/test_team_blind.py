"""Whoever is asked for an opinion without knowing sees the case as if the first decision were not there, in every figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.web.test_web_api import parse_order

if TYPE_CHECKING:
    from tests.web.team_client import Member, Team

HIDDEN = 3


@pytest.fixture
def people(team: Team) -> tuple[Member, Member]:
    """Rita decided on a picture whose category needs two; Ben is asked about it."""
    rita, ben = team.member("rita"), team.member("ben")
    assert team.member("sue").put("/api/opinions/rules", {"code": "1", "votes": 2}).status_code == 200
    body = {"decisions": [{"op": "operation-of-rita-1", "code": "1", "ids": [HIDDEN]}]}
    assert rita.post("/api/decisions", body).status_code == 200
    return rita, ben


def read(member: Member, path: str, **params: str) -> Any:
    answer = member.request("GET", path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def listed(member: Member, **params: str) -> list[int]:
    ids: list[int] = parse_order(member.request("GET", "/api/order", params=params).content)[1].tolist()
    return ids


def test_the_counts_of_the_views_do_not_tell(people: tuple[Member, Member]) -> None:
    rita, ben = people
    hers, his = read(rita, "/api/counts"), read(ben, "/api/counts")
    assert (hers["decided"], hers["category:1"]) == (1, 1)
    assert (his["decided"], his["category:1"]) == (0, 0)
    assert his["undecided"] == hers["undecided"] + 1 == his["all"]


def test_the_views_and_queries_hold_what_their_counts_say(people: tuple[Member, Member]) -> None:
    rita, ben = people
    assert HIDDEN not in listed(rita, show="undecided")
    assert HIDDEN in listed(ben, show="undecided")
    for query in ("decided:no", "-category:1", "-decided-by:rita"):
        assert (query, HIDDEN in listed(rita, q=query), HIDDEN in listed(ben, q=query)) == (query, False, True)
    for view in ("decided", "category:1"):
        assert (listed(rita, show=view), listed(ben, show=view)) == ([HIDDEN], [])
    for member, there in ((rita, False), (ben, True)):
        found = read(member, "/api/timeline", q="decided:no")
        assert found["media"] == read(member, "/api/timeline")["media"] - (not there)


def test_the_folders_and_the_queue_do_not_tell(people: tuple[Member, Member]) -> None:
    rita, ben = people
    hers, his = ([f["decided"] for f in read(m, "/api/folders")["folders"]] for m in (rita, ben))
    assert (sum(hers), sum(his)) == (sum(hers), 0)
    assert sum(hers) > 0
    hers, his = (sum(g["undecided"] for g in read(m, "/api/queue")["groups"]) for m in (rita, ben))
    assert his == hers + 1


def test_the_pace_does_not_tell(people: tuple[Member, Member]) -> None:
    rita, ben = people
    looks = [
        {
            "media": HIDDEN,
            "width": 900,
            "height": 600,
            "duration_ms": 900,
            "on_screen": 1,
            "blurred": False,
            "manner": "viewer",
        }
    ]
    assert rita.post("/api/looks", {"op": "looks-of-rita-0001", "looks": looks}).status_code == 200
    assert read(rita, "/api/pace")["relevant"] == 1
    assert read(ben, "/api/pace")["relevant"] == 0
