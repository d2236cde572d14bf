"""UDF alone: what `genisoimage` and `mkudffs` make, times as recorded, and discs that are not read."""

import os
from pathlib import Path

import pytest
from tests.disk.making import empty, tool

from everyframe.evidence.disk.image import ImageReader
from everyframe.evidence.disk.udf import _name, _time
from everyframe.model.disk import VolumeState


@pytest.mark.parametrize(
    ("medium", "revision"),
    [("hd", "0x0102"), ("hd", "0x0201"), ("dvdram", "0x0150"), ("cdrw", "0x0201")],
)
def test_a_fresh_volume_is_read(medium: str, revision: str, tmp_path: Path) -> None:
    image = empty(tmp_path / "disk.dd", 40 << 20)
    tool("mkudffs", f"--media-type={medium}", f"--udfrev={revision}", image)
    reader = ImageReader(os.fsencode(image))
    (volume,) = reader.layout.volumes
    assert (volume.kind, volume.state, volume.reason) == ("UDF", VolumeState.READ, "")
    assert list(reader.entries()) == []
    reader.close()


def test_a_disc_written_once_is_unread_bytes(tmp_path: Path) -> None:
    image = empty(tmp_path / "disk.dd", 40 << 20)
    tool("mkudffs", "--media-type=cdr", image)
    layout = ImageReader(os.fsencode(image)).layout
    (volume,) = layout.volumes
    assert (volume.state, volume.size) == (VolumeState.UNREADABLE, 40 << 20)
    assert "*UDF Virtual Partition" in volume.reason
    assert [p.code for p in layout.problems] == ["volume-unreadable"]


def test_free_space_is_what_no_file_owns(tree: Path, tmp_path: Path) -> None:
    from tests.disk.making import FILE_SYSTEMS

    image = tmp_path / "disk.dd"
    FILE_SYSTEMS["UDF"](tree, image)
    reader = ImageReader(os.fsencode(image))
    live = sum(e.size or 0 for e in reader.entries())
    (opened,) = reader._volumes
    assert opened.filesystem is not None
    free = list(opened.filesystem.free())
    assert sum(n for _, n in free) <= image.stat().st_size - live
    data = image.read_bytes()
    for path in tree.rglob("*.JPG"):
        at = data.index(path.read_bytes())
        assert not any(start < at + 100 and at < start + length for start, length in free)


def test_names_and_times_are_those_recorded() -> None:
    assert _name(b"\x08caf\xe9") == "café".encode()
    assert _name(b"\x10" + "海.jpg".encode("utf-16-be")) == "海.jpg".encode()
    assert _name(b"\x08a/b") == b"a_b"
    east = (1 << 12 | 120).to_bytes(2, "little") + (2026).to_bytes(2, "little") + bytes([11, 23, 4, 5, 6, 78, 9, 1])
    assert _time(east) == "2026-11-23T04:05:06.780901000+02:00"
    west = (1 << 12 | 0x1000 - 90 & 0xFFF).to_bytes(2, "little") + east[2:]
    assert _time(west) == "2026-11-23T04:05:06.780901000-01:30"
    unknown = (1 << 12 | 0x801).to_bytes(2, "little") + east[2:]
    assert _time(unknown) == "2026-11-23T04:05:06.780901000"
    assert _time(bytes(12)) is None
    assert _time(east[:4] + b"\x0d" + east[5:]) is None
