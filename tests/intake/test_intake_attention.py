"""A run that is paused, gone on with and stopped from elsewhere: nothing is lost, and nothing is done while it rests."""

import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from tests.intake.taking_in import account, digest, fresh_case, take_in

from everyframe.errors import UsageError
from everyframe.intake.attention import Attention, ask_of_run, attended
from everyframe.intake.progress import Snapshot
from everyframe.intake.run import Intake, IntakeRequest
from everyframe.model.states import State
from everyframe.store import schema, seat_talk
from everyframe.store.case import Case
from everyframe.store.verify import verify
from everyframe.testing.exhibits import quick_exhibit


class OnceStored:
    """Ask a thing of a run, once, as soon as it has stored a first picture.

    A run asks after each message of a worker, so this is early whatever the machine is doing; what is told is told
    twice a second, and a quick run may be over by then.
    """

    def __init__(self, case: Case, what: str, answer: Callable[[], bool]) -> None:
        self._case, self._what, self._answer = case, what, answer
        self.stored = 0

    def __call__(self) -> bool:
        """Answer as the run's attention does."""
        if not self.stored and (stored := count(self._case)):
            self.stored = stored
            ask_of_run(self._case, self._what, actor="ben")
        return self._answer()


def count(case: Case) -> int:
    with case.database.read() as connection:
        return connection.execute(select(func.count()).select_from(schema.media)).scalar_one()


def test_paused_it_stores_what_it_has_and_begins_nothing_else(case: Case, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    quick_exhibit(folder, pictures=80)
    seen: list[Snapshot] = []
    rested_at: list[int] = []

    def look(moment: Snapshot) -> None:
        """Once some moments of rest are alike, go on."""
        seen.append(moment)
        resting = [m for m in seen if m.phase == "paused"]
        if len(resting) > 4 and len({m.files_done for m in resting[-3:]}) == 1 and seat_talk.asked(case.directory):
            rested_at.append(count(case))
            ask_of_run(case, "go-on", actor="ben")

    request = IntakeRequest(sources=(folder,), exhibit="A", actor="t", workers=1)
    with case.seat("intake", purpose="intake of exhibit A"), attended(case.directory) as watch:
        paused = OnceStored(case, "pause", watch.paused)
        result = Intake(case, request, tell=look, stop=watch.stopping, paused=paused).run()
    assert result.done
    assert len(rested_at) == 1, "it rested"
    assert 0 < paused.stored <= rested_at[0] < 80
    rested = [m.files_done for m in seen if m.phase == "paused"]
    assert rested[-1] < result.snapshot.files_done
    assert verify(case).problems == []
    with fresh_case(tmp_path / "whole") as whole:
        take_in(whole, folder, exhibit="A")
        assert digest(whole) == digest(case)


def test_a_listing_rests_as_well(case: Case, tmp_path: Path) -> None:
    quick_exhibit(tmp_path / "few")
    phases: list[str] = []

    def look(moment: Snapshot) -> None:
        phases.append(moment.phase)
        if phases.count("paused") > 2:
            seat_talk.ask(case.directory, "go-on", "ben")

    request = IntakeRequest(sources=(tmp_path / "few",), exhibit="A", actor="t", workers=1)
    with case.seat("intake", purpose="intake"), attended(case.directory) as watch:
        seat_talk.ask(case.directory, "pause", "ben")
        assert Intake(case, request, tell=look, paused=watch.paused).run().done
    assert phases[0] == "paused"
    assert phases.count("paused") > 2
    assert phases[-1] == "done"


def test_asked_to_stop_it_ends_as_by_the_keyboard(case: Case, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    quick_exhibit(folder, pictures=80)

    request = IntakeRequest(sources=(folder,), exhibit="A", actor="t", workers=1)
    with case.seat("intake", purpose="intake"), attended(case.directory) as watch:
        stop = OnceStored(case, "stop", watch.stopping)
        assert not Intake(case, request, stop=stop, paused=watch.paused).run().done
    assert account(case).states[State.PENDING].files > 0
    assert account(case).balanced
    assert seat_talk.asked(case.directory) == {}, "what was asked of one run is not asked of the next"


def test_a_step_rests_until_it_is_to_go_on_or_stop(case: Case) -> None:
    with case.seat("intake", purpose="matching"), attended(case.directory) as watch:
        seat_talk.ask(case.directory, "pause", "ben")
        began = time.monotonic()
        threading.Timer(0.6, lambda: seat_talk.ask(case.directory, "go-on", "ben")).start()
        watch.step("turning pictures", 1, 2)
        assert time.monotonic() - began > 0.5
        assert seat_talk.said(case.directory) == {
            "event": "progress", "phase": "turning pictures", "done": 1, "total": 2, "pid": str(os.getpid()),
            "at": (seat_talk.said(case.directory) or {})["at"],
        }  # fmt: skip
        seat_talk.ask(case.directory, "stop", "ben")
        with pytest.raises(KeyboardInterrupt):
            watch.step("turning pictures", 2, 2)


def test_what_is_said_and_asked_is_of_one_process_alone(case: Case) -> None:
    with pytest.raises(UsageError, match="nothing is being taken in"):
        ask_of_run(case, "pause", actor="ben")
    locks = case.directory / "locks"
    (locks / "intake.asked").write_text(json.dumps({"do": "stop", "pid": "1"}))
    (locks / "intake.now").write_text(json.dumps({"phase": "intake", "pid": "1"}))
    with case.seat("intake", purpose="matching"):
        assert seat_talk.said(case.directory) is None
        assert not Attention(case.directory).stopping()
        (locks / "intake.asked").write_text("[half")
        assert seat_talk.asked(case.directory) == {}
        with pytest.raises(UsageError, match="cannot be asked to 'dance'"):
            ask_of_run(case, "dance", actor="ben")
    assert seat_talk.said(case.directory) is None
