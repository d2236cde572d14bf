"""Turns at writing among processes and threads, and checkpoints beside them."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, text

from everyframe.store import checkpoints, settings
from everyframe.store.schema import setting
from everyframe.store.writing_turn import WritingTurn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from everyframe.store.case import Case

HOLDS = """
import sys, time
from pathlib import Path
from everyframe.store.writing_turn import WritingTurn
with WritingTurn(Path(sys.argv[1])).take():
    print("mine", flush=True)
    time.sleep(60)
"""


def wait_for(told: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not told():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.005)


def test_one_after_the_other_and_whoever_waits_is_seen(tmp_path: Path) -> None:
    turn, said = WritingTurn(tmp_path), []

    def second() -> None:
        with WritingTurn(tmp_path).take():
            said.append("second")

    assert not turn.wanted()
    with turn.take():
        assert not turn.wanted(), "who has the turn does not wait for it"
        thread = threading.Thread(target=second)
        thread.start()
        wait_for(turn.wanted)
        said.append("first")
    thread.join()
    assert said == ["first", "second"]
    assert not turn.wanted()


def test_whoever_has_just_written_queues_behind_those_who_wait(tmp_path: Path) -> None:
    turn, said = WritingTurn(tmp_path), []

    def other() -> None:
        with turn.take():
            said.append("other")

    with turn.take():
        thread = threading.Thread(target=other)
        thread.start()
        wait_for(turn.wanted)
    with turn.take():
        said.append("again")
    thread.join()
    assert said == ["other", "again"]


def test_a_thread_does_not_wait_for_itself(tmp_path: Path) -> None:
    turn = WritingTurn(tmp_path)
    with turn.take(), pytest.raises(RuntimeError, match="writing already"), turn.take():
        pass
    with turn.take():
        assert not turn.wanted()


def test_the_turn_of_a_process_that_was_killed_is_free(tmp_path: Path) -> None:
    done = threading.Event()

    def mine() -> None:
        with WritingTurn(tmp_path).take():
            done.set()

    thread = threading.Thread(target=mine)
    with subprocess.Popen([sys.executable, "-c", HOLDS, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "mine\n"
        thread.start()
        wait_for(WritingTurn(tmp_path).wanted)
        assert not done.is_set()
        os.kill(process.pid, signal.SIGKILL)
    thread.join(30)
    assert done.is_set()


def test_writers_of_several_threads_all_get_through(case: Case) -> None:
    def work(n: int) -> None:
        for k in range(20):
            with case.database.write() as connection:
                connection.execute(insert(setting).values(name=f"{n}-{k}", value="1"))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with case.database.read() as connection:
        assert len(connection.execute(text("SELECT name FROM setting")).all()) == 120


def alone(database: Path, away: Path) -> set[str]:
    """Read the settings from the database file without its log."""
    shutil.copyfile(database, away)
    connection = sqlite3.connect(f"file:{away}?immutable=1", uri=True)
    try:
        return {row[0] for row in connection.execute("SELECT name FROM setting")}
    finally:
        connection.close()


def test_what_is_committed_is_copied_beside_the_work(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with case.database.write() as connection:
        settings.change(connection, "look.min-ms", "700", "anna")
    assert alone(case.directory / "case.db", tmp_path / "copy") == set(), "a commit itself copies nothing"
    monkeypatch.setattr(checkpoints, "REST_SECONDS", 0.01)
    wait_for(lambda: alone(case.directory / "case.db", tmp_path / "copy") == {"look.min-ms"})


def test_the_log_stays_short_while_writers_go_on(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "REST_SECONDS", 0.001)
    monkeypatch.setattr(checkpoints, "LONG_PAGES", 64)
    with case.database.write() as connection:
        settings.change(connection, "look.min-ms", "700", "anna")
    wait_for(lambda: alone(case.directory / "case.db", tmp_path / "copy"))  # from now on it rests for a moment only
    ended, threads = threading.Event(), []

    def work(n: int) -> None:
        k = 0
        while not ended.is_set():
            k += 1
            with case.database.write() as connection:
                connection.execute(insert(setting).values(name=f"{n}-{k}", value="x" * 20_000))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    wait_for(lambda: (case.directory / "case.db").stat().st_size > 12_000_000)
    ended.set()
    for thread in threads:
        thread.join()
    assert (case.directory / "case.db-wal").stat().st_size < 6_000_000
