"""The image reader: a disk image of any kind, its volumes, and the files in them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO, ClassVar

from everyframe.errors import EvidenceError
from everyframe.evidence.disk import MARK
from everyframe.evidence.disk.containers import Disk, looks_like_image, open_disk
from everyframe.evidence.disk.keys import Keys, read_keys
from everyframe.evidence.disk.media import Bytes
from everyframe.evidence.disk.pieces import PIECES, open_pieces
from everyframe.evidence.disk.tables import Opened, discover
from everyframe.model.disk import Layout, VolumeState
from everyframe.model.entry import Entry
from everyframe.model.states import EntryKind
from everyframe.model.warning import Problem, WarningCode

__all__ = ["ImageReader", "recognise_image"]

SEPARATOR = ":"
CHUNK = 1 << 20
SURE = ("ewf", "ex01", "vmdk", "vhd", "vhdx", "qcow2", "vdi", "dmg")


class _Beating:
    """Tell at each read that something goes on; ``quota`` bytes later, unless it is set again, nothing can be read."""

    def __init__(self, data: Bytes, beat: Callable[[], None]) -> None:
        self._data = data
        self._beat = beat
        self.size = data.size
        self.quota = 0
        self.renew()

    def renew(self) -> None:
        self.quota = 8 * self.size + (1 << 30)

    def read(self, offset: int, length: int) -> bytes:
        self._beat()
        self.quota -= length
        if self.quota < 0:
            raise OSError(5, "more is read for one file than the disk holds")
        return self._data.read(offset, length)


class ImageReader:
    """Read one disk image by its first file.

    Paths begin with the key of the volume (``p1/…``), unless the image holds one file system and no partition table.

    Args:
        path: of the first file.
        beat: called at each read.
        keys: for encrypted volumes; those of the file that the environment names when None.
    """

    NAME: ClassVar[str] = "image"
    DESCRIPTION: ClassVar[str] = "a disk image with its volumes, file systems and deleted records"

    def __init__(self, path: bytes, beat: Callable[[], None] = lambda: None, keys: Keys | None = None) -> None:
        self.disk: Disk = open_disk(path)
        try:
            self._data = _Beating(self.disk.data, beat)
            self._table, self._volumes = discover(self._data, read_keys() if keys is None else keys)
        except BaseException:
            self.disk.files.close()
            raise
        self._searched: dict[str, list[Problem]] = {}
        self._by_key = {o.volume.key: o for o in self._volumes}

    @property
    def layout(self) -> Layout:
        """Give what is found before any file is listed."""
        problems = [Problem(WarningCode.IMAGE_BROKEN, words, "listing") for words in self.disk.problems]
        for opened in self._volumes:
            problems.extend(_volume_problems(opened))
        return Layout(self.disk.facts, self._table, tuple(o.volume for o in self._volumes), tuple(problems))

    def entries(self) -> Iterator[Entry]:
        """List every file of every volume."""
        for opened in self._volumes:
            yield from self.volume_entries(opened.volume.key)

    def volume_entries(self, key: str, *, carving: bool = False) -> Iterator[Entry]:
        """List the files of one volume: live ones, what is left of deleted ones, and with ``carving`` lost ones."""
        opened = self._by_key[key]
        filesystem = opened.filesystem
        parts = [filesystem.live(), filesystem.recovered()] if filesystem else []
        if carving and opened.volume.searchable:
            parts.append(self._carved(opened))
        for part in parts:
            for entry in part:
                self._data.renew()
                yield self._named(opened, entry)

    def _carved(self, opened: Opened) -> Iterator[Entry]:
        """Search what no live file owns, or all of a volume that cannot be read otherwise."""
        from everyframe.evidence.disk.lost import carved_entries

        filesystem = opened.filesystem
        self._data.quota = 64 * self._data.size + (1 << 34)  # carving has limits of its own
        free = filesystem.free() if filesystem else [(0, opened.data.size)]
        places = filesystem.places if filesystem else set()
        problems = filesystem.problems if filesystem else self._searched.setdefault(opened.volume.key, [])
        yield from carved_entries(opened.data, free, places, problems)

    def volume_problems(self, key: str) -> list[Problem]:
        """Give what was wrong with a volume, once its entries are through."""
        filesystem = self._by_key[key].filesystem
        return list(filesystem.problems) if filesystem else self._searched.get(key, [])

    def open(self, entry: Entry) -> BinaryIO:
        """Open a listed file."""
        key, found, locator = entry.locator.removeprefix(MARK).rpartition(SEPARATOR)
        opened = self._by_key.get(key)
        if not found or not entry.locator.startswith(MARK) or entry.kind is not EntryKind.FILE:
            raise EvidenceError(f"{entry.display}: not a file to be opened")
        if entry.problem is not None:
            raise EvidenceError(f"{entry.display}: {entry.problem.reason}", entry.problem.code)
        self._data.renew()
        if opened is not None and PIECES.fullmatch(locator):
            return open_pieces(opened.data, locator)
        if opened is None or opened.filesystem is None:
            raise EvidenceError(f"{entry.display}: its volume cannot be read now", "volume-unreadable")
        try:
            return opened.filesystem.open(locator)
        except EvidenceError as error:
            raise EvidenceError(f"{entry.display}: {error}", error.code) from error

    def chunks(self) -> Iterator[bytes]:
        """Give the whole disk, a MiB at a time, for its digests."""
        size = self.disk.data.size
        for offset in range(0, size, CHUNK):
            self._data.renew()
            yield self._data.read(offset, min(CHUNK, size - offset))

    def close(self) -> None:
        """Close the files of the image."""
        self.disk.files.close()

    def _named(self, opened: Opened, entry: Entry) -> Entry:
        """Put the volume before the path and into the locator, and count places from the beginning of the image."""
        key = opened.volume.key
        path = key.encode("utf-8", "surrogateescape") + b"/" + entry.path if key else entry.path
        locator = f"{MARK}{key}{SEPARATOR}{entry.locator}" if entry.locator else ""
        recovered = entry.recovered
        if recovered is not None and recovered.offset is not None:
            plain = opened.volume.state is not VolumeState.UNLOCKED and opened.volume.within is None
            recovered = replace(recovered, offset=opened.volume.offset + recovered.offset if plain else None)
        return replace(entry, path=path, locator=locator, recovered=recovered)


def _volume_problems(opened: Opened) -> Iterator[Problem]:
    volume = opened.volume
    where = f"{volume.key or 'the disk'}: {volume.size:,} bytes at {volume.offset:,}, {volume.kind}"
    if volume.unread:
        locked = volume.state is VolumeState.LOCKED
        yield Problem(
            WarningCode.VOLUME_LOCKED if locked else WarningCode.VOLUME_UNREADABLE,
            f"{where}: {volume.reason}",
            "listing",
        )
    elif opened.damaged:
        yield Problem(WarningCode.VOLUME_DAMAGED, f"{where}: {opened.damaged}", "listing")


def recognise_image(path: bytes, keys: Keys | None = None) -> Layout | None:
    """Tell whether a file is a disk image, by its content; by its name only where the content says nothing.

    Raises:
        EvidenceError: it is an image of a kind that is not read, or too broken to be opened.
    """
    reader = ImageReader(path, keys=keys)
    try:
        layout = reader.layout
    finally:
        reader.close()
    known = layout.facts.container in SURE or layout.table != "none" or len(layout.facts.segments) > 1
    known = known or any(not v.unread or v.kind != "unknown" for v in layout.volumes)
    return layout if known or looks_like_image(path) else None
