"""Put files into an empty exFAT image, and delete them again: no tool of Debian's does that without a block device."""

import struct
from pathlib import Path

EntrySet = tuple[int, int]  # where it stands, and its length


class ExFat:
    def __init__(self, image: Path) -> None:
        self.image = image
        self.data = bytearray(image.read_bytes())
        numbers: tuple[int, int, int] = struct.unpack_from("<III", self.data, 88)
        heap, self.count, root = numbers
        self.sector = 1 << self.data[108]
        self.cluster = self.sector << self.data[109]
        self.heap = heap * self.sector
        self.root = self.at(root)
        self.bitmap = 0
        for at in range(self.root, self.root + self.cluster, 32):
            if self.data[at] == 0x81:
                (cluster,) = struct.unpack_from("<I", self.data, at + 20)
                self.bitmap = self.at(int(cluster))
        self.free = 0
        self.sets: dict[str, tuple[EntrySet, int, int]] = {}

    def at(self, cluster: int) -> int:
        return self.heap + (cluster - 2) * self.cluster

    def allocate(self, size: int) -> tuple[int, int]:
        """Take clusters in a row; gives the first one and how many."""
        count = -(-size // self.cluster)
        while any(self.used(self.free + n) for n in range(count)):
            self.free += 1
        first, self.free = self.free, self.free + count
        for n in range(count):
            self.data[self.bitmap + (first + n) // 8] |= 1 << (first + n) % 8
        return first + 2, count

    def used(self, index: int) -> bool:
        return bool(self.data[self.bitmap + index // 8] >> index % 8 & 1)

    def populate(self, tree: Path) -> None:
        self._directory(tree, "", self.root, self.cluster)
        self.image.write_bytes(self.data)

    def _directory(self, folder: Path, prefix: str, at: int, room: int) -> None:
        begin = at
        while self.data[at]:
            at += 32
        for path in sorted(folder.iterdir()):
            content = b"" if path.is_dir() else path.read_bytes()
            size = (
                -(-64 * (2 + sum(1 + len(p.name) // 15 for p in path.iterdir())) // self.cluster) * self.cluster * 2
                if path.is_dir()
                else len(content)
            )
            first, count = self.allocate(size) if size else (0, 0)
            entries = _entry_set(path.name, size, first, directory=path.is_dir())
            assert at + len(entries) <= begin + room, "the directory is full"
            self.data[at : at + len(entries)] = entries
            self.sets[prefix + path.name] = ((at, len(entries)), first, count)
            at += len(entries)
            if path.is_dir():
                self._directory(path, prefix + path.name + "/", self.at(first), count * self.cluster)
            else:
                self.data[self.at(first) : self.at(first) + size] = content if size else b""

    def delete(self, name: str) -> None:
        (at, length), first, count = self.sets[name]
        for entry in range(at, at + length, 32):
            self.data[entry] &= 0x7F
        for n in range(first - 2, first - 2 + count):
            self.data[self.bitmap + n // 8] &= ~(1 << n % 8) & 0xFF
        self.image.write_bytes(self.data)


def _entry_set(name: str, size: int, first: int, *, directory: bool) -> bytes:
    wide = name.encode("utf-16-le")
    names = [wide[n : n + 30].ljust(30, b"\0") for n in range(0, len(wide), 30)]
    stamp = (2024 - 1980) << 25 | 1 << 21 | 31 << 16 | 10 << 11
    head = struct.pack("<BBHHHIII", 0x85, 1 + len(names), 0, 0x10 if directory else 0x20, 0, stamp, stamp, stamp)
    hashed = 0
    for byte in name.upper().encode("utf-16-le"):
        hashed = ((hashed << 15 | hashed >> 1) + byte) & 0xFFFF
    stream = struct.pack("<BBBBHHQIIQ", 0xC0, 3 if size else 1, 0, len(wide) // 2, hashed, 0, size, 0, first, size)
    raw = bytearray(head.ljust(32, b"\0") + stream + b"".join(b"\xc1\0" + part for part in names))
    checksum = 0
    for n, byte in enumerate(raw):
        if n not in (2, 3):
            checksum = ((checksum << 15 | checksum >> 1) + byte) & 0xFFFF
    struct.pack_into("<H", raw, 2, checksum)
    return bytes(raw)
