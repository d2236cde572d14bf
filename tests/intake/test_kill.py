"""Killed at any moment, with all its workers, and resumed: the same result as if nothing had happened."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.intake.taking_in import account, digest, fresh_case, take_in

from everyframe.demo import make_exhibit
from everyframe.store.case import Case
from everyframe.store.verify import verify
from everyframe.testing.exhibits import quick_exhibit


def start(case: Path, folder: Path) -> "subprocess.Popen[bytes]":
    command = [
        sys.executable,
        "-m",
        "everyframe",
        "intake",
        str(case),
        str(folder),
        "--exhibit",
        "JS/1",
        "--workers",
        "2",
    ]
    return subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill_and_resume(directory: Path, folder: Path, delays: list[float]) -> tuple[str, int]:
    """Kill a run after each delay, then let the last one end; gives the digest, and how many were really killed."""
    with fresh_case(directory):
        pass
    killed = 0
    for delay in delays:
        running = start(directory, folder)
        time.sleep(delay)
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            killed += 1
        running.wait()
        with Case(directory) as case:
            assert account(case).balanced
    assert start(directory, folder).wait(600) in (0, 1)
    with Case(directory) as case:
        assert account(case).balanced
        assert account(case).complete
        assert verify(case).problems == []
        return digest(case), killed


def uninterrupted(directory: Path, folder: Path) -> tuple[str, float]:
    began = time.monotonic()
    with fresh_case(directory) as case:
        take_in(case, folder)
        return digest(case), time.monotonic() - began


def test_killed_at_five_random_points(tmp_path: Path) -> None:
    folder = tmp_path / "exhibit"
    quick_exhibit(folder, pictures=250)
    expected, seconds = uninterrupted(tmp_path / "whole", folder)
    rng = random.Random(5)
    for n in range(5):
        found, killed = kill_and_resume(tmp_path / f"c{n}", folder, [rng.uniform(0.3, 0.6 + seconds)])
        assert found == expected, f"round {n}"
        assert killed <= 1


def test_killed_again_and_again_in_one_intake(tmp_path: Path) -> None:
    folder = tmp_path / "exhibit"
    quick_exhibit(folder, pictures=120)
    expected, _ = uninterrupted(tmp_path / "whole", folder)
    found, killed = kill_and_resume(tmp_path / "c", folder, [0.9, 1.1, 1.0, 1.2])
    assert found == expected
    assert killed >= 1


@pytest.mark.soak
def test_killed_at_thirty_random_points_of_three_thousand_files(tmp_path: Path) -> None:
    folder = tmp_path / "exhibit"
    make_exhibit(folder / "phone", files=400, seed=7, workers=2)
    quick_exhibit(folder / "stick", pictures=2600)
    expected, seconds = uninterrupted(tmp_path / "whole", folder)
    rng = random.Random(30)
    killed = rounds = 0
    while killed < 30:
        directory = tmp_path / f"c{rounds}"
        found, kills = kill_and_resume(directory, folder, [rng.uniform(0.3, seconds)])
        assert found == expected, f"round {rounds}"
        killed, rounds = killed + kills, rounds + 1
        assert rounds < 60, "runs end before they are killed"
        shutil.rmtree(directory)
