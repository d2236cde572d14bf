"""Containers that libyal's libraries read: VMDK, VHD and VHDX, DMG, and Ex01."""

import os
from collections.abc import Callable
from typing import Any

from everyframe.errors import EvidenceError
from everyframe.evidence.disk.media import Files, stream_of

__all__ = ["Virtual", "open_dmg", "open_ex01", "open_vhd", "open_vmdk"]

MOST_PARENTS = 16


class Virtual:
    """Read the disk inside a container through a libyal handle; the files it reads stay referenced here.

    Args:
        handle: opened.
        size: bytes of the disk.
        kept: what must stay alive as long as the handle.
    """

    def __init__(self, handle: Any, size: int, *kept: object) -> None:  # noqa: ANN401 - the libraries have no types
        self._handle = handle
        self._kept = kept
        self.size = size

    def read(self, offset: int, length: int) -> bytes:
        """Read from an offset."""
        length = max(0, min(length, self.size - offset))
        parts: list[bytes] = []
        while length:
            part: bytes = self._handle.read_buffer_at_offset(length, offset)
            if not part:
                raise OSError(5, f"nothing can be read at byte {offset:,} of the image")
            parts.append(part)
            offset, length = offset + len(part), length - len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)


def _opened(action: Callable[[], None], what: str) -> None:
    try:
        action()
    except (OSError, MemoryError, RuntimeError) as error:
        raise EvidenceError(f"{what} that cannot be opened: {_words(error)}", "image-broken") from error


def _words(error: BaseException) -> str:
    """Give the last part of libyal's chain of reasons, which is the first cause."""
    return str(error).rpartition("lib")[2].partition(": ")[2].strip() or str(error)


def _beside(files: Files, name: str) -> bytes:
    """Find a file that an image names, in the folder of the image and nowhere else."""
    bare = os.path.basename(name.replace("\\", "/"))  # noqa: PTH119 - a name out of the evidence
    path = os.path.join(os.path.dirname(files.paths[0]), os.fsencode(bare))  # noqa: PTH118, PTH120 - paths are bytes
    if not bare or not os.path.isfile(path):  # noqa: PTH113 - paths are bytes
        raise EvidenceError(f"the image needs the file {bare or name!r} beside it, which is not there", "image-broken")
    return path


def open_vmdk(files: Files) -> Virtual:
    """Open a VMDK image, with the extents that its descriptor names beside it."""
    import pyvmdk

    handle = pyvmdk.handle()
    stream = stream_of(files)
    kept: list[Any] = [stream]

    def action() -> None:
        handle.open_file_object(stream)
        if handle.get_parent_content_identifier() not in (None, 0, 0xFFFFFFFF):
            raise EvidenceError("a VMDK image that holds only the difference to another one", "image-not-read")
        for number in range(handle.get_number_of_extents()):
            name = handle.get_extent_descriptor(number).filename
            own = not name or os.fsencode(name) == os.path.basename(files.paths[0])  # noqa: PTH119 - paths are bytes
            extent = files if own or files.read(0, 4) == b"KDMV" else Files([_beside(files, name)])
            kept.append(stream_of(extent))
        handle.open_extent_data_files_as_file_objects(kept[1:])

    _opened(action, "a VMDK image")
    return Virtual(handle, handle.get_media_size(), *kept)


def open_vhd(files: Files, depth: int = 0) -> Virtual:
    """Open a VHD or VHDX image, with the parents that a differential one names beside it."""
    import pyvhdi

    handle = pyvhdi.file()
    stream = stream_of(files)
    kept: list[Any] = [stream]

    def action() -> None:
        handle.open_file_object(stream)
        if parent := handle.get_parent_filename():
            if depth >= MOST_PARENTS:
                raise EvidenceError(f"more than {MOST_PARENTS} images, each the difference to the next", "image-broken")
            above = open_vhd(Files([_beside(files, parent)]), depth + 1)
            kept.append(above)
            handle.set_parent(above._handle)  # noqa: SLF001 - of the same class

    _opened(action, "a VHD image")
    return Virtual(handle, handle.get_media_size(), *kept)


def open_dmg(files: Files) -> Virtual:
    """Open an Apple disk image."""
    import pymodi

    handle = pymodi.handle()
    stream = stream_of(files)
    _opened(lambda: handle.open_file_object(stream), "a DMG image")
    return Virtual(handle, handle.get_media_size(), stream)


def open_ex01(files: Files) -> tuple[Virtual, dict[str, str]]:
    """Open an Ex01 image, with the hashes it stores."""
    import pyewf

    handle = pyewf.handle()
    streams = [stream_of(Files([p])) for p in files.paths]
    _opened(lambda: handle.open_file_objects(streams), "an Ex01 image")
    try:
        stored = {str(k).lower(): str(v) for k, v in handle.get_hash_values().items()}
    except OSError:
        stored = {}
    return Virtual(handle, handle.get_media_size(), *streams), {k: v for k, v in stored.items() if k in ("md5", "sha1")}
