"""Camera RAW: the preview that the camera stored inside, else the sensor data developed at half size."""

import io
from dataclasses import replace
from importlib.metadata import version
from typing import Any, Final

import numpy as np

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import boxes, jpeg, pillow
from everyframe.analysis.decoders.base import Decoded, Decoder
from everyframe.analysis.decoders.directories import CFA, directories
from everyframe.analysis.failures import DECODING, RefusedError, words
from everyframe.analysis.limits import Limits
from everyframe.analysis.pixels import raster
from everyframe.model.features import Picture

__all__ = ["DECODER"]

NAME: Final = f"rawpy {version('rawpy')}"
#: A stored preview smaller than this on its longer side does not stand for the picture.
PREVIEW_SIDE: Final = 600
_CANDIDATES: Final = 16
_SIGNATURES: Final[tuple[tuple[bytes, str], ...]] = (
    (b"FUJIFILMCCD-RAW", "image/x-fuji-raf"),
    (b"IIRO", "image/x-olympus-orf"),
    (b"IIRS", "image/x-olympus-orf"),
    (b"MMOR", "image/x-olympus-orf"),
    (b"IIU\0", "image/x-panasonic-rw2"),
    (b"FOVb", "image/x-sigma-x3f"),
    (b"\0MRM", "image/x-minolta-mrw"),
    (b"II\x1a\0\0\0HEAPCCDR", "image/x-canon-crw"),
)
_MAKERS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"NIKON", "image/x-nikon-nef"),
    (b"SONY", "image/x-sony-arw"),
    (b"PENTAX", "image/x-pentax-pef"),
    (b"RICOH", "image/x-pentax-pef"),
    (b"SAMSUNG", "image/x-samsung-srw"),
    (b"CANON", "image/x-canon-cr2"),
    (b"HASSELBLAD", "image/x-hasselblad-3fr"),
    (b"EASTMAN KODAK", "image/x-kodak-dcr"),
    (b"KODAK", "image/x-kodak-dcr"),
    (b"PHASE ONE", "image/x-phaseone-iiq"),
    (b"LEAF", "image/x-leaf-mos"),
    (b"EPSON", "image/x-epson-erf"),
    (b"MAMIYA", "image/x-mamiya-mef"),
)
#: Compressions that only makers' own raw pixels use.
_RAW_COMPRESSIONS: Final = frozenset({32767, 32770, 34713, 65535, 65000})
_MAKE, _COMPRESSION, _PHOTOMETRIC, _DNG = 0x010F, 0x0103, 0x0106, 0xC612
_FLIPS: Final = {0: 1, 3: 3, 5: 8, 6: 6}


def sniff(blob: Blob) -> str:
    """Know a RAW file by its own signature, or a TIFF structure by directories that hold sensor data."""
    head = blob.head(16)
    if found := next((mime for magic, mime in _SIGNATURES if head.startswith(magic)), ""):
        return found
    if boxes.brands(blob)[:1] == (b"crx ",):
        return "image/x-canon-cr3"
    if head[:4] not in {b"II*\0", b"MM\0*"}:
        return ""
    return "image/x-canon-cr2" if head[8:10] == b"CR" else _by_directories(blob)


def _by_directories(blob: Blob) -> str:
    make, sensor = b"", False
    for directory in directories(blob):
        if _DNG in directory:
            return "image/x-adobe-dng"
        maker = directory.get(_MAKE, b"")
        make = make or (maker if isinstance(maker, bytes) else b"").upper()
        sensor = sensor or tuple(directory.get(_PHOTOMETRIC, ())) == (CFA,)
        sensor = sensor or bool(_RAW_COMPRESSIONS.intersection(directory.get(_COMPRESSION, ())))
    if not sensor:
        return ""
    return next((mime for name, mime in _MAKERS if make.startswith(name)), "image/x-raw")


def decode(blob: Blob, limits: Limits) -> Decoded:
    """Show the stored preview when it is large enough, else develop the sensor data."""
    import rawpy

    try:
        with rawpy.imread(io.BytesIO(blob.data())) as raw:
            return _show(raw, blob, limits)
    except rawpy.LibRawError as error:
        reason = words(error)
    return _found_preview(blob, limits, reason)


def _found_preview(blob: Blob, limits: Limits, reason: str) -> Decoded:
    """Show the largest JPEG that starts anywhere in a file that LibRaw refuses.

    Raises:
        RefusedError: with LibRaw's reason, when there is none worth showing.
    """
    data = blob.data()
    best: Decoded | None = None
    at = -1
    for _ in range(_CANDIDATES):
        at = data.find(b"\xff\xd8\xff", at + 1)
        if at < 0:
            break
        found = _jpeg_at(data[at:], limits)
        if found and (best is None or found.picture.width > best.picture.width):
            best = found
    if best is None:
        raise RefusedError(reason)
    seen = pillow.joined("stored preview", best.picture.seen)
    damage = pillow.joined(reason, best.picture.damaged)
    return replace(best, picture=replace(best.picture, seen=seen, damaged=damage))


def _jpeg_at(data: bytes, limits: Limits) -> Decoded | None:
    try:
        return jpeg.decode(Blob(io.BytesIO(data), len(data)), limits)
    except DECODING:
        return None


def _show(raw: Any, blob: Blob, limits: Limits) -> Decoded:  # noqa: ANN401 - rawpy has no types
    sizes = raw.sizes
    width, height = sizes.width, sizes.height
    pillow.within(width, height, limits)
    orientation = _FLIPS.get(sizes.flip, 1)
    damage = boxes.box_damage(blob) if blob.head(12)[4:8] == b"ftyp" else ""
    preview = _preview(raw, limits)
    if preview is not None:
        decoded, note = preview, "stored preview"
    else:
        decoded, note = _develop(raw), "developed at half size"
    seen = pillow.joined(note, decoded.picture.seen)
    damage = pillow.joined(damage, decoded.picture.damaged)
    picture = Picture(width, height, 1, orientation, f"{NAME}, {decoded.picture.decoder}", seen, damage)
    return replace(decoded, picture=picture)


def _preview(raw: Any, limits: Limits) -> Decoded | None:  # noqa: ANN401 - rawpy has no types
    import rawpy

    try:
        thumb = raw.extract_thumb()
        if thumb.format == rawpy.ThumbFormat.JPEG:
            decoded = jpeg.decode(Blob(io.BytesIO(thumb.data), len(thumb.data)), limits)
        else:
            pixels = np.asarray(thumb.data)
            decoded = Decoded(Picture(pixels.shape[1], pixels.shape[0], 1, 1, "bitmap", "", ""), raster(pixels))
    except (rawpy.LibRawError, *DECODING):
        return None
    return decoded if max(decoded.picture.width, decoded.picture.height) >= PREVIEW_SIDE else None


def _develop(raw: Any) -> Decoded:  # noqa: ANN401 - rawpy has no types
    pixels = np.asarray(raw.postprocess(half_size=True, user_flip=0, output_bps=8, use_camera_wb=True))
    picture = Picture(pixels.shape[1], pixels.shape[0], 1, 1, f"LibRaw {_libraw()}", "", "")
    return Decoded(picture, raster(pixels))


def _libraw() -> str:
    import rawpy

    return ".".join(str(part) for part in rawpy.libraw_version)


DECODER = Decoder("raw", sniff, decode)
