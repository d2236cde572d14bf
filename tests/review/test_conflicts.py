"""Two people decide on the same: nothing is overwritten unseen, and nothing that was asked for is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from everyframe.review.decisions import decide, undo
from everyframe.store import conflicts, schema, verify
from everyframe.store.people_schema import held_decision

if TYPE_CHECKING:
    from everyframe.store.case import Case


def newest(case: Case) -> int:
    with case.database.read() as connection:
        return conflicts.newest(connection)


def in_force(case: Case) -> dict[int, str]:
    with case.database.read() as connection:
        return dict(connection.execute(select(schema.standing.c.media_id, schema.standing.c.code)).all())


def held(case: Case) -> list[tuple[Any, ...]]:
    h = held_decision.c
    with case.database.read() as connection:
        return [tuple(r) for r in connection.execute(select(h.media_id, h.code, h.actor, h.against_id).order_by(h.id))]


def op(n: int) -> str:
    return f"operation-{n:08d}"


def test_what_another_decided_meanwhile_stays_and_mine_is_kept_and_told(case: Case) -> None:
    seen = newest(case)
    decide(case, "2", [1], op=op(1), actor="ben", seen=seen)
    said = decide(case, "1", [1, 2, 3], op=op(2), actor="anna", seen=seen)
    assert (said["decided"], said["held"], said["status"]) == (2, 1, 409)
    (one,) = said["conflicts"]
    assert (one["media_id"], one["actor"], one["code"]) == (1, "ben", "2")
    assert one["at"].endswith("+00:00")
    assert in_force(case) == {1: "2", 2: "1", 3: "1"}
    assert held(case) == [(1, "1", "anna", 1)]
    assert said["seen"] == 1, "the newest of others; the own ones are known"
    assert verify.verify(case, previews=False).problems == []


def test_knowing_of_it_the_person_can_decide_all_the_same(case: Case) -> None:
    decide(case, "2", [1], op=op(1), actor="ben", seen=0)
    said = decide(case, "1", [1], op=op(2), actor="anna", seen=0)
    assert said["decided"] == 0
    assert decide(case, "1", [1], op=op(3), actor="anna", seen=said["seen"])["decided"] == 1
    assert in_force(case) == {1: "1"}


def test_a_repeat_of_the_same_operation_is_answered_alike_and_changes_nothing(case: Case) -> None:
    decide(case, "2", [1], op=op(1), actor="ben", seen=0)
    answers = [decide(case, "1", [1, 2], op=op(2), actor="anna", seen=0) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert len(held(case)) == 1


def test_the_same_category_is_no_conflict_and_neither_is_ones_own(case: Case) -> None:
    decide(case, "2", [1], op=op(1), actor="ben", seen=0)
    assert "held" not in decide(case, "2", [1], op=op(2), actor="anna", seen=0)
    assert "held" not in decide(case, "3", [1], op=op(3), actor="anna", seen=0)


def test_taking_back_meanwhile_is_a_conflict_too(case: Case) -> None:
    decide(case, "2", [1], op=op(1), actor="ben", seen=0)
    seen = newest(case)
    undo(case, op=op(2), actor="ben")
    said = decide(case, "1", [1], op=op(3), actor="anna", seen=seen)
    assert [(one["actor"], one["code"]) for one in said["conflicts"]] == [("ben", "")]


def test_whoever_does_not_say_what_they_knew_decides_as_before(case: Case) -> None:
    decide(case, "2", [1], op=op(1), actor="ben")
    assert decide(case, "1", [1], op=op(2), actor="anna") == {"decided": 1}


def test_a_held_decision_that_was_changed_is_found(case: Case) -> None:
    decide(case, "2", [1], op=op(1), actor="ben", seen=0)
    decide(case, "1", [1], op=op(2), actor="anna", seen=0)
    with case.database.write() as connection:
        connection.execute(held_decision.update().values(code="3"))
    assert any("held_decision" in p for p in verify.verify(case, previews=False).problems)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 3), st.sampled_from("123"), st.booleans()), max_size=12)
)
def test_nobody_overwrites_what_they_did_not_know_of(case: Case, steps: list[tuple[str, int, str, bool]]) -> None:
    """Against a model: each person knows what stood when they last read; a stale decision never comes in force."""
    known = dict.fromkeys("ab", newest(case))
    for n, (who, media, code, reads) in enumerate(steps, newest(case) + 1000 * (1 + len(held(case)))):
        if reads:
            known[who] = newest(case)
        before = in_force(case).get(media)
        with case.database.read() as connection:
            d = schema.decision.c
            last = connection.execute(
                select(d.id, d.actor, d.code).where(d.media_id == media).order_by(d.id.desc())
            ).first()
        stale = last is not None and last.id > known[who] and last.actor != who and last.code != code
        said = decide(case, code, [media], op=op(n), actor=who, seen=known[who])
        assert ("held" in said) == stale
        assert in_force(case)[media] == (before if stale else code)
    assert verify.verify(case, previews=False).problems == []


def test_a_decision_reads_what_it_concerns_and_not_the_whole_case(case: Case) -> None:
    from sqlalchemy.dialects import sqlite

    from everyframe.store import deciding
    from everyframe.store.ids import id_list

    said = str(deciding._ADD.compile(dialect=sqlite.dialect(paramstyle="named")))
    values = {"op": "o", "scheme": "s", "code": "1", "actor": "a", "at": "t", **id_list([1])}
    with case.database.read() as connection:
        names = deciding._ADD.compile(dialect=sqlite.dialect(paramstyle="named")).params
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", {**names, **values}).all()
    media = [row[3] for row in plan if " media " in row[3]]
    assert media == ["SEARCH media USING INTEGER PRIMARY KEY (rowid=?)"]
