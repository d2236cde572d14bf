"""Reading evidence never writes: shown by the system calls of a whole intake, and by the limits on workers."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.intake.taking_in import fresh_case

from everyframe.testing.exhibits import quick_exhibit

WRITING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND")
CHANGING = (
    "unlink",
    "rename",
    "mkdir",
    "rmdir",
    "link",
    "symlink",
    "chmod",
    "chown",
    "truncate",
    "utime",
    "setxattr",
    "mknod",
)


def snapshot(folder: Path) -> dict[str, tuple[int, ...]]:
    """Give size, mode and all times of every name, and of the folder itself."""
    names = [folder, *folder.rglob("*")]
    status = {str(p): p.lstat() for p in names}
    return {n: (s.st_size, s.st_mode, s.st_mtime_ns, s.st_ctime_ns) for n, s in status.items()}


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_no_system_call_of_an_intake_writes_below_the_source(tmp_path: Path) -> None:
    folder = tmp_path / "source of evidence"
    quick_exhibit(folder, pictures=6)
    with fresh_case(tmp_path / "case"):
        pass
    before = snapshot(folder)
    log = tmp_path / "calls"
    command = [
        "strace",
        "-f",
        "-y",
        "-s",
        "400",
        "-e",
        "trace=%file,ftruncate,fchmod,fchown,fsetxattr,futimesat",
        "-o",
        str(log),
    ]
    command += [sys.executable, "-m", "everyframe", "intake", str(tmp_path / "case"), str(folder), "--exhibit", "A"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=250)
    assert done.returncode == 1, done.stderr
    lines = [line for line in log.read_text(errors="replace").splitlines() if str(folder) in line]
    opened = [line for line in lines if "open" in line]
    assert len(opened) >= 15
    assert [line for line in opened if WRITING.search(line)] == []
    assert [line for line in lines if line.split(" ", 1)[1].lstrip().startswith(CHANGING)] == []
    assert snapshot(folder) == before


def test_times_of_last_access_stay_as_they_were(tmp_path: Path) -> None:
    from tests.intake.taking_in import take_in

    folder = tmp_path / "source"
    quick_exhibit(folder, pictures=6)
    os.utime(folder / "notes.txt", (1_000_000_000, 1_700_000_000))
    before = {p: p.stat().st_atime_ns for p in folder.rglob("*") if p.is_file()}
    with fresh_case(tmp_path / "case") as case:
        take_in(case, folder)
    assert {p: p.stat().st_atime_ns for p in before} == before


CONFINED = """
import os, socket, subprocess, sys
from everyframe.intake import sandbox
missing = sandbox.confine(2 << 30)
out = []
def tries(name, call):
    try:
        call()
        out.append(name + " went through")
    except OSError as error:
        out.append(name + " " + type(error).__name__)
place = sys.argv[1]
tries("create", lambda: open(place + "/new", "w"))
tries("write", lambda: open(place + "/old", "r+"))
tries("remove", lambda: os.remove(place + "/old"))
tries("mkdir", lambda: os.mkdir(place + "/dir"))
tries("rename", lambda: os.rename(place + "/old", place + "/older"))
tries("read", lambda: open(place + "/old").read())
listening = socket.socket()
tries("bind", lambda: listening.bind(("127.0.0.1", 0)))
tries("connect", lambda: socket.create_connection(("127.0.0.1", 9), timeout=1))
done = subprocess.run(["touch", place + "/by another program"], stderr=subprocess.DEVNULL)
out.append("program ended with " + str(done.returncode))
tries("memory", lambda: bytearray(3 << 30))
print(missing + "|" + ",".join(out))
"""


def test_a_worker_can_make_no_file_and_reach_no_host(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("x")
    done = subprocess.run(
        [sys.executable, "-c", CONFINED.replace("except OSError", "except (OSError, MemoryError)"), str(tmp_path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    missing, found = done.stdout.strip().split("|")
    if missing:
        pytest.skip(missing)
    assert found.split(",") == [
        "create PermissionError",
        "write PermissionError",
        "remove PermissionError",
        "mkdir PermissionError",
        "rename PermissionError",
        "read went through",
        "bind PermissionError",
        "connect PermissionError",
        "program ended with 1",
        "memory MemoryError",
    ]
    assert [p.name for p in tmp_path.iterdir()] == ["old"]
