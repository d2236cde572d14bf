"""Which container an image is, by its first and last bytes, and the disk inside it."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from everyframe.errors import EvidenceError
from everyframe.evidence.disk import qcow, vdi, virtual
from everyframe.evidence.disk.ewf import SIGNATURE as EWF
from everyframe.evidence.disk.ewf import Ewf
from everyframe.evidence.disk.media import Bytes, Files
from everyframe.model.disk import ImageFacts, Segment

__all__ = ["CONTAINERS", "Container", "Disk", "container_name", "looks_like_image", "open_disk", "signature_of"]

HEAD, TAIL = 4096, 512
NAMES = re.compile(rb"\.(dd|raw|img|ima|bin|image|iso|0{2,3}[01]|dmg)$", re.IGNORECASE)
"""Names that say "disk image" of a file whose content says nothing."""


@dataclass(slots=True)
class Disk:
    """Hold an opened image: its bytes, and what it says of itself."""

    container: str
    data: Bytes
    files: Files
    hashes: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def facts(self) -> ImageFacts:
        """Give what the store keeps of it."""
        found = [os.stat(p) for p in self.files.paths]  # noqa: PTH116 - paths are bytes
        segments = tuple(Segment(p, s.st_size, s.st_mtime_ns) for p, s in zip(self.files.paths, found, strict=True))
        hashes, notes = tuple(sorted(self.hashes.items())), tuple(sorted(self.notes.items()))
        return ImageFacts(self.container, self.data.size, segments, hashes, notes)


@dataclass(frozen=True, slots=True)
class Container:
    """Describe one kind of container.

    Args:
        name: as stored.
        description: what a person calls it.
        at: whether these first and last bytes are of its kind.
        open: opens it from its segments.
    """

    name: str
    description: str
    at: Callable[[bytes, bytes], bool]
    open: Callable[[Files], Disk]


def _ewf(files: Files) -> Disk:
    found = Ewf(files)
    return Disk("ewf", found, files, found.hashes, found.notes, found.problems)


def _ex01(files: Files) -> Disk:
    found, hashes = virtual.open_ex01(files)
    return Disk("ex01", found, files, hashes)


def _refused(words: str, code: str = "image-not-read") -> Callable[[Files], Disk]:
    def refuse(_: Files) -> Disk:
        raise EvidenceError(words, code)

    return refuse


def _plain(name: str, opened: Callable[[Files], Bytes]) -> Callable[[Files], Disk]:
    return lambda files: Disk(name, opened(files), files)


def _begins(*signatures: bytes) -> Callable[[bytes, bytes], bool]:
    return lambda head, _: head.startswith(signatures)


CONTAINERS: tuple[Container, ...] = (
    Container("ewf", "E01 (EnCase, FTK, SMART)", _begins(EWF), _ewf),
    Container("ex01", "Ex01 (EnCase 7)", _begins(b"EVF2\r\n\x81"), _ex01),
    Container("vmdk", "VMDK", _begins(b"KDMV", b"# Disk DescriptorFile", b"COWD"), _plain("vmdk", virtual.open_vmdk)),
    Container("vhdx", "VHDX", _begins(b"vhdxfile"), _plain("vhdx", virtual.open_vhd)),
    Container(
        "vhd", "VHD", lambda head, tail: head.startswith(b"conectix") or tail.startswith(b"conectix"),
        _plain("vhd", virtual.open_vhd),
    ),
    Container("qcow2", "QCOW2", _begins(qcow.SIGNATURE), _plain("qcow2", qcow.Qcow)),
    Container("vdi", "VDI", lambda head, _: head[vdi.AT : vdi.AT + 4] == vdi.SIGNATURE, _plain("vdi", vdi.Vdi)),
    Container("dmg", "DMG", lambda _, tail: tail.startswith(b"koly"), _plain("dmg", virtual.open_dmg)),
    Container(
        "logical", "L01, Lx01", _begins(b"LVF\x09\r\n\xff\0", b"LEF2\r\n\x81"),
        _refused("a logical EnCase image (L01), which is not read: export its files, and take the folder in"),
    ),
    Container(
        "ad1", "AD1", _begins(b"ADSEGMENTEDFILE"),
        _refused("an AD1 image, which is not read: export its files with FTK Imager, and take the folder in"),
    ),
    Container(
        "adcrypt", "AD encryption", _begins(b"ADCRYPT"),
        _refused("an image encrypted by FTK (AD encryption): decrypt it with FTK Imager first", "image-encrypted"),
    ),
    Container(
        "encrcdsa", "encrypted DMG",
        lambda head, tail: head.startswith(b"encrcdsa") or tail.endswith(b"cdsaencr"),
        _refused("an encrypted DMG image: convert it with hdiutil and its password first", "image-encrypted"),
    ),
    Container(
        "aff", "AFF", _begins(b"AFF10\r\n"),
        _refused("an AFF image, which is not read: convert it to raw or E01 with affconvert first"),
    ),
    Container(
        "aff4", "AFF4",
        lambda head, _: head.startswith(b"PK\x03\x04") and b"aff4://" in head,
        _refused("an AFF4 image, which is not read: convert it to raw or E01 first"),
    ),
)  # fmt: skip
"""Every container there is, but for raw; a new one is a line here."""


def _ends(files: Files) -> tuple[bytes, bytes]:
    return files.pread(0, 0, HEAD), files.pread(0, max(0, files.sizes[0] - TAIL), TAIL)


def signature_of(head: bytes, tail: bytes) -> Container | None:
    """Tell the container by the first 4 KiB and the last 512 bytes of its first file; None for raw or none."""
    return next((c for c in CONTAINERS if c.at(head, tail)), None)


def container_name(head: bytes, tail: bytes) -> str:
    """Name the container by its first 4 KiB and last 512 bytes; empty for none."""
    found = signature_of(head, tail)
    return found.description if found else ""


def looks_like_image(path: bytes) -> bool:
    """Tell whether a name says that it is an image, for a file whose content does not tell."""
    return bool(NAMES.search(path))


def open_disk(path: bytes) -> Disk:
    """Open an image by its first file; the others are looked for beside it.

    Raises:
        EvidenceError: it is of a kind that is not read, or broken, or encrypted, or not the first of its segments.
    """
    try:
        first = Files([path])
        found = signature_of(*_ends(first))
        first.close()
        files = Files(_segments(path, raw=found is None))
        return _raw(files) if found is None else found.open(files)
    except OSError as error:
        raise EvidenceError(f"the image cannot be read: {error.strerror or error}", "image-broken") from error


def _raw(files: Files) -> Disk:
    return Disk("raw", files, files)


def _segments(path: bytes, *, raw: bool) -> list[bytes]:
    """Give the files of an image, in order, as far as they are there without a gap."""
    base, dot, suffix = path.rpartition(b".")
    if raw and not (suffix.isdigit() and len(suffix) >= 2):  # noqa: PLR2004 - .01, .001
        return [path]
    if not dot or not re.fullmatch(rb"\d+|[A-Za-z]x?\d\d", suffix):
        return [path]
    first = (0, 1) if raw else (1,)
    zeroth = raw and int(suffix) == 1 and os.path.isfile(base + dot + b"%0*d" % (len(suffix), 0))  # noqa: PTH113 - bytes
    if zeroth or (int(suffix) if raw else int(suffix[-2:])) not in first:
        raise EvidenceError(
            "not the first file of its image: name that one, the others are found beside it", "image-broken"
        )
    found = [path]
    while (following := _next(found[-1].rpartition(b".")[2])) and os.path.isfile(base + dot + following):  # noqa: PTH113 - paths are bytes
        found.append(base + dot + following)
    return found


def _next(suffix: bytes) -> bytes:
    """Give the suffix after this one: 001 002, E01 … E99 EAA … EZZ FAA."""
    if suffix.isdigit():
        return b"%0*d" % (len(suffix), int(suffix) + 1)
    head, last = suffix[:-2], suffix[-2:]
    if last.isdigit():
        if last != b"99":
            return head + b"%02d" % (int(last) + 1)
        return head + (b"AA" if head[:1].isupper() else b"aa")
    return _carried(bytearray(suffix))


def _carried(letters: bytearray) -> bytes:
    for n in range(len(letters) - 1, -1, -1):
        if letters[n] not in b"Zz":
            letters[n] += 1
            return bytes(letters)
        if n == 0:
            return b""
        letters[n] -= 25
    return b""
