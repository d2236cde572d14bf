"""Volumes within volumes: LVM as its own tools write it, Apple's partition map, FileVault and BitLocker without a key."""

import os
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.disk.making import MIB, digests_of, empty, read_image, tool

from everyframe.errors import EvidenceError
from everyframe.evidence.disk.image import ImageReader, recognise_image
from everyframe.evidence.disk.lvm import Pieces, logical_volumes
from everyframe.evidence.disk.media import Files
from everyframe.model.disk import VolumeState

EXTENT = 4 * MIB
LOGICAL = """
	logical_volumes {
		photos {
			id = "AAAAAA-aaaa-aaaa-aaaa-aaaa-aaaa-aaaaaa"
			status = ["READ", "WRITE", "VISIBLE"]
			segment_count = 2
			segment1 { start_extent = 0 extent_count = 1 type = "striped" stripe_count = 1 stripes = ["pv0", 5] }
			segment2 { start_extent = 1 extent_count = 3 type = "striped" stripe_count = 1 stripes = ["pv0", 1] }
		}
		pool {
			id = "BBBBBB-aaaa-aaaa-aaaa-aaaa-aaaa-aaaaaa"
			status = ["READ", "WRITE", "VISIBLE"]
			segment_count = 1
			segment1 { start_extent = 0 extent_count = 2 type = "zero" }
		}
	}
"""


def _group(image: Path, folder: Path) -> None:
    """Make a group whose description names two logical volumes; without a device mapper they are written by hand."""
    done = subprocess.run(["losetup", "-f", "--show", image], capture_output=True, text=True, check=False)
    if os.geteuid() or done.returncode:
        pytest.skip("no image can be a device here")
    device = done.stdout.strip()
    options = (
        "--config",
        f'devices {{ use_devicesfile=0 filter=["a|{device}|","r|.*|"] }} activation {{ udev_sync=0 udev_rules=0 }}',
    )
    text = folder / "group.txt"
    try:
        tool("pvcreate", "-q", *options, device)
        tool("vgcreate", "-q", *options, "seized", device)
        tool("vgcfgbackup", "-q", *options, "-f", text, "seized")
        said = text.read_text()
        end = said.rindex("\n}")
        text.write_text(said[:end] + LOGICAL + said[end:])
        tool("vgcfgrestore", "-q", *options, "-f", text, "seized")
    finally:
        subprocess.run(["losetup", "-d", device], check=True)


def test_a_logical_volume_in_two_pieces_is_read(tree: Path, raw_image: Callable[[str], Path], tmp_path: Path) -> None:
    image = empty(tmp_path / "disk.dd", 64 * MIB)
    _group(image, tmp_path)
    data = raw_image("ext2").read_bytes()
    with image.open("r+b") as stream:
        for at, part in ((5, data[:EXTENT]), (1, data[EXTENT:])):
            stream.seek(MIB + at * EXTENT)
            stream.write(part)
    found, entries = read_image(image)
    assert found == {f"photos/{path}": digest for path, digest in digests_of(tree).items()}
    layout = ImageReader(os.fsencode(image)).layout
    assert [(v.key, v.kind, v.state, v.size) for v in layout.volumes] == [
        ("", "LVM", VolumeState.HOLDS, 64 * MIB),
        ("photos", "ext2", VolumeState.READ, 4 * EXTENT),
        ("pool", "logical volume", VolumeState.UNREADABLE, 2 * EXTENT),
    ]
    assert "of the kind zero" in layout.volumes[2].reason
    assert [p.code for p in layout.problems] == ["volume-unreadable"]
    assert not [e for e in entries if e.problem]


def test_a_group_that_nothing_describes_is_unread(tmp_path: Path) -> None:
    image = tmp_path / "disk.dd"
    image.write_bytes((bytes(512) + b"LABELONE" + bytes(16) + b"LVM2 001").ljust(MIB, b"\0"))
    with pytest.raises(EvidenceError, match="LVM"):
        logical_volumes(Files([os.fsencode(image)]))
    (volume,) = ImageReader(os.fsencode(image)).layout.volumes
    assert (volume.kind, volume.state) == ("LVM", VolumeState.UNREADABLE)


def test_pieces_are_read_across_their_borders(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(100)))
    pieces = Pieces(Files([os.fsencode(path)]), ((50, 10), (0, 20), (90, 20)))
    assert pieces.size == 50
    assert pieces.read(5, 20) == bytes([*range(55, 60), *range(15)])
    assert pieces.read(29, 4) == bytes([19, 90, 91, 92])
    assert pieces.read(60, 5) == b""
    with pytest.raises(OSError, match="ends before"):
        pieces.read(35, 15)


def apple_map(parts: list[Path], image: Path) -> Path:
    """Write an Apple partition map: the driver's block, the map itself, and the parts, each at a MiB."""
    sizes = [-(-p.stat().st_size // MIB) * 2048 for p in parts]
    named = [("Apple", "Apple_partition_map", 1, 63)]
    at = 2048
    for number, size in enumerate(sizes):
        named.append((f"disk {number}", "Apple_HFS", at, size))
        at += size
    empty(image, at * 512)
    with image.open("r+b") as stream:
        stream.write(struct.pack(">2sHI", b"ER", 512, at).ljust(512, b"\0"))
        for name, kind, start, size in named:
            head = struct.pack(
                ">2sHIII32s32sIII", b"PM", 0, len(named), start, size, name.encode(), kind.encode(), 0, size, 0x33
            )
            stream.write(head.ljust(512, b"\0"))
        for part, (_, _, start, _) in zip(parts, named[1:], strict=True):
            stream.seek(start * 512)
            stream.write(part.read_bytes())
    return image


def test_the_partitions_of_an_apple_map_are_read(tree: Path, raw_image: Callable[[str], Path], tmp_path: Path) -> None:
    image = apple_map([raw_image("ext4"), raw_image("FAT16")], tmp_path / "disk.dd")
    layout = recognise_image(os.fsencode(image))
    assert layout is not None
    assert layout.table == "APM"
    keys = [v.key for v in layout.volumes if v.kind in ("ext4", "FAT16")]
    found, _ = read_image(image)
    assert found == {f"{key}/{path}": digest for key in keys for path, digest in digests_of(tree).items()}
    assert [v.size for v in layout.volumes if v.key in keys] == [16 * MIB, 16 * MIB]


@pytest.mark.parametrize(
    ("kind", "at", "head"),
    [("BitLocker", 0, b"\xeb\x58\x90-FVE-FS-"), ("CoreStorage (FileVault)", 88, b"CS")],
)
def test_what_is_encrypted_and_cannot_be_opened_is_unread_bytes(
    kind: str, at: int, head: bytes, tmp_path: Path
) -> None:
    image = empty(tmp_path / "disk.dd", MIB)
    with image.open("r+b") as stream:
        stream.seek(at)
        stream.write(head)
    layout = ImageReader(os.fsencode(image)).layout
    (volume,) = layout.volumes
    assert (volume.kind, volume.unread, volume.size) == (kind, True, MIB)
    assert len(layout.problems) == 1
