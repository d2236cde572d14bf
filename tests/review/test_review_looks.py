from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from everyframe.errors import DecisionError
from everyframe.model.states import State
from everyframe.review.looks import record_looks
from everyframe.store import audit_log, schema, settings
from everyframe.store.account import read_account
from everyframe.store.looking import SeenLook
from everyframe.store.operations import once

if TYPE_CHECKING:
    from everyframe.store.case import Case

FILM, ANIMATION, FOLDED = 3, 5, 301


def seen(media: int, ms: int = 900, *, blurred: bool = False, manner: str = "grid") -> SeenLook:
    return SeenLook(media, 150, 100, ms, 1, blurred, manner)


def count(case: Case) -> int:
    with case.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(schema.look)).scalar_one())


def test_a_look_is_stored_with_size_and_duration(case: Case) -> None:
    answer = record_looks(case, [seen(7)], op="a" * 32, actor="anna")
    assert answer == {"recorded": 1, "first": 1, "refused": {}, "accepted": [7]}
    with case.database.read() as connection:
        row = connection.execute(select(schema.look)).one()
        assert (row.media_id, row.actor, row.width, row.height, row.duration_ms) == (7, "anna", 150, 100, 900)
        assert (row.on_screen, row.blurred, row.manner, row.op) == (1, False, "grid", "a" * 32)
        assert connection.execute(select(schema.media.c.looked).where(schema.media.c.id == 7)).scalar_one()


def test_the_same_batch_twice_is_one_batch(case: Case) -> None:
    first = record_looks(case, [seen(7), seen(8)], op="a" * 32, actor="anna")
    again = record_looks(case, [seen(7), seen(8)], op="a" * 32, actor="anna")
    assert again == first
    assert count(case) == 2


def test_what_misses_the_rule_is_refused_and_counted(case: Case) -> None:
    looks = [seen(7), seen(8, 100), seen(9, 100), seen(10, blurred=True), seen(FILM), seen(ANIMATION), seen(99_999)]
    answer = record_looks(case, looks, op="a" * 32, actor="anna")
    assert answer["recorded"] == 1
    assert answer["refused"] == {"short": 2, "blurred": 1, "frames": 2, "unknown": 1}
    assert count(case) == 1


def test_a_film_counts_in_the_viewer(case: Case) -> None:
    answer = record_looks(case, [seen(FILM, manner="viewer")], op="a" * 32, actor="anna")
    assert answer["accepted"] == [FILM]


def test_a_second_look_is_kept_but_is_not_the_first(case: Case) -> None:
    record_looks(case, [seen(7)], op="a" * 32, actor="anna")
    assert record_looks(case, [seen(7)], op="b" * 32, actor="ben")["first"] == 0
    assert count(case) == 2


def test_the_batch_is_in_the_audit_in_the_same_transaction(case: Case) -> None:
    record_looks(case, [seen(7), seen(8, 10)], op="a" * 32, actor="anna")
    with case.database.read() as connection:
        last = list(audit_log.records(connection))[-1]
    assert (last.actor, last.action) == ("anna", "look")
    body = json.loads(last.body)
    assert len(body.pop("rows")) == 64
    assert body == {
        "op": "a" * 32,
        "recorded": 1,
        "first": 1,
        "refused": {"short": 1},
        "media": [7],
    }


def test_a_batch_that_fails_leaves_no_trace(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr(audit_log, "append", broken)
    with pytest.raises(OSError, match="no space"):
        record_looks(case, [seen(7)], op="a" * 32, actor="anna")
    assert count(case) == 0
    with case.database.read() as connection:
        assert not connection.execute(select(schema.operation)).all()


def test_an_id_of_another_change_is_refused(case: Case) -> None:
    record_looks(case, [seen(7)], op="a" * 32, actor="anna")
    with case.database.write() as connection, pytest.raises(DecisionError, match="was used for look"):
        once(connection, "a" * 32, "decide", dict)


def test_the_account_follows(case: Case) -> None:
    record_looks(case, [seen(20)], op="a" * 32, actor="anna")
    with case.database.read() as connection:
        account = read_account(connection)
    assert account.balanced
    files = {state: account.states[state].files for state in State}
    assert files[State.LOOKED] == 1
    assert files[State.DUPLICATE_OF_LOOKED] == 1  # every tenth has a copy
    assert files[State.STACKED_UNDER_LOOKED] == 1  # every twentieth has a thumbnail that shows the same


def test_a_case_with_its_own_rule_is_held_to_it(case: Case) -> None:
    with case.database.write() as connection:
        settings.change(connection, "look.min-ms", "2000", "anna")
    answer = record_looks(case, [seen(7, 1999), seen(8, 2000)], op="a" * 32, actor="anna")
    assert answer["accepted"] == [8]
