"""What every reader owes: a stable list, exact bytes at any offset, nothing written, nothing left open."""

import io
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.disk.making import FILE_SYSTEMS
from tests.evidence.forge import Members, tar_gz_of, zip_of

from everyframe.errors import EvidenceError
from everyframe.evidence import READERS, ArchiveReader, FolderReader, ImageReader, Reader
from everyframe.evidence.archive import ArchiveLimits
from everyframe.model.entry import Entry
from everyframe.model.states import EntryKind

TREE: Members = [
    (b"a.jpg", bytes(range(256)) * 10),
    (b"empty", b""),
    (b"sub/b.jpg", b"0123456789" * 1000),
    (b"sub/deeper/c", b"c"),
]


def _folder(place: Path) -> Reader:
    root = place / "tree"
    for name, data in TREE:
        target = root / name.decode()
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return FolderReader(root)


def _archive(build: Callable[[Members], bytes]) -> Callable[[Path], Reader]:
    return lambda _: ArchiveReader(io.BytesIO(build(TREE)), b"tree", ArchiveLimits(), lambda: None)


def _image(kind: str) -> Callable[[Path], Reader]:
    def make(place: Path) -> Reader:
        image = place / f"{kind}.dd"
        if not image.exists():
            _folder(place).close()
            FILE_SYSTEMS[kind](place / "tree", image)
        return ImageReader(os.fsencode(image))

    return make


SAMPLES: dict[str, list[Callable[[Path], Reader]]] = {
    "folder": [_folder],
    "archive": [_archive(zip_of), _archive(tar_gz_of)],
    "image": [_image("FAT16"), _image("ext4")],
}
EVERY = [(name, number) for name, makers in SAMPLES.items() for number in range(len(makers))]


@pytest.fixture(params=EVERY, ids=lambda sample: f"{sample[0]}-{sample[1]}")
def make(request: pytest.FixtureRequest) -> Callable[[Path], Reader]:
    name, number = request.param
    chosen: Callable[[Path], Reader] = SAMPLES[name][number]
    return chosen


def test_every_reader_has_a_sample() -> None:
    assert [reader.NAME for reader in READERS] == list(SAMPLES)
    assert all(reader.DESCRIPTION for reader in READERS)


def test_list_is_stable_and_complete(make: Callable[[Path], Reader], tmp_path: Path) -> None:
    reader = make(tmp_path)
    first, second = list(reader.entries()), list(reader.entries())
    reader.close()
    assert first == second
    assert [(entry.path, entry.size) for entry in first] == [(name, len(data)) for name, data in TREE]
    assert {entry.kind for entry in first} == {EntryKind.FILE}
    assert all(entry.problem is None for entry in first)


def test_bytes_are_exact_at_any_offset(make: Callable[[Path], Reader], tmp_path: Path) -> None:
    reader = make(tmp_path)
    chance = random.Random(3)
    entries = list(reader.entries())
    for entry in chance.sample(entries * 3, 12):
        expected = dict(TREE)[entry.path]
        with reader.open(entry) as stream:
            assert stream.seekable()
            assert isinstance(stream, io.BytesIO) or not stream.writable()
            for _ in range(10):
                start, size = chance.randrange(len(expected) + 5), chance.randrange(50)
                stream.seek(start)
                assert stream.read(size) == expected[start : start + size]
            stream.seek(0)
            assert stream.read() == expected
    reader.close()


def test_only_files_are_opened(make: Callable[[Path], Reader], tmp_path: Path) -> None:
    reader = make(tmp_path)
    for kind in EntryKind:
        if kind is not EntryKind.FILE:
            with pytest.raises(EvidenceError):
                reader.open(Entry(path=b"a.jpg", kind=kind, locator="0"))
    with pytest.raises(EvidenceError):
        reader.open(Entry(path=b"missing", locator="99"))
    reader.close()


def test_nothing_is_left_open(make: Callable[[Path], Reader], tmp_path: Path) -> None:
    make(tmp_path).close()
    before = sum(1 for _ in Path("/proc/self/fd").iterdir())
    for _ in range(50):
        reader = make(tmp_path)
        for entry in reader.entries():
            reader.open(entry).close()
        half = reader.entries()
        next(half)
        half.close()  # type: ignore[attr-defined]
        reader.close()
        reader.close()
    assert sum(1 for _ in Path("/proc/self/fd").iterdir()) <= before + 2


def test_nothing_is_opened_for_writing(
    make: Callable[[Path], Reader], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = make(tmp_path)
    flags = []
    really = os.open

    def spy(path: bytes, flag: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        flags.append(flag)
        return really(path, flag, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", spy)
    for entry in reader.entries():
        with reader.open(entry) as stream:
            stream.read()
    reader.close()
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    assert not any(flag & writing for flag in flags)
