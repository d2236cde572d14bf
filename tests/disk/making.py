"""Disk images made by Debian's tools: file systems with files put in and deleted again, containers, partition tables."""

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from tests.disk.exfat import ExFat

from everyframe.evidence.disk.image import ImageReader
from everyframe.model.entry import Entry
from everyframe.model.states import EntryKind, Provenance

MIB = 1 << 20


def tool(*command: str | Path, into: str = "") -> str:
    """Run a tool; a test whose tool is not there is skipped."""
    if shutil.which(str(command[0])) is None:
        pytest.skip(f"{command[0]} is not installed: scripts/system-packages test")
    environment = os.environ | {"MTOOLS_SKIP_CHECK": "1", "SOURCE_DATE_EPOCH": "1700000000"}
    done = subprocess.run(
        [str(c) for c in command], input=into or None, capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, f"{command[0]}: {done.stdout}{done.stderr}"
    return done.stdout


def empty(image: Path, size: int) -> Path:
    with image.open("wb") as stream:
        stream.truncate(size)
    return image


def _fat(bits: int, size: int, *options: str) -> Callable[[Path, Path], None]:
    def make(tree: Path, image: Path) -> None:
        tool("mkfs.fat", "-F", str(bits), *options, empty(image, size))
        for path in sorted(tree.iterdir()):
            tool("mcopy", "-s", "-Q", "-m", "-i", image, path, "::/")

    return make


def _ext(kind: str) -> Callable[[Path, Path], None]:
    def make(tree: Path, image: Path) -> None:
        tool(f"mkfs.{kind}", "-q", "-b", "1024", "-d", tree, empty(image, 16 * MIB))

    return make


def _ntfs(tree: Path, image: Path) -> None:
    tool("mkfs.ntfs", "-F", "-q", empty(image, 16 * MIB))
    with_mount(image, lambda top: shutil.copytree(tree, top, dirs_exist_ok=True))


def with_mount(image: Path, act: Callable[[Path], object]) -> None:
    """Mount an NTFS image as a user file system, act on it, and unmount."""
    top = image.with_suffix(".mount")
    top.mkdir(exist_ok=True)
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        pytest.skip("no user file systems on this machine")
    command = ["ntfs-3g", "-o", "no_detach", str(image), str(top)]
    served = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not os.path.ismount(top):
            if served.poll() is not None:
                pytest.skip("ntfs-3g cannot mount here")
            time.sleep(0.02)
        act(top)
        tool("umount", top)
        assert served.wait(60) == 0  # what it holds back is written when it ends
    finally:
        served.kill()
        served.wait()


def _exfat(tree: Path, image: Path) -> None:
    tool("mkfs.exfat", empty(image, 16 * MIB))
    ExFat(image).populate(tree)


def _xfs(tree: Path, image: Path) -> None:
    lines = ["/none", "0 0", "d--755 0 0"]

    def describe(folder: Path) -> None:
        for path in sorted(folder.iterdir()):
            if path.is_dir():
                lines.append(f"{path.name} d--755 0 0")
                describe(path)
            else:
                lines.append(f"{path.name} ---644 0 0 {path}")
        lines.append("$")

    describe(tree)
    prototype = image.with_suffix(".proto")
    prototype.write_text("\n".join([*lines, "$"]) + "\n")
    tool("mkfs.xfs", "-q", "-p", prototype, empty(image, 300 * MIB))


def _iso(*options: str) -> Callable[[Path, Path], None]:
    return lambda tree, image: void(tool("genisoimage", "-quiet", *options, "-o", image, tree))


def _udf(tree: Path, image: Path) -> None:
    """Make a disc of both kinds, and take its ISO 9660 part away."""
    tool("genisoimage", "-quiet", "-udf", "-R", "-o", image, tree)
    with image.open("r+b") as stream:
        for sector in (16, 17):
            stream.seek(sector * 2048)
            assert stream.read(6)[1:] == b"CD001"
            stream.seek(sector * 2048)
            stream.write(bytes(2048))


def void(_: object) -> None:
    return None


FILE_SYSTEMS: dict[str, Callable[[Path, Path], None]] = {
    "FAT12": _fat(12, 4 * MIB),
    "FAT16": _fat(16, 16 * MIB),
    "FAT32": _fat(32, 34 * MIB, "-s", "1"),
    "exFAT": _exfat,
    "NTFS": _ntfs,
    "ext2": _ext("ext2"),
    "ext3": _ext("ext3"),
    "ext4": _ext("ext4"),
    "XFS": _xfs,
    "Btrfs": lambda tree, image: void(tool("mkfs.btrfs", "-q", "--shrink", "-r", tree, empty(image, 120 * MIB))),
    "ISO 9660 (Rock Ridge)": _iso("-R"),
    "ISO 9660 (Joliet, UDF)": _iso("-J", "-udf"),
    "UDF": _udf,
}


def _qemu(kind: str, *options: str) -> Callable[[Path, Path], Path]:
    def convert(raw: Path, folder: Path) -> Path:
        target = folder / f"disk.{kind}"
        tool("qemu-img", "convert", "-f", "raw", "-O", kind, *options, raw, target)
        return target

    return convert


def ewf(*options: str) -> Callable[[Path, Path], Path]:
    def convert(raw: Path, folder: Path) -> Path:
        tool("ewfacquire", "-u", "-q", "-t", folder / "disk", *options, raw)
        return next(p for p in sorted(folder.iterdir()) if p.suffix.lower() in (".e01", ".s01"))

    return convert


def split_raw(raw: Path, folder: Path) -> Path:
    tool("split", "-b", str(max(raw.stat().st_size // 3, 512)), "-d", "-a", "3", raw, folder / "disk.")
    return folder / "disk.000"


CONTAINERS: dict[str, Callable[[Path, Path], Path]] = {
    "raw": lambda raw, _: raw,
    "raw, split": split_raw,
    "E01, uncompressed": ewf("-c", "none"),
    "E01, compressed, split": ewf("-c", "fast", "-S", "1048576"),
    "E01, EnCase 1": ewf("-f", "encase1", "-c", "fast"),
    "S01 (SMART)": ewf("-f", "smart", "-c", "fast"),
    "VMDK": _qemu("vmdk"),
    "VMDK, flat": _qemu("vmdk", "-o", "subformat=monolithicFlat"),
    "VMDK, stream": _qemu("vmdk", "-o", "subformat=streamOptimized"),
    "VHD": _qemu("vpc", "-o", "force_size=on"),
    "VHDX": _qemu("vhdx"),
    "QCOW2": _qemu("qcow2"),
    "QCOW2, compressed": _qemu("qcow2", "-c"),
    "VDI": _qemu("vdi"),
}


def partitioned(parts: Iterable[Path], image: Path, label: str = "gpt") -> Path:
    """Put file systems into partitions, each beginning at a MiB."""
    parts = list(parts)
    sizes = [-(-p.stat().st_size // MIB) for p in parts]
    empty(image, (2 + sum(sizes)) * MIB)
    tool("sfdisk", "-q", image, into=f"label: {label}\n" + "".join(f"size={size}MiB\n" for size in sizes))
    at = 1
    with image.open("r+b") as stream:
        for part, size in zip(parts, sizes, strict=True):
            stream.seek(at * MIB)
            stream.write(part.read_bytes())
            at += size
    return image


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def digests_of(tree: Path) -> dict[str, str]:
    return {p.relative_to(tree).as_posix(): sha(p.read_bytes()) for p in sorted(tree.rglob("*")) if p.is_file()}


def read_image(image: Path) -> tuple[dict[str, str], list[Entry]]:
    """Give the digest of each live file, and every entry."""
    reader = ImageReader(os.fsencode(image))
    entries = list(reader.entries())
    live = [e for e in entries if e.provenance is Provenance.LIVE and e.kind is EntryKind.FILE]
    assert [e for e in live if e.problem] == []
    found = {e.path.decode(): content(reader, e) for e in live}
    reader.close()
    return found, entries


def content(reader: ImageReader, entry: Entry) -> str:
    with reader.open(entry) as stream:
        return sha(stream.read())
