"""What stands where on a disk: partition tables, logical volumes, encrypted volumes, and what covers nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytsk3

from everyframe.errors import EvidenceError
from everyframe.evidence.disk import locks
from everyframe.evidence.disk.btrfs import Btrfs
from everyframe.evidence.disk.filesystem import FileSystem
from everyframe.evidence.disk.iso import IsoFileSystem
from everyframe.evidence.disk.keys import Keys
from everyframe.evidence.disk.kinds import Kind, kind_of, repaired
from everyframe.evidence.disk.lvm import Pieces, logical_volumes
from everyframe.evidence.disk.media import Bytes, Window
from everyframe.evidence.disk.tsk import TskFileSystem, TskImage
from everyframe.evidence.disk.udf import UdfFileSystem
from everyframe.evidence.disk.yal import apfs_volumes, open_xfs
from everyframe.model.disk import Volume, VolumeState

__all__ = ["Opened", "discover"]

TABLES = {
    pytsk3.TSK_VS_TYPE_DOS: "MBR", pytsk3.TSK_VS_TYPE_GPT: "GPT", pytsk3.TSK_VS_TYPE_MAC: "APM",
    pytsk3.TSK_VS_TYPE_BSD: "BSD", pytsk3.TSK_VS_TYPE_SUN: "Sun",
}  # fmt: skip
MOST_PARTITIONS = 1024
DEEPEST = 4
SMALLEST_GAP = 1 << 20  # alignment leaves up to a MiB before the first partition and behind the last


@dataclass(frozen=True, slots=True)
class Opened:
    """Hold a volume with its bytes and, where one was recognised, its file system.

    ``damaged`` says what is wrong with one that can be read all the same.
    """

    volume: Volume
    data: Bytes
    filesystem: FileSystem | None = None
    damaged: str = ""


def discover(disk: Bytes, keys: Keys) -> tuple[str, list[Opened]]:
    """Find every volume of a disk, in a fixed order; gives the kind of partition table and the volumes."""
    whole = Volume("", 0, disk.size, "")
    if kind_of(disk) is None:
        table, parts = _partitions(disk)
        if parts:
            found = [o for volume in parts for o in _examine(volume, _window(disk, volume), keys, 0)]
            return table, found + list(_missing(disk, parts))
    return "none", list(_examine(whole, disk, keys, 0))


def _window(disk: Bytes, volume: Volume) -> Bytes:
    return Window(disk, volume.offset, max(0, min(volume.size, disk.size - volume.offset)))


def _partitions(disk: Bytes) -> tuple[str, list[Volume]]:
    """Read the partition table, if there is one; what no partition covers is a gap."""
    try:
        found = pytsk3.Volume_Info(TskImage(disk))
        scale, table = found.info.block_size, TABLES.get(found.info.vstype, "other")
        parts = [
            (p.start * scale, p.len * scale, p.desc, p.flags)
            for p, _ in zip(found, range(MOST_PARTITIONS), strict=False)
        ]
    except OSError:
        return "none", []
    volumes: list[Volume] = []
    for offset, size, description, flags in sorted(parts):
        label = description.decode("utf-8", "backslashreplace")
        if flags & pytsk3.TSK_VS_PART_FLAG_ALLOC and size:
            number = sum(1 for v in volumes if v.state is not VolumeState.GAP) + 1
            volumes.append(Volume(f"p{number}", offset, size, "", label))
        elif flags & pytsk3.TSK_VS_PART_FLAG_UNALLOC and size > SMALLEST_GAP:
            volumes.append(Volume(f"gap-{offset}", offset, size, "no partition", label, VolumeState.GAP))
    return table, volumes if any(v.state is not VolumeState.GAP for v in volumes) else []


def _missing(disk: Bytes, parts: list[Volume]) -> Iterator[Opened]:
    """Tell of the bytes that the partition table names and that the image does not have."""
    end = max(v.offset + v.size for v in parts)
    if end > disk.size:
        reason = "the partition table names these bytes, and the image ends before them"
        missing = Volume("missing", disk.size, end - disk.size, "not in the image", "", VolumeState.UNREADABLE, reason)
        yield Opened(missing, Window(disk, 0, 0))


def _examine(volume: Volume, data: Bytes, keys: Keys, depth: int) -> Iterator[Opened]:
    """Look into one volume: give it, and what is inside of it."""
    if volume.state is VolumeState.GAP:
        yield Opened(volume, data)
        return
    kind, damaged = kind_of(data), ""
    if kind is None and (copy := repaired(data)) is not None:
        data, kind = copy
        damaged = "its first sectors are damaged; it was read by the copy that it keeps of them"
    if kind is None:
        yield _unreadable(volume, data, "unknown", "nothing that is known stands at its beginning")
    elif not kind.read_by:
        yield _unreadable(volume, data, kind.name, f"{kind.name} is not read")
    elif depth >= DEEPEST:
        yield _unreadable(volume, data, kind.name, "volumes within volumes, too deep")
    else:
        try:
            yield from _within(replace(volume, kind=kind.name), kind, data, keys, depth, damaged)
        except EvidenceError as error:
            yield _unreadable(volume, data, kind.name, str(error))


def _unreadable(volume: Volume, data: Bytes, kind: str, reason: str) -> Opened:
    return Opened(replace(volume, kind=kind, state=VolumeState.UNREADABLE, reason=reason), data)


def _within(volume: Volume, kind: Kind, data: Bytes, keys: Keys, depth: int, damaged: str) -> Iterator[Opened]:
    match kind.read_by:
        case "tsk":
            found = TskFileSystem(data, kind.name)
            yield Opened(replace(volume, kind=found.kind), data, found, damaged)
        case "iso":
            yield Opened(volume, data, IsoFileSystem(data), damaged)
        case "btrfs":
            yield Opened(volume, data, Btrfs(data), damaged)
        case "udf":
            yield Opened(volume, data, UdfFileSystem(data), damaged)
        case "xfs":
            yield Opened(volume, data, open_xfs(data), damaged)
        case "apfs":
            inside = apfs_volumes(data, keys)
            yield Opened(replace(volume, state=VolumeState.HOLDS), data)
            for name, size, filesystem, reason in inside:
                state = VolumeState.READ if filesystem else VolumeState.LOCKED
                own = Volume(_inner(volume, name), 0, size, "APFS volume", name, state, reason, volume.key)
                yield Opened(own, data, filesystem)
        case "lvm":
            yield from _logical(volume, data, keys, depth)
        case encryption:
            yield from _unlocked(volume, encryption, data, keys, depth)


def _inner(volume: Volume, name: str) -> str:
    clean = name.replace("/", "_") or "unnamed"
    return f"{volume.key}/{clean}" if volume.key else clean


def _unlocked(volume: Volume, encryption: str, data: Bytes, keys: Keys, depth: int) -> Iterator[Opened]:
    try:
        plain = locks.unlock(encryption, data, keys)
    except locks.Locked as error:
        yield Opened(replace(volume, state=VolumeState.LOCKED, reason=str(error)), data)
        return
    for inside in _examine(replace(volume, kind="", offset=0, size=plain.size), plain, keys, depth + 1):
        own = inside.volume
        if own.key == volume.key:
            state = VolumeState.UNLOCKED if own.state is VolumeState.READ else own.state
            own = replace(own, offset=volume.offset, size=volume.size, kind=f"{own.kind} in {volume.kind}", state=state)
        yield replace(inside, volume=own)


def _logical(volume: Volume, data: Bytes, keys: Keys, depth: int) -> Iterator[Opened]:
    """Give the logical volumes of a group that lies on this one physical volume."""
    found = logical_volumes(data)
    yield Opened(replace(volume, state=VolumeState.HOLDS), data)
    for part in found:
        own = Volume(_inner(volume, part.name), 0, part.size, "", part.name, within=volume.key)
        if part.refused:
            yield _unreadable(own, Window(data, 0, 0), "logical volume", part.refused)
        else:
            yield from _examine(own, Pieces(data, part.pieces), keys, depth + 1)
