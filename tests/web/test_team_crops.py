"""The crop of a clue is cut from a picture at full size: who is sent it stands in the audit before it is sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from everyframe.store import audit_log
from everyframe.store.clues import NewClue, add_clue

if TYPE_CHECKING:
    from tests.web.team_client import Team

    from everyframe.store.case import Case


@pytest.fixture
def crop(team_case: Case) -> str:
    new = NewClue(2, "viewer", 0, 0.1, 0.1, 0.4, 0.4, "object", "a mug", b"\xff\xd8crop", 4, 4)
    with team_case.database.write() as connection:
        return f"/api/clues/{add_clue(connection, 'clue-0123456789', 'rita', new)}/crop"


def views(case: Case) -> list[tuple[str, list[list[int | str]]]]:
    with case.database.read() as connection:
        return [(r.actor, json.loads(r.body)["pictures"]) for r in audit_log.records(connection) if r.action == "view"]


def test_a_crop_is_in_the_audit_with_who_was_sent_it(team: Team, team_case: Case, crop: str) -> None:
    assert team.member("ben").get(crop).status_code == 200
    number = int(crop.split("/")[3])
    assert views(team_case) == [("ben", [[2, "clue", number]])]


def test_a_crop_is_not_sent_when_its_view_cannot_be_stored(
    team: Team, monkeypatch: pytest.MonkeyPatch, crop: str
) -> None:
    ben = team.member("ben")

    def broken(*_: object) -> int:
        raise OSError("no space left on device")

    monkeypatch.setattr(audit_log, "append", broken)
    answer = ben.get(crop)
    assert answer.status_code == 500
    assert b"crop" not in answer.content
