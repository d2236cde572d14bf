"""``intake``, as its own program: what it prints, how it ends, and that it goes on."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from everyframe.store.case import Case
from everyframe.testing.exhibits import quick_exhibit

if TYPE_CHECKING:
    from tests.conftest import Command

EVENT = {
    "event", "exhibit", "phase", "files", "files_done", "bytes", "bytes_done", "files_per_second", "bytes_per_second",
    "seconds", "seconds_left", "warnings", "workers_replaced", "stages",
}  # fmt: skip


@pytest.fixture
def empty(run: "Command", tmp_path: Path) -> Path:
    assert run("case", "create", tmp_path / "empty", "--number", "1").code == 0
    return tmp_path / "empty"


def test_a_folder_is_taken_in_and_the_account_printed(
    program: "Command", run: "Command", empty: Path, stick: Path
) -> None:
    done = program("intake", empty, stick, "--exhibit", "JS/1", "--workers", "1")
    assert done.code == 1, done.err
    lines = done.out.splitlines()
    assert lines[0] == "Exhibit JS/1"
    assert lines[-2] == "25 files listed, 7 accounted for: the account balances"
    assert lines[-1] == f"result digest {run('digest', empty).out.strip()}"
    assert done.err.splitlines()[0] == "JS/1: listing, 17 files"
    assert " · 3 warnings" in done.err.splitlines()[-3]
    assert done.err.splitlines()[-2] == "no known sets are installed: nothing to match against"
    assert "pictures are members of 0 stacks" in done.err.splitlines()[-1]


def test_with_json_there_are_events_and_one_result(
    program: "Command", run: "Command", empty: Path, stick: Path
) -> None:
    done = program("intake", empty, stick, "--exhibit", "JS/1", "--workers", "1", "--json")
    assert done.code == 1
    events = [json.loads(line) for line in done.err.splitlines()]
    assert all(set(event) == EVENT for event in events)
    assert {e["event"] for e in events[:-1]} == {"progress"}
    assert events[-1]["event"] == events[-1]["phase"] == "done"
    assert [e["phase"] for e in events] == sorted(
        (e["phase"] for e in events), key=["listing", "intake", "checking", "done"].index
    )
    assert events[-1]["files_done"] == events[-1]["files"]
    assert events[-1]["bytes_done"] == events[-1]["bytes"]
    assert len(done.out.splitlines()) == 1
    result = done.json()
    assert set(result) == {"done", "fresh", "digest", "peak_rss_worker", "run", "account", "match", "stacks"}
    assert (result["match"], result["stacks"]["members"]) == (None, 0)
    assert (result["done"], result["fresh"], result["run"]) == (True, True, events[-1])
    assert result["peak_rss_worker"] > 1 << 20
    assert result["account"] == run("account", empty, "--json").json()
    assert result["digest"] == run("digest", empty, "--json").json()["digest"]


@pytest.mark.usefixtures("keep_signals")
def test_the_same_again_is_nothing_new(run: "Command", taken: Path, stick: Path) -> None:
    before = run("digest", taken).out
    again = run("intake", taken, stick, "--exhibit", "JS/1")
    assert again.code == 1
    assert "nothing new: this source was taken in before" in again.err
    result = run("intake", taken, stick, "--exhibit", "JS/1", "--json").json()
    assert (result["done"], result["fresh"], result["peak_rss_worker"]) == (True, False, 0)
    assert run("digest", taken).out == before


@pytest.mark.usefixtures("keep_signals")
def test_a_source_is_not_taken_in_twice(run: "Command", taken: Path, stick: Path) -> None:
    for path in (stick, stick / "DCIM", stick.parent):
        asked = run("intake", taken, path, "--exhibit", "JS/2")
        assert (asked.code, asked.out) == (10, "")
        assert f"everyframe intake CASE {stick} --exhibit JS/1" in asked.err
    assert [e["reference"] for e in run("account", taken, "--json").json()["exhibits"]] == ["JS/1"]


@pytest.mark.usefixtures("keep_signals")
def test_what_cannot_be_taken_in_is_said(run: "Command", taken: Path, tmp_path: Path) -> None:
    gone = run("intake", taken, tmp_path / "gone", "--exhibit", "JS/2")
    assert gone.code == 9
    assert "gone: No such file or directory" in gone.err
    own = run("intake", taken, taken / "previews", "--exhibit", "JS/2")
    assert own.code == 9
    assert "within the case itself" in own.err
    stage = run("intake", taken, tmp_path, "--exhibit", "JS/2", "--stages", "preview, guess")
    assert stage.code == 2
    assert "there is no stage 'guess'; the stages are preview, pdq, metadata, embedded, traits, video" in stage.err


def test_a_second_writer_is_told_who_is_there(program: "Command", taken: Path, stick: Path) -> None:
    with Case(taken) as case, case.seat("intake", purpose="intake of exhibit JS/9"):
        asked = program("intake", taken, stick, "--exhibit", "JS/1")
        assert (asked.code, asked.out) == (6, "")
        assert "is in use for intake: held by process " in asked.err
        assert "(intake of exhibit JS/9)" in asked.err
        assert program("account", taken).code == 0, "reading waits for nobody"


def events(stream: Iterator[str]) -> Iterator[dict[str, object]]:
    for line in stream:
        yield json.loads(line) if line.startswith("{") else {"said": line}


def test_stopped_by_the_keyboard_it_goes_on_later(
    run: "Command", program: "Command", empty: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "many"
    quick_exhibit(folder, pictures=500)
    words = [
        sys.executable,
        "-m",
        "everyframe",
        "intake",
        str(empty),
        str(folder),
        "--exhibit",
        "A",
        "--workers",
        "1",
        "--json",
    ]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for event in events(process.stderr):
            if event.get("phase") == "intake" and event["files_done"]:
                process.send_signal(signal.SIGINT)
                break
        out, rest = process.communicate(timeout=60)
    assert process.returncode == 100
    assert "finishing the files in hand; once more to stop at once" in rest
    result = json.loads(out)
    assert (result["done"], result["run"]["event"]) == (False, "stopped")
    states = result["account"]["states"]
    assert result["account"]["balanced"]
    assert states["pending"]["files"] > 0
    assert states["remaining"]["files"] > 0
    assert run("verify", empty).code == 0
    done = program("intake", empty, folder, "--exhibit", "A", "--json")
    assert done.code == 1
    assert done.json()["account"]["states"]["pending"]["files"] == 0
    assert done.json()["run"]["files"] < result["run"]["files"], "what was done is not done again"


def test_stages_may_follow_one_another(
    program: "Command", empty: Path, stick: Path, finished: Path, run: "Command"
) -> None:
    first = program(
        "intake", empty, stick, "--exhibit", "JS/1", "--workers", "1", "--stages", "pdq,metadata", "--json"
    ).json()
    assert first["account"]["states"]["remaining"]["files"] == 0
    assert first["account"]["states"]["pending"]["files"] == 19
    second = program("intake", empty, stick, "--exhibit", "JS/1", "--workers", "1", "--json").json()
    assert second["fresh"]
    assert second["account"]["states"]["pending"]["files"] == 0
    assert second["digest"] == run("digest", finished).out.strip()
