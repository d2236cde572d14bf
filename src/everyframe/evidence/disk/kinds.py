"""Which file system, encryption or volume manager stands at an offset, by its signature."""

import struct
from collections.abc import Callable
from dataclasses import dataclass

from everyframe.evidence.disk.media import Bytes, Overlay

__all__ = ["KINDS", "Kind", "kind_of", "repaired"]

SECTOR = 512
HEAD = 69 * 1024
BITLOCKER_TO_GO = bytes.fromhex("3bd66749292ed84a8399f6a339e3d001")


@dataclass(frozen=True, slots=True)
class Kind:
    """Describe what may stand in a volume.

    Args:
        name: as a person calls it.
        at: whether the first 69 KiB are of its kind.
        read_by: ``tsk``, ``apfs``, ``xfs``, ``iso``, ``udf``, ``btrfs`` for file systems; ``bitlocker``, ``luks``, ``corestorage`` for encryption;
            ``lvm`` for what holds volumes; empty for what is known and not read.
    """

    name: str
    at: Callable[[bytes], bool]
    read_by: str = ""


def _magic(*places: tuple[int, bytes]) -> Callable[[bytes], bool]:
    return lambda head: any(head[at : at + len(word)] == word for at, word in places)


def _fat(head: bytes) -> bool:
    """Tell FAT by its parameters as well: its signature alone is no more than a jump instruction."""
    if len(head) < SECTOR or head[0] not in (0xEB, 0xE9) or head[510:512] != b"\x55\xaa":
        return False
    sector, cluster, reserved, tables = struct.unpack_from("<HBHB", head, 11)
    powers = sector in (512, 1024, 2048, 4096) and cluster and cluster & (cluster - 1) == 0
    return bool(powers) and reserved > 0 and tables in (1, 2) and head[21] >= 0xF0  # noqa: PLR2004 - media descriptors


KINDS: tuple[Kind, ...] = (
    Kind("BitLocker", lambda h: h[3:11] == b"-FVE-FS-" or h[424:440] == BITLOCKER_TO_GO, "bitlocker"),
    Kind("LUKS", _magic((0, b"LUKS\xba\xbe")), "luks"),
    Kind("NTFS", _magic((3, b"NTFS    ")), "tsk"),
    Kind("exFAT", _magic((3, b"EXFAT   ")), "tsk"),
    Kind("ReFS", _magic((3, b"ReFS\0\0\0\0"))),
    Kind("FAT", _fat, "tsk"),
    Kind("APFS", _magic((32, b"NXSB")), "apfs"),
    Kind("CoreStorage (FileVault)", _magic((88, b"CS")), "corestorage"),
    Kind("LVM", _magic(*((at, b"LABELONE") for at in (0, 512, 1024, 1536))), "lvm"),
    Kind("XFS", _magic((0, b"XFSB")), "xfs"),
    Kind("ext", _magic((1080, b"\x53\xef")), "tsk"),
    Kind("HFS+", _magic((1024, b"H+\0\x04"), (1024, b"HX\0\x05")), "tsk"),
    Kind("HFS", _magic((1024, b"BD"))),
    Kind("Btrfs", _magic((0x10040, b"_BHRfS_M")), "btrfs"),
    Kind("F2FS", _magic((1024, b"\x10\x20\xf5\xf2"))),
    Kind("ISO 9660", _magic((0x8001, b"CD001")), "iso"),
    Kind(
        "UDF", _magic(*((at + 1, word) for at in range(0x8000, 0xA000, 2048) for word in (b"NSR02", b"NSR03"))), "udf"
    ),
    Kind("SquashFS", _magic((0, b"hsqs"))),
    Kind("Linux RAID", _magic((4096, b"\xfc\x4e\x2b\xa9"), (0, b"\xfc\x4e\x2b\xa9"))),
    Kind("Linux swap", _magic((4086, b"SWAPSPACE2"))),
    Kind("Storage Spaces", _magic((0, b"SPACEDB "))),
)
"""Every kind there is, in the order asked; a new one is a line here."""


def kind_of(data: Bytes) -> Kind | None:
    """Tell what stands at the beginning; None when nothing known does."""
    try:
        head = data.read(0, min(HEAD, data.size))
    except OSError:
        head = b""
    return next((k for k in KINDS if k.at(head)), None)


def repaired(data: Bytes) -> tuple[Overlay, Kind] | None:
    """Find a file system by the copy that it keeps of its first sectors, when those are damaged."""
    for at, length, target in _copies(data.size):
        try:
            copy = data.read(at, length)
        except OSError:
            continue
        patched = Overlay(data, target, copy)
        found = kind_of(patched)
        if found is not None and found.name in ("NTFS", "FAT", "exFAT", "ext") and _sane(found.name, copy, data.size):
            return patched, found
    return None


def _copies(size: int) -> list[tuple[int, int, int]]:
    """Give where copies are kept: offset, length, and where they belong."""
    ext = [(block * size_, 1024, 1024) for block, size_ in ((8193, 1024), (16384, 2048), (32768, 4096))]
    places = [((size // SECTOR - 1) * SECTOR, SECTOR, 0), (6 * SECTOR, SECTOR, 0), (12 * SECTOR, 12 * SECTOR, 0), *ext]
    return [(at, length, target) for at, length, target in places if at > 0 and at + length <= size]


def _sane(name: str, copy: bytes, size: int) -> bool:
    """Hold a copy against the size of its volume: a stray sector of another one must not pass."""
    sectors: int
    match name:
        case "NTFS":
            sectors = struct.unpack_from("<Q", copy, 40)[0]
            return 0 < sectors * SECTOR <= size
        case "exFAT":
            sectors = struct.unpack_from("<Q", copy, 72)[0]
            return 0 < sectors * SECTOR <= size
        case "FAT":
            sectors = struct.unpack_from("<I", copy, 32)[0]
            return 0 < sectors * SECTOR <= size and copy[82:87] == b"FAT32"
        case _:
            blocks: int = struct.unpack_from("<I", copy, 4)[0]
            scale: int = struct.unpack_from("<I", copy, 24)[0]
            return scale < 7 and 0 < blocks << (10 + scale) <= size  # noqa: PLR2004 - blocks of up to 64 KiB
