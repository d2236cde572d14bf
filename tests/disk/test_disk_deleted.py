"""Two hundred pictures, deleted: what comes back, held against The Sleuth Kit's own fls and icat on the same image."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.disk.exfat import ExFat
from tests.disk.making import FILE_SYSTEMS, content, empty, sha, tool, with_mount

from everyframe.evidence.disk.image import ImageReader
from everyframe.model.disk import RecoveredState
from everyframe.model.entry import Entry
from everyframe.model.states import Provenance
from everyframe.testing.exhibits import jpeg

PICTURES = 200
KEPT = 20


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures") / "files"
    for n in range(PICTURES + KEPT):
        path = folder / f"d{n // 20:02}" / f"p{n:03}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jpeg(n, 240, 180))
    return folder


def _mtools(image: Path, names: list[str]) -> None:
    tool("mdel", "-i", image, *(f"::/{n}" for n in names))


def _debugfs(image: Path, names: list[str]) -> None:
    tool("debugfs", "-w", "-f", "/dev/stdin", image, into="".join(f"rm {n}\n" for n in names))


def _ntfs(image: Path, names: list[str]) -> None:
    def unlink(top: Path) -> None:
        for n in names:
            (top / n).unlink()

    with_mount(image, unlink)


def _exfat(image: Path, names: list[str], source: Path) -> None:
    tool("mkfs.exfat", empty(image, 16 << 20))
    volume = ExFat(image)
    volume.populate(source)
    for n in names:
        volume.delete(n)


DELETE: dict[str, Callable[[Path, list[str]], None]] = {
    "FAT12": _mtools,
    "FAT16": _mtools,
    "FAT32": _mtools,
    "NTFS": _ntfs,
    "ext2": _debugfs,
}


def deleted_by_icat(image: Path) -> set[str]:
    """Give the digest of everything that fls shows as deleted and icat reads."""
    import subprocess

    found = set()
    for line in tool("fls", "-r", "-d", "-p", image).splitlines():
        match = re.match(r"\S/\S \* ([\d-]+)", line)
        if match:
            done = subprocess.run(["icat", str(image), match[1]], capture_output=True, check=False)
            found.add(sha(done.stdout))
    return found


def recovered(image: Path) -> tuple[set[str], list[Entry]]:
    reader = ImageReader(os.fsencode(image))
    entries = [e for e in reader.entries() if e.provenance is Provenance.DELETED]
    found = {content(reader, e) for e in entries if e.problem is None}
    reader.close()
    return found, entries


def made(kind: str, pictures: Path, folder: Path) -> tuple[Path, set[str]]:
    """Make an image and delete the first pictures in it; gives it and their digests."""
    image = folder / "disk.dd"
    FILE_SYSTEMS[kind](pictures, image)
    gone = sorted(p for p in pictures.rglob("*.jpg"))[:PICTURES]
    names = [p.relative_to(pictures).as_posix() for p in gone]
    if kind == "exFAT":
        _exfat(image, names, pictures)
    else:
        DELETE[kind](image, names)
    return image, {sha(p.read_bytes()) for p in gone}


@pytest.mark.parametrize("kind", [*DELETE, "exFAT"])
def test_two_hundred_deleted_pictures_come_back(kind: str, pictures: Path, tmp_path: Path) -> None:
    image, wanted = made(kind, pictures, tmp_path)
    peer = deleted_by_icat(image) & wanted
    found, entries = recovered(image)
    assert found & wanted >= peer
    assert len(found & wanted) >= 0.99 * len(wanted), f"fls and icat: {len(peer)}"
    assert found <= wanted, "what is said to be whole is whole"
    whole = [e for e in entries if e.problem is None]
    assert {e.recovered.state for e in whole if e.recovered} == {RecoveredState.INTACT}
    data = image.read_bytes()
    for entry in whole[::17]:
        assert entry.recovered is not None
        if entry.recovered.offset is not None:
            assert data[entry.recovered.offset :][:2] == b"\xff\xd8", "VICS PhysicalLocation"


@pytest.mark.parametrize("kind", ["ext3", "ext4"])
def test_what_has_only_a_name_left_is_listed_with_that_reason(kind: str, pictures: Path, tmp_path: Path) -> None:
    """Linux clears the block list of a deleted file on ext3 and ext4; so does this test, where debugfs does not."""
    image = tmp_path / "disk.dd"
    FILE_SYSTEMS[kind](pictures, image)
    names = [f"d00/p{n:03}.jpg" for n in range(20)]
    blocks = [f"set_inode_field {n} block[{b}] 0\n" for n in names for b in range(15)]
    cleared = "".join(blocks + [f"set_inode_field {n} size 0\nset_inode_field {n} flags 0\nrm {n}\n" for n in names])
    tool("debugfs", "-w", "-f", "/dev/stdin", image, into=cleared)
    found, entries = recovered(image)
    assert found == set()
    assert {e.path.decode() for e in entries} >= set(names)
    assert {e.problem.code.value for e in entries if e.problem} == {"deleted-gone"}


def test_a_deleted_file_whose_place_was_taken_says_so(tmp_path: Path) -> None:
    """Two deleted files: name and record of one are used again, and part of the place of the other."""
    tree = tmp_path / "tree"
    tree.mkdir()
    for n in range(3):
        (tree / f"f{n}.bin").write_bytes(bytes([65 + n]) * 40_000)
    image = tmp_path / "disk.dd"
    FILE_SYSTEMS["ext2"](tree, image)
    _debugfs(image, ["f0.bin", "f1.bin"])
    new = tmp_path / "new.bin"
    new.write_bytes(b"Z" * 50_000)
    tool("debugfs", "-w", "-R", f"write {new} new.bin", image)
    _, entries = recovered(image)
    found = {e.path.decode(): e for e in entries}
    assert set(found) == {"f1.bin"}, "the new file took the name's place of the first one, too"
    second = found["f1.bin"]
    assert second.recovered is not None
    assert (second.recovered.state, second.problem) == ("partly-reallocated", None)
    assert second.recovered.unallocated is False


def test_more_deleted_records_than_are_listed_are_said(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Damaged volumes can show millions of records that never were."""
    image = tmp_path / "disk.dd"
    FILE_SYSTEMS["FAT16"](pictures, image)
    names = [f"d{n // 20:02}/p{n:03}.jpg" for n in range(60)]
    _mtools(image, names)
    monkeypatch.setattr("everyframe.evidence.disk.tsk.MOST_RECORDS", 25)
    reader = ImageReader(os.fsencode(image))
    entries = list(reader.entries())
    assert len([e for e in entries if e.provenance is Provenance.DELETED]) == 25
    assert len([e for e in entries if e.provenance is Provenance.LIVE]) == PICTURES + KEPT - 60
    (said,) = reader.volume_problems("")
    assert (said.code, said.reason) == ("records-limit", "35 deleted records beyond the first 25 are not listed")
    reader.close()
