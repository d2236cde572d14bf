import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.analysis.samples import blob_of, jpeg

from everyframe.analysis import Limits, Tools
from everyframe.analysis.identify import Identified
from everyframe.analysis.stages import metadata
from everyframe.analysis.subject import Subject
from everyframe.analysis.tags import parse
from everyframe.analysis.tools import ToolError
from everyframe.model.states import MediaKind


def subject(tools: Tools, seconds: float = 5.0) -> Subject:
    identified = Identified(MediaKind.IMAGE, "image/jpeg")
    return Subject(blob_of(jpeg()), identified, Limits(tool_seconds=seconds), tools)


def script(tmp_path: Path, text: str) -> str:
    path = tmp_path / "reader"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_one_process_serves_many_contents(tools: Tools) -> None:
    first = parse(tools.tags(blob_of(jpeg()), 5)).raw
    process = tools._process
    assert process
    assert parse(tools.tags(blob_of(jpeg()), 5)).raw == first
    assert tools._process is process
    assert '"File:MIMEType": "image/jpeg"' in tools.tags(blob_of(jpeg()), 5)


def test_it_is_started_again_after_its_death() -> None:
    with Tools() as tools:
        before = parse(tools.tags(blob_of(jpeg()), 5)).raw
        assert tools._process
        os.kill(tools._process.pid, signal.SIGKILL)
        tools._process.wait()
        assert parse(tools.tags(blob_of(jpeg()), 5)).raw == before


OWNER = """
import os, sys, time
from tests.analysis.samples import blob_of, jpeg
from everyframe.analysis import Tools
tools = Tools()
tools.tags(blob_of(jpeg()), 30)
print(tools._process.pid, flush=True)
time.sleep(600)
"""


def gone(pid: int) -> bool:
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return True


def test_it_ends_with_the_process_that_it_works_for_however_that_ends() -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout
        pid = int(owner.stdout.readline())
        assert not gone(pid)
        owner.kill()
    end = time.monotonic() + 20
    while not gone(pid):
        assert time.monotonic() < end, "the metadata reader was left behind"
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("exit 3", "status 3"),
        ("cat >/dev/null", "no answer in time"),
        ("read a; kill -9 $$", "status -9"),
        (
            "while read a; do case $a in -execute*) echo nonsense; echo {ready${a#-execute}};; esac; done",
            "no answer: nonsense",
        ),
        ("while read a; do case $a in -execute*) echo '[{'; echo ']{ready'${a#-execute}};; esac; done", "no answer"),
    ],
)
def test_its_failures_are_problems_and_nothing_more(tmp_path: Path, text: str, words: str) -> None:
    started = time.monotonic()
    with Tools(script(tmp_path, text)) as tools:
        found = metadata.run(subject(tools, 0.5))
    assert [p.code for p in found.problems] == ["metadata-failed"]
    assert words in found.problems[0].reason or text.endswith("esac; done")
    assert time.monotonic() - started < 4


def test_a_missing_program_is_a_problem() -> None:
    with Tools("no-such-program") as tools:
        assert not tools.available()
        with pytest.raises(ToolError, match="cannot be started"):
            tools.tags(blob_of(jpeg()), 1)
        assert [p.code for p in metadata.run(subject(tools)).problems] == ["metadata-failed"]


def test_nothing_is_left_open() -> None:
    def count() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = count()
    for _ in range(3):
        with Tools() as tools:
            tools.tags(blob_of(jpeg()), 5)
    assert count() == before
