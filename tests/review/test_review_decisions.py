from __future__ import annotations

import json
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from everyframe.errors import DecisionError, SchemeError
from everyframe.review.decisions import NOTHING_LEFT, decide, redo, undo
from everyframe.review.history import to_redo, to_undo
from everyframe.store import audit_log, schema
from everyframe.store.case import Case
from everyframe.store.deciding import Step

OPS = (f"{n:032d}" for n in count())


def standing(case: Case) -> dict[int, str]:
    with case.database.read() as connection:
        rows = connection.execute(select(schema.standing)).all()
        decided = dict(connection.execute(select(schema.decision.c.id, schema.decision.c.code)).all())
    assert all(decided[row.decision_id] == row.code for row in rows)
    return {row.media_id: row.code for row in rows}


def put(case: Case, code: str, *ids: int, actor: str = "anna") -> dict[str, Any]:
    return decide(case, code, ids, op=next(OPS), actor=actor)


def back(case: Case, actor: str = "anna") -> dict[str, Any]:
    return undo(case, op=next(OPS), actor=actor)


def again(case: Case, actor: str = "anna") -> dict[str, Any]:
    return redo(case, op=next(OPS), actor=actor)


def test_a_decision_is_in_force(case: Case) -> None:
    assert put(case, "2", 7, 8) == {"decided": 2}
    assert standing(case) == {7: "2", 8: "2"}


def test_a_later_decision_takes_its_place_and_names_it(case: Case) -> None:
    put(case, "2", 7)
    put(case, "3", 7)
    with case.database.read() as connection:
        first, second = connection.execute(select(schema.decision).order_by(schema.decision.c.id)).all()
    assert (first.before_id, second.before_id) == (None, first.id)
    assert standing(case) == {7: "3"}


def test_the_same_operation_twice_is_one_decision(case: Case) -> None:
    op = next(OPS)
    assert decide(case, "2", [7], op=op, actor="anna") == decide(case, "2", [7], op=op, actor="anna")
    with case.database.read() as connection:
        assert len(connection.execute(select(schema.decision)).all()) == 1


def test_what_cannot_be_decided_is_refused(case: Case) -> None:
    with pytest.raises(SchemeError, match="no category"):
        put(case, "77", 7)
    with pytest.raises(DecisionError, match="none of what was chosen"):
        put(case, "2", 99_999)
    with pytest.raises(DecisionError, match="none of what was chosen"):
        put(case, "2")
    assert standing(case) == {}


def test_undo_and_redo_are_decisions_too(case: Case) -> None:
    put(case, "2", 7)
    put(case, "3", 7, 8)
    answer = back(case)
    assert (answer["files"], answer["restored"], answer["whole"]) == (
        2,
        [[7, "projectvic-us", "2"], [8, "", ""]],
        True,
    )
    assert standing(case) == {7: "2"}
    assert again(case)["files"] == 2
    assert standing(case) == {7: "3", 8: "3"}
    back(case)
    back(case)
    assert standing(case) == {}
    assert back(case) == NOTHING_LEFT
    again(case)
    again(case)
    assert standing(case) == {7: "3", 8: "3"}
    assert again(case) == NOTHING_LEFT
    with case.database.read() as connection:
        kinds = [row.kind for row in connection.execute(select(schema.decision).order_by(schema.decision.c.id))]
    assert kinds == ["category"] * 3 + ["undo"] * 2 + ["redo"] * 2 + ["undo"] * 3 + ["redo"] * 3


def test_a_new_decision_ends_what_can_be_redone(case: Case) -> None:
    put(case, "2", 7)
    back(case)
    put(case, "3", 8)
    assert again(case) == NOTHING_LEFT


def test_nobody_undoes_what_another_decided(case: Case) -> None:
    put(case, "2", 7, 8)
    put(case, "3", 8, actor="ben")
    answer = back(case)
    assert (answer["files"], standing(case)) == (1, {8: "3"})
    with case.database.read() as connection:
        assert json.loads(list(audit_log.records(connection))[-1].body)["decided_since"] == 1
    back(case, "ben")
    assert standing(case) == {8: "2"}


def test_an_operation_of_which_nothing_stands_is_passed_over(case: Case) -> None:
    put(case, "1", 9)
    put(case, "2", 7)
    put(case, "3", 7, actor="ben")
    assert back(case)["restored"] == [[9, "", ""]]
    assert standing(case) == {7: "3"}


def test_each_change_is_in_the_audit(case: Case) -> None:
    put(case, "2", 7)
    back(case)
    again(case)
    with case.database.read() as connection:
        records = list(audit_log.records(connection))[-3:]
    assert [r.action for r in records] == ["decide", "undo", "redo"]
    body = json.loads(records[0].body)
    assert (body["code"], body["ids"], body["media"], body["scheme"]) == ("2", [7], 1, "projectvic-us")
    assert json.loads(records[1].body)["target"] == body["op"]


def test_a_whole_view_is_named_instead_of_listed(case: Case) -> None:
    view = {"show": "all", "exhibit": "", "order": "listing", "except": "5"}
    decide(case, "5", range(1, 200), op=next(OPS), actor="anna", view=view)
    with case.database.read() as connection:
        body = json.loads(list(audit_log.records(connection))[-1].body)
    assert body["view"] == view
    assert body["media"] == 199
    assert "ids" not in body


def test_a_decision_that_fails_leaves_no_trace(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr(audit_log, "append", broken)
    with pytest.raises(OSError, match="no space"):
        put(case, "2", 7)
    assert standing(case) == {}


IDS = st.frozensets(st.integers(1, 5), min_size=1)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from("0123"), IDS),
        st.tuples(st.sampled_from(["undo", "redo"]), st.just(""), st.just(frozenset[int]())),
    ),
    max_size=18,
)


class Replay:
    """The plain meaning of it: a stack of changes that were made and one of those that were taken back."""

    def __init__(self) -> None:
        self.now: dict[int, str] = {}
        self.done: list[tuple[dict[int, str | None], dict[int, str | None]]] = []
        self.undone: list[tuple[dict[int, str | None], dict[int, str | None]]] = []

    def put(self, code: str, ids: frozenset[int]) -> None:
        change = ({i: self.now.get(i) for i in ids}, dict.fromkeys(ids, code))
        self._set(change[1])  # type: ignore[arg-type]  # a dict of str is one of str or None
        self.done.append(change)  # type: ignore[arg-type]  # the same
        self.undone.clear()

    def undo(self) -> None:
        if self.done:
            self.undone.append(self.done.pop())
            self._set(self.undone[-1][0])

    def redo(self) -> None:
        if self.undone:
            self.done.append(self.undone.pop())
            self._set(self.done[-1][1])

    def _set(self, values: dict[int, str | None]) -> None:
        for ident, code in values.items():
            self.now.pop(ident, None)
            if code is not None:
                self.now[ident] = code


@pytest.fixture(scope="module")
def shared(template: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    import shutil

    directory = tmp_path_factory.mktemp("shared") / "case"
    shutil.copytree(template, directory)
    with Case(directory) as opened:
        yield opened


@given(acts=ACTS)
@hypothesis_settings(max_examples=60, deadline=None)
def test_any_sequence_stands_as_its_replay(shared: Case, acts: list[tuple[str, str, frozenset[int]]]) -> None:
    with shared.database.write() as connection:
        for table in (schema.standing, schema.decision, schema.operation):
            connection.execute(delete(table))
    replay = Replay()
    for act, code, ids in acts:
        if act == "put":
            put(shared, code, *ids)
            replay.put(code, ids)
        elif act == "undo":
            back(shared)
            replay.undo()
        else:
            again(shared)
            replay.redo()
        assert standing(shared) == replay.now


def test_history_without_anything() -> None:
    assert list(to_undo([])) == []
    assert list(to_redo([])) == []


def test_history_of_a_redo_within_undos() -> None:
    newest_first = [
        Step("r1", "redo", "u2"),
        Step("u2", "undo", "a"),
        Step("u1", "undo", "b"),
        Step("b", "category"),
        Step("a", "category"),
    ]
    assert next(to_undo(newest_first)) == "r1"
    assert list(to_redo(newest_first)) == ["u1"]
