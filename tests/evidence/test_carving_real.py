"""Carving where files really lie: photographs of cameras, and a file system with its own free space."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.evidence.carving_forge import carved, photo

from everyframe.evidence.carving import State, free_ranges

CLUSTER = 4096


def test_photographs_of_cameras_are_whole(corpora: Path) -> None:
    """All but those that are damaged on purpose or have something appended behind their end."""
    paths = sorted(p for p in (corpora / "exif-samples" / "jpg").rglob("*.jpg") if "invalid" not in p.parts)
    assert len(paths) > 50
    short = []
    for path in paths:
        data = path.read_bytes()
        found = [c for c in carved(bytes(512) + data + bytes(512)) if c.state == State.WHOLE and c.offset == 512]
        if [c.size for c in found] != [len(data)]:
            short.append(path.name)
    assert short == ["corrupted.jpg", "olympus-d320l.jpg"]


@pytest.mark.skipif(not (shutil.which("mkfs.vfat") and shutil.which("mcopy")), reason="needs dosfstools and mtools")
def test_carving_skips_what_a_live_file_owns(tmp_path: Path) -> None:
    """A FAT volume: one photo kept, one deleted; only the deleted one lies in free space."""
    image = tmp_path / "fat.img"
    image.write_bytes(bytes(16 << 20))
    env = os.environ | {"MTOOLS_SKIP_CHECK": "1"}
    subprocess.run(["mkfs.vfat", "-F", "16", "-s", "8", str(image)], check=True, capture_output=True)
    kept, gone = photo(1), photo(2)
    for name, data in (("kept.jpg", kept), ("gone.jpg", gone)):
        (tmp_path / name).write_bytes(data)
        subprocess.run(["mcopy", "-i", str(image), str(tmp_path / name), f"::/{name}"], check=True, env=env)
    subprocess.run(["mdel", "-i", str(image), "::/gone.jpg"], check=True, env=env)
    data = image.read_bytes()
    at = data.index(kept)
    ranges = list(free_ranges(len(data), [(at, -(-len(kept) // CLUSTER) * CLUSTER)]))
    (found,) = carved(data, ranges)
    assert (found.state, found.size) == (State.WHOLE, len(gone))
    assert data[found.offset : found.offset + found.size] == gone
