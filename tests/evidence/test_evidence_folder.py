"""Folders: any name, any depth, every kind of thing in them, and nothing changed by looking."""

import errno
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everyframe.errors import EvidenceError
from everyframe.evidence import status
from everyframe.evidence.folder import FolderReader
from everyframe.evidence.walk import HELD
from everyframe.model.entry import Entry
from everyframe.model.states import EntryKind
from everyframe.model.warning import WarningCode


def listed(root: Path | bytes) -> list[Entry]:
    reader = FolderReader(root)
    try:
        return list(reader.entries())
    finally:
        reader.close()


def paths(root: Path | bytes) -> list[bytes]:
    return [entry.path for entry in listed(root)]


def put(path: bytes, data: bytes = b"x") -> None:
    handle = os.open(path, os.O_CREAT | os.O_WRONLY)
    os.write(handle, data)
    os.close(handle)


def grow_folder(path: bytes) -> None:
    os.mkdir(path)  # noqa: PTH102 - a Path takes no bytes


def read(reader: FolderReader, entry: Entry) -> bytes:
    with reader.open(entry) as stream:
        return stream.read()


def descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_order_is_that_of_bytes_part_by_part(tmp_path: Path) -> None:
    root = os.fsencode(tmp_path)
    for folder in (b"a", b"b", b"b/c"):
        grow_folder(root + b"/" + folder)
    for name in (b"a-b", b"a/z", b"a.txt", b"A", b"b/c/1", b"b/c.1", b"b/\xff", "b/\u00e9".encode()):
        put(root + b"/" + name)
    assert paths(root) == [b"A", b"a/z", b"a-b", b"a.txt", b"b/c/1", b"b/c.1", "b/\u00e9".encode(), b"b/\xff"]


def test_odd_names_are_kept_and_opened(tmp_path: Path) -> None:
    root = os.fsencode(tmp_path)
    names = [bytes([byte]) * 255 for byte in (0xFF, 0x80, ord("x"))] + [
        b"\n",
        b"\x1b[31m",
        b" ",
        b"...",
        b"\xe2\x80\xaegpj",
    ]
    for name in names:
        put(root + b"/" + name, name)
    reader = FolderReader(root)
    found = {entry.path: read(reader, entry) for entry in reader.entries()}
    reader.close()
    assert found == {name: name for name in names}


def test_every_kind_is_recorded_and_none_followed(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "out").symlink_to("/")
    (tmp_path / "dangling").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(tmp_path)
        listening.bind("socket")
        os.chdir(here)
    expected = {
        b"file": EntryKind.FILE,
        b"link": EntryKind.SYMLINK,
        b"out": EntryKind.SYMLINK,
        b"dangling": EntryKind.SYMLINK,
        b"pipe": EntryKind.FIFO,
        b"socket": EntryKind.SOCKET,
    }
    if os.geteuid() == 0:
        os.mknod(tmp_path / "disk", stat.S_IFBLK | 0o600, os.makedev(7, 200))
        expected[b"disk"] = EntryKind.DEVICE
    entries = {entry.path: entry for entry in listed(tmp_path)}
    assert {path: entry.kind for path, entry in entries.items()} == expected
    assert entries[b"file"].size == 5


def test_deeper_than_the_longest_path(tmp_path: Path) -> None:
    root = os.fsencode(tmp_path)
    handle = os.open(root, os.O_RDONLY)
    depth = HELD * 3
    for level in range(depth):
        for name in (b"a", b"z"):
            os.close(os.open(name, os.O_CREAT | os.O_WRONLY, dir_fd=handle))
        os.mkdir(b"m" * 100, dir_fd=handle)
        below = os.open(b"m" * 100, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = below
        assert level < depth
    last = os.open(b"last", os.O_CREAT | os.O_WRONLY, dir_fd=handle)
    os.write(last, b"found")
    os.close(last)
    os.close(handle)
    before = descriptors()
    reader = FolderReader(root)
    most, found = 0, []
    for entry in reader.entries():
        most = max(most, descriptors() - before)
        found.append(entry)
    assert len(found) == 2 * depth + 1
    assert not [entry for entry in found if entry.problem]
    assert most <= HELD + 5
    (deepest,) = [entry for entry in found if entry.path.endswith(b"last")]
    assert len(deepest.path) > 4096
    assert read(reader, deepest) == b"found"
    reader.close()
    shutil.rmtree(tmp_path / ("m" * 100))


def test_single_file(tmp_path: Path) -> None:
    (tmp_path / "image.dd").write_bytes(b"sectors")
    (tmp_path / "link").symlink_to("image.dd")
    for root in (tmp_path / "image.dd", tmp_path / "link", os.fsencode(tmp_path / "image.dd")):
        reader = FolderReader(root)
        (entry,) = reader.entries()
        assert (entry.path, entry.size) == (b"image.dd", 7)
        assert read(reader, entry) == b"sectors"
        reader.close()


def test_single_file_that_is_gone(tmp_path: Path) -> None:
    (tmp_path / "image.dd").write_bytes(b"sectors")
    reader = FolderReader(tmp_path / "image.dd")
    (tmp_path / "image.dd").unlink()
    (entry,) = reader.entries()
    assert (entry.kind, entry.problem and entry.problem.code) == (EntryKind.UNKNOWN, WarningCode.UNREADABLE_FILE)
    reader.close()


def test_root_that_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for root, reason in ((tmp_path / "missing", "No such file"), (tmp_path / "pipe", "neither a folder nor")):
        with pytest.raises(EvidenceError, match=reason) as caught:
            FolderReader(root)
        assert caught.value.code == "unreadable-directory"


def test_times_are_exact(tmp_path: Path) -> None:
    name = tmp_path / "file"
    name.write_bytes(b"")
    cases = {
        1_706_696_100_123_456_789: "2024-01-31T10:15:00.123456789+00:00",
        0: "1970-01-01T00:00:00.000000000+00:00",
        -1: "1969-12-31T23:59:59.999999999+00:00",
        4_294_967_296_000_000_001: "2106-02-07T06:28:16.000000001+00:00",
    }
    for nanoseconds, text in cases.items():
        os.utime(name, ns=(nanoseconds, nanoseconds))
        (entry,) = listed(tmp_path)
        assert (entry.modified, entry.accessed) == (text, text)
        assert entry.changed is not None
        assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}\+00:00", entry.changed)


def test_time_of_birth_is_given_where_the_system_has_it(tmp_path: Path) -> None:
    name = tmp_path / "file"
    name.write_bytes(b"")
    os.utime(name, ns=(0, 0))
    (entry,) = listed(tmp_path)
    assert entry.created is None or entry.created > "2020"


def test_system_without_statx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    os.utime(tmp_path / "file", ns=(1, 2))
    (first,) = listed(tmp_path)
    monkeypatch.setattr(status, "_statx", None)
    (second,) = listed(tmp_path)
    assert second.created is None
    assert (first.size, first.modified, first.changed) == (second.size, second.modified, second.changed)


def test_looking_changes_no_time(tmp_path: Path) -> None:
    name = tmp_path / "sub" / "file"
    name.parent.mkdir()
    name.write_bytes(b"x")
    for path in (name, name.parent):
        os.utime(path, ns=(1, 2))
    reader = FolderReader(tmp_path)
    for entry in list(reader.entries()):
        read(reader, entry)
    reader.close()
    assert [path.stat().st_atime_ns for path in (name, name.parent)] == [1, 1]


UNPRIVILEGED = """
import os, sys
from everyframe.evidence.folder import FolderReader
os.setgid(65534) if os.geteuid() == 0 else None
os.setuid(65534) if os.geteuid() == 0 else None
reader = FolderReader(sys.argv[1].encode())
for entry in reader.entries():
    problem = entry.problem
    opened = ""
    if problem is None:
        try:
            opened = reader.open(entry).read().decode()
        except Exception as error:
            opened = f"{type(error).__name__} {error.code}"
    print(entry.path.decode(), entry.kind, problem.code if problem else "-", problem.reason if problem else opened)
"""


def test_what_may_not_be_read_is_told() -> None:
    place = Path("/tmp") / f"evidence-{os.getpid()}"  # reachable for another user, as a test's own folder is not
    try:
        for name in ("open", "closed", "listable"):
            (place / name).mkdir(parents=True)
            (place / name / "file").write_text("seen")
        (place / "secret").write_text("seen")
        (place / "secret").chmod(0)
        (place / "closed").chmod(0)
        (place / "listable").chmod(0o444)
        command = [sys.executable, "-c", UNPRIVILEGED, str(place)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    finally:
        for name in ("closed", "listable"):
            (place / name).chmod(0o755)
        shutil.rmtree(place)
    assert done.stdout.splitlines() == [
        "closed directory unreadable-directory Permission denied",
        "listable/file unknown unreadable-file Permission denied",
        "open/file file - seen",
        "secret file - EvidenceError unreadable-file",
    ]


def test_folder_that_fails_half_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("a", "b", "c"):
        (tmp_path / "sub" / name).write_bytes(b"x")
    really = os.scandir

    class Failing:
        def __init__(self, handle: int) -> None:
            self.names = really(handle)
            self.given = 0

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            self.names.close()

        def __iter__(self) -> Self:
            return self

        def __next__(self) -> os.DirEntry[str]:
            if self.given == 2:
                raise OSError(errno.EIO, "Input/output error")
            self.given += 1
            return next(self.names)

    monkeypatch.setattr(os, "scandir", Failing)
    entries = listed(tmp_path)
    assert len(entries) == 3
    assert entries[-1].path == b"sub"
    assert entries[-1].problem is not None
    assert (entries[-1].problem.code, entries[-1].problem.reason) == (
        WarningCode.UNREADABLE_DIRECTORY,
        "Input/output error",
    )


def test_things_that_go_while_the_list_is_made(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "d").mkdir()
    reader = FolderReader(tmp_path)
    names = reader.entries()
    assert next(names).path == b"a"
    (tmp_path / "b").unlink()
    (tmp_path / "d").rmdir()
    rest = list(names)
    assert [entry.path for entry in rest] == [b"b", b"c", b"d"]
    assert [entry.kind for entry in rest] == [EntryKind.UNKNOWN, EntryKind.FILE, EntryKind.UNKNOWN]
    assert rest[0].problem is not None
    assert rest[0].problem.code is WarningCode.UNREADABLE_FILE
    reader.close()


def test_folder_replaced_while_it_is_left(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(HELD + 10):
        (deep / "z").write_bytes(b"")
        deep /= "m"
        deep.mkdir()
    reader = FolderReader(tmp_path)
    names = reader.entries()
    first = next(names)
    assert first.path.count(b"/") == HELD + 9
    (tmp_path / "m").rename(tmp_path / "moved")
    (tmp_path / "m").mkdir()
    rest = list(names)
    reader.close()
    assert len(rest) == HELD + 9
    assert {entry.problem.code for entry in rest if entry.problem} == {WarningCode.UNREADABLE_FILE}


@pytest.mark.parametrize("swap", ["link", "pipe", "folder"])
def test_file_swapped_before_it_is_opened(tmp_path: Path, swap: str) -> None:
    name = tmp_path / "file"
    name.write_bytes(b"x")
    reader = FolderReader(tmp_path)
    (entry,) = reader.entries()
    name.unlink()
    if swap == "link":
        name.symlink_to("/etc/passwd")
    elif swap == "pipe":
        os.mkfifo(name)
    else:
        name.mkdir()
    began = time.monotonic()
    with pytest.raises(EvidenceError):
        reader.open(entry)
    assert time.monotonic() - began < 1
    reader.close()


def test_folder_swapped_for_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "in" / "sub" / "file").write_bytes(b"x")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "file").write_bytes(b"not evidence")
    reader = FolderReader(tmp_path / "in")
    (entry,) = reader.entries()
    shutil.rmtree(tmp_path / "in" / "sub")
    (tmp_path / "in" / "sub").symlink_to(tmp_path / "out")
    with pytest.raises(EvidenceError):
        reader.open(entry)
    reader.close()


@pytest.mark.parametrize("path", [b"../x", b"a/../../x", b"/etc/passwd", b"", b".", b"a//b"])
def test_paths_lead_nowhere_else(tmp_path: Path, path: bytes) -> None:
    reader = FolderReader(tmp_path)
    with pytest.raises(EvidenceError):
        reader.open(Entry(path=path))
    reader.close()


NAMES = (
    st.binary(min_size=1, max_size=12)
    .map(lambda name: name.translate(None, b"/\0"))
    .filter(lambda name: name not in {b"", b".", b".."})
)
TREES: st.SearchStrategy[dict[bytes, Any]] = st.dictionaries(
    NAMES, st.deferred(lambda: st.binary(max_size=20) | TREES), max_size=5
)


def _grow(root: bytes, tree: dict[bytes, Any], made: dict[bytes, bytes], prefix: bytes = b"") -> None:
    for name, content in tree.items():
        if isinstance(content, bytes):
            put(root + b"/" + name, content)
            made[prefix + name] = content
        else:
            grow_folder(root + b"/" + name)
            _grow(root + b"/" + name, content, made, prefix + name + b"/")


@given(tree=TREES)
@settings(max_examples=60, deadline=None)
def test_any_tree_comes_back(tree: dict[bytes, Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    root = os.fsencode(tmp_path_factory.mktemp("tree"))
    made: dict[bytes, bytes] = {}
    _grow(root, tree, made)
    reader = FolderReader(root)
    entries = list(reader.entries())
    assert {entry.path: read(reader, entry) for entry in entries} == made
    assert [entry.path.split(b"/") for entry in entries] == sorted(entry.path.split(b"/") for entry in entries)
    reader.close()


def test_system_calls_of_a_listing_open_nothing_for_writing(tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    root = tmp_path / "source"
    (root / "sub").mkdir(parents=True)
    (root / "sub" / "file").write_bytes(b"x")
    program = (
        "import sys; from everyframe.evidence.folder import FolderReader\n"
        "r = FolderReader(sys.argv[1].encode()); [r.open(e).read() for e in r.entries()]; r.close()\n"
    )
    calls = "open,openat,openat2,creat,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat,truncate,utimensat,chmod"
    trace = tmp_path / "trace"
    command = ["strace", "-f", "-y", "-e", f"trace={calls}", "-o", str(trace), sys.executable, "-B"]
    try:
        subprocess.run([*command, "-c", program, str(root)], check=True, capture_output=True)
    except subprocess.CalledProcessError as error:
        if b"ptrace" in error.stderr:
            pytest.skip("strace may not trace here")
        raise
    lines = [line for line in trace.read_text().splitlines() if str(root) in line]
    assert any("file" in line for line in lines)
    assert all("O_RDONLY" in line for line in lines)
    assert not [line for line in lines if re.search("O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)", line)]


@pytest.mark.soak
def test_fifty_thousand_files_are_listed_in_two_seconds(tmp_path: Path) -> None:
    for folder in range(50):
        (tmp_path / f"{folder}").mkdir()
        for number in range(1000):
            put(os.fsencode(tmp_path / f"{folder}" / f"{number}.jpg"), b"")
    began = time.perf_counter()
    assert len(listed(tmp_path)) == 50_000
    assert time.perf_counter() - began < 2
