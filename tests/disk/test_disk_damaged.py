"""Damaged images: cut, zeroed, with flipped metadata. No crash that is not told, no hang, and every entry in the account."""

import multiprocessing
import os
import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from everyframe.errors import EvidenceError
from everyframe.evidence.disk.image import ImageReader
from everyframe.model.states import EntryKind

KINDS = ("FAT16", "exFAT", "NTFS", "ext2", "ext4", "ISO 9660 (Rock Ridge)", "UDF")
SECONDS = 180  # The Sleuth Kit needs 15 s, more than once, for a record that declares a GiB
#: Damage that was not borne before: a root that claims to be a file, places beyond any volume, one name twice.
KNOWN = {"ext2": (11, 148), "ext3": (50, 148), "XFS": (40,)}


def damaged(data: bytes, seed: int) -> bytes:
    """Cut, zero or flip; metadata stand near the beginning, so most of the damage does too."""
    rng = random.Random(seed)
    kind = seed % 3
    if kind == 0:
        return data[: rng.randrange(len(data))]
    changed = bytearray(data)
    reach = len(data) if rng.random() < 0.3 else min(len(data), 1 << 20)
    if kind == 1:
        start, size = rng.randrange(reach), 512 << rng.randrange(8)
        changed[start : start + size] = bytes(len(changed[start : start + size]))
    else:
        used = [n for n in range(0, reach, 16) if any(changed[n : n + 16])]
        for _ in range(1 + rng.randrange(40)):
            changed[rng.choice(used) + rng.randrange(16)] ^= 1 << rng.randrange(8)
    return bytes(changed)


def go_through(path: Path) -> None:
    """Read all there is; each failure must be one that intake stores."""
    with suppress(EvidenceError):
        reader = ImageReader(os.fsencode(path))
        seen = set()
        for entry in reader.entries():
            assert entry.path
            if entry.locator:
                assert (entry.locator, entry.path) not in seen
                seen.add((entry.locator, entry.path))
            if entry.kind is EntryKind.FILE and entry.problem is None:
                with suppress(EvidenceError, OSError), reader.open(entry) as stream:
                    while stream.read(1 << 20):
                        pass
        reader.close()


def endings(kind: str, image: Path, folder: Path, seeds: range) -> dict[int, int | None]:
    """Go through damaged copies, each in a process of its own; gives how those ended that did not end well."""
    data = image.read_bytes()
    context = multiprocessing.get_context("fork")
    bad: dict[int, int | None] = {}
    for seed in seeds:
        path = folder / f"{kind[:4].strip()}-{seed}.dd"
        path.write_bytes(damaged(data, seed))
        process = context.Process(target=go_through, args=(path,))
        process.start()
        process.join(SECONDS)
        if process.exitcode != 0:
            bad[seed] = process.exitcode
            process.kill()
            process.join()
        path.unlink()
    return bad


@pytest.mark.parametrize("kind", KINDS)
def test_a_few_damaged_images(kind: str, raw_image: Callable[[str], Path], tmp_path: Path) -> None:
    assert endings(kind, raw_image(kind), tmp_path, range(9)) == {}


@pytest.mark.parametrize("kind", KNOWN)
def test_damage_of_old(kind: str, raw_image: Callable[[str], Path], tmp_path: Path) -> None:
    for seed in KNOWN[kind]:
        assert endings(kind, raw_image(kind), tmp_path, range(seed, seed + 1)) == {}


@pytest.mark.soak
@pytest.mark.parametrize("kind", [*KINDS, "FAT12", "FAT32", "ext3", "XFS", "Btrfs"])
def test_three_hundred_damaged_images(kind: str, raw_image: Callable[[str], Path], tmp_path: Path) -> None:
    """A crash inside a library is no failure of the house: the lister dies of it, and intake says so."""
    sound(endings(kind, raw_image(kind), tmp_path, range(300)))


@pytest.mark.soak
@pytest.mark.parametrize("name", ["hfsplus.raw", "apfs.raw"])
def test_three_hundred_damaged_images_of_others(name: str, corpora: Path, tmp_path: Path) -> None:
    sound(endings(name, corpora / "disk" / name, tmp_path, range(300)))


def sound(bad: dict[int, int | None]) -> None:
    assert None not in bad.values(), f"hangs: {bad}"
    assert [n for n, code in bad.items() if code is not None and code > 0] == [], f"errors of ours: {bad}"
