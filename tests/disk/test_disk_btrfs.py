"""Btrfs as the kernel writes it: compressed extents, holes, subvolumes and snapshots; and what is not read."""

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.disk.making import digests_of, empty, read_image, sha, tool

from everyframe.evidence.disk.btrfs_packed import _frame_end, unpacked
from everyframe.evidence.disk.image import ImageReader
from everyframe.model.disk import VolumeState
from everyframe.testing.exhibits import jpeg


@contextmanager
def mounted(image: Path, *options: str) -> Iterator[Path]:
    top = image.with_suffix(".mount")
    top.mkdir(exist_ok=True)
    command = ["mount", "-t", "btrfs", "-o", ",".join(("loop", *options)), str(image), str(top)]
    if os.geteuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no image can be mounted here")
    try:
        yield top
    finally:
        subprocess.run(["umount", str(top)], check=True)


@pytest.mark.parametrize("packing", ["zlib", "lzo", "zstd"])
def test_compressed_files_are_those_that_were_written(packing: str, tree: Path, tmp_path: Path) -> None:
    image = empty(tmp_path / "disk.dd", 120 << 20)
    tool("mkfs.btrfs", "-q", image)
    words = " ".join(random.Random(1).choices(["harbour", "letter", "morning", "train"], k=200_000)).encode()
    with mounted(image, f"compress-force={packing}") as top:
        shutil.copytree(tree, top, dirs_exist_ok=True)
        (top / "words.txt").write_bytes(words)
        (top / "short.txt").write_bytes(words[:1500])
    expected = digests_of(tree) | {"words.txt": sha(words), "short.txt": sha(words[:1500])}
    found, _ = read_image(image)
    assert found == expected


def test_holes_rewritten_parts_subvolumes_and_snapshots(tmp_path: Path) -> None:
    image = empty(tmp_path / "disk.dd", 120 << 20)
    tool("mkfs.btrfs", "-q", image)
    with mounted(image) as top:
        tool("btrfs", "subvolume", "create", top / "photos")
        (top / "photos" / "one.jpg").write_bytes(jpeg(1))
        tool("btrfs", "subvolume", "snapshot", "-r", top / "photos", top / "yesterday")
        (top / "photos" / "one.jpg").unlink()
        (top / "photos" / "two.jpg").write_bytes(jpeg(2))
        with (top / "sparse.bin").open("wb") as stream:
            stream.seek(3 << 20)
            stream.write(b"end")
        body = bytearray(random.Random(2).randbytes(1 << 20))
        (top / "changed.bin").write_bytes(body)
        os.sync()
        body[300_000:310_000] = b"x" * 10_000
        with (top / "changed.bin").open("r+b") as stream:
            stream.seek(300_000)
            stream.write(b"x" * 10_000)
        os.posix_fallocate((handle := os.open(top / "promised.bin", os.O_CREAT | os.O_RDWR)), 0, 100_000)
        os.close(handle)
    found, entries = read_image(image)
    assert found == {
        "photos/two.jpg": sha(jpeg(2)),
        "yesterday/one.jpg": sha(jpeg(1)),
        "sparse.bin": sha(bytes(3 << 20) + b"end"),
        "changed.bin": sha(bytes(body)),
        "promised.bin": sha(bytes(100_000)),
    }
    assert [e.path for e in entries if e.problem] == []


def test_what_was_deleted_is_carved(tmp_path: Path) -> None:
    image = empty(tmp_path / "disk.dd", 120 << 20)
    tool("mkfs.btrfs", "-q", image)
    with mounted(image, "nodiscard") as top:
        for number in range(8):
            (top / f"{number}.jpg").write_bytes(jpeg(number))
        os.sync()
        (top / "3.jpg").unlink()
    reader = ImageReader(os.fsencode(image))
    found = set()
    for entry in reader.volume_entries("", carving=True):
        with reader.open(entry) as stream:
            found.add((sha(stream.read()), entry.provenance.value))
    reader.close()
    assert found == {(sha(jpeg(n)), "carved" if n == 3 else "live") for n in range(8)}


def test_small_files_that_stand_within_nodes_are_not_carved(tmp_path: Path) -> None:
    image, tree = empty(tmp_path / "disk.dd", 120 << 20), tmp_path / "tree"
    tree.mkdir()
    for number in range(5):
        (tree / f"{number}.jpg").write_bytes(jpeg(number, 32, 24))
    tool("mkfs.btrfs", "-q", "-r", tree, image)
    assert image.read_bytes().count(jpeg(3, 32, 24)) >= 2  # a node has a copy
    reader = ImageReader(os.fsencode(image))
    found = [e.path for e in reader.volume_entries("", carving=True)]
    reader.close()
    assert found == [b"%d.jpg" % n for n in range(5)]


def test_one_of_several_devices_is_unread_bytes(tmp_path: Path) -> None:
    images = [empty(tmp_path / f"{n}.dd", 120 << 20) for n in range(2)]
    tool("mkfs.btrfs", "-q", "-d", "single", "-m", "raid1", *images)
    layout = ImageReader(os.fsencode(images[0])).layout
    (volume,) = layout.volumes
    assert (volume.kind, volume.state, volume.size) == ("Btrfs", VolumeState.UNREADABLE, 120 << 20)
    assert "2 devices" in volume.reason
    assert [p.code for p in layout.problems] == ["volume-unreadable"]


def test_the_copy_of_the_super_block_is_used(tree: Path, tmp_path: Path) -> None:
    image = empty(tmp_path / "disk.dd", 120 << 20)
    tool("mkfs.btrfs", "-q", "-r", tree, image)
    with image.open("r+b") as stream:
        stream.seek(0x10000)
        stream.write(bytes(64))
        stream.seek(0x10000 + 48)
        stream.write(bytes(8))
    assert read_image(image)[0] == digests_of(tree)


def test_packed_bytes_are_unpacked_or_refused() -> None:
    import imagecodecs

    plain = b"harbour " * 4000
    packed = bytes(imagecodecs.zstd_encode(plain))
    assert _frame_end(packed + bytes(300)) == len(packed)
    assert unpacked(3, packed + bytes(300), len(plain)) == plain
    for kind, raw in ((1, b"no"), (2, b"\xff" * 40), (3, packed[:-9]), (3, b"no frame"), (7, b"")):
        with pytest.raises(OSError, match=r"damaged|not read"):
            unpacked(kind, raw, 4096)
