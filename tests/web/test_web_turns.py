"""Turns at writing: everything that was acknowledged is committed, and everybody's work is their own."""

from __future__ import annotations

import threading
import time
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from everyframe.errors import DecisionError
from everyframe.review.decisions import decide
from everyframe.store import schema, settings, verify
from everyframe.web.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable

    from everyframe.store.case import Case

NAME: ContextVar[str] = ContextVar("name")


def decided(case: Case, n: int, media: int, actor: str) -> object:
    return decide(case, "1", [media], op=f"operation-of-{n:08d}", actor=actor or NAME.get())


def together(turns: Turns, works: list[Callable[[], object]]) -> list[object]:
    """Do works in as many threads, all of which wait before the first gets its turn."""
    found: list[object] = [None] * len(works)

    def one(n: int) -> None:
        NAME.set(f"person{n}")
        try:
            found[n] = turns.take(works[n])
        except (DecisionError, OSError) as error:
            found[n] = error

    threads = [threading.Thread(target=one, args=(n,)) for n in range(len(works))]
    with turns._writing:
        for thread in threads:
            thread.start()
        end = time.monotonic() + 10
        while len(turns._waiting) < len(works) and time.monotonic() < end:
            time.sleep(0.005)
    for thread in threads:
        thread.join()
    return found


def decisions(case: Case) -> dict[str, int]:
    d = schema.decision.c
    with case.database.read() as connection:
        return dict(connection.execute(select(d.actor, func.count()).group_by(d.actor)).all())


def test_all_who_wait_are_stored_under_their_own_names(case: Case) -> None:
    turns = Turns(case.database)
    works: list[Callable[[], object]] = [partial(decided, case, n, n + 1, "") for n in range(8)]
    assert together(turns, works) == [{"decided": 1}] * 8
    assert decisions(case) == {f"person{n}": 1 for n in range(8)}
    assert verify.verify(case, previews=False).problems == []


def test_one_that_is_refused_leaves_no_trace_and_holds_nobody_up(case: Case) -> None:
    turns = Turns(case.database)
    works: list[Callable[[], object]] = [partial(decided, case, n, n or 10**6, "") for n in range(4)]
    found = together(turns, works)
    assert isinstance(found[0], DecisionError)
    assert found[1:] == [{"decided": 1}] * 3
    assert verify.verify(case, previews=False).problems == []


def test_one_that_fails_unforeseen_fails_alone(case: Case) -> None:
    turns = Turns(case.database)

    def broken() -> object:
        with case.database.write() as connection:
            settings.change(connection, "look.min-ms", "700", "broken")
            raise OSError("disk full")

    works: list[Callable[[], object]] = [partial(decided, case, n, n, "sound") for n in range(1, 5)]
    works = [broken, works[0], broken, *works[1:]]
    found = together(turns, works)
    assert [isinstance(one, OSError) for one in found] == [True, False, True, False, False, False]
    assert [one for one in found if not isinstance(one, OSError)] == [{"decided": 1}] * 4
    assert decisions(case) == {"sound": 4}
    with case.database.read() as connection:
        assert settings.read(connection) == {}
    assert verify.verify(case, previews=False).problems == []


def test_when_the_commit_fails_the_others_try_again_by_themselves(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    turns, commit, tries = Turns(case.database), Turns._commit, iter([True])

    def first_breaks(self: Turns, batch: list[object]) -> None:
        if next(tries, False):
            raise OSError("disk full")
        commit(self, batch)  # type: ignore[arg-type]  # the turns as they come

    monkeypatch.setattr(Turns, "_commit", first_breaks)
    works: list[Callable[[], object]] = [partial(decided, case, n, n, "sound") for n in range(1, 5)]
    found = together(turns, works)
    assert sum(isinstance(one, OSError) for one in found) == 1
    assert decisions(case) == {"sound": 3}


def test_what_cannot_be_committed_is_not_acknowledged(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    turns = Turns(case.database)

    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("everyframe.store.audit_log.append", broken)
    with pytest.raises(OSError, match="disk full"):
        turns.take(lambda: decide(case, "1", [1], op="operation-of-somebody", actor="anna"))
    monkeypatch.undo()
    assert decisions(case) == {}
    assert turns.take(lambda: decide(case, "1", [1], op="operation-of-somebody", actor="anna")) == {"decided": 1}
