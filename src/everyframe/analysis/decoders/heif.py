"""HEIC and HEIF through libheif, which turns them upright itself and shows cut files without a word of it."""

from importlib.metadata import version
from typing import Final

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import boxes, pillow
from everyframe.analysis.decoders.base import Decoded, Decoder
from everyframe.analysis.decoders.stills import spread
from everyframe.analysis.failures import DECODING, RefusedError, words
from everyframe.analysis.limits import Limits
from everyframe.analysis.pixels import Pixels, pil_raster
from everyframe.analysis.renditions import fit
from everyframe.model.features import Picture

__all__ = ["DECODER"]

NAME: Final = f"pi-heif {version('pi-heif')}"
_TYPES: Final[dict[bytes, str]] = {
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"heim": "image/heic",
    b"heis": "image/heic",
    b"hevc": "image/heic-sequence",
    b"hevx": "image/heic-sequence",
    b"mif1": "image/heif",
    b"mif2": "image/heif",
    b"msf1": "image/heif-sequence",
}


def sniff(blob: Blob) -> str:
    """Know a HEIF by its major brand, unless a compatible one says AVIF."""
    found = boxes.brands(blob)
    if not found or {b"avif", b"avis"} & set(found):
        return ""
    return _TYPES.get(found[0], "")


def decode(blob: Blob, limits: Limits) -> Decoded:
    """Decode the primary picture, and show the others beside it."""
    import pi_heif

    pi_heif.options.DECODE_THREADS = 1
    file = pi_heif.open_heif(blob.data(), convert_hdr_to_8bit=True)
    images = list(file)
    if not images:
        raise RefusedError("no picture inside")
    primary = next((image for image in images if image.info.get("primary")), images[0])
    width, height = primary.size
    pillow.within(width, height, limits)
    with pillow.controlled(limits) as said:
        shown = pil_raster(primary.to_pillow())
    damage = pillow.joined(*said, boxes.box_damage(blob))
    picture = Picture(width, height, len(images), 1, NAME, shown.seen, damage)
    return Decoded(picture, shown, stills=_others(images, limits) if len(images) > 1 else ())


def _others(images: list["pi_heif.HeifImage"], limits: Limits) -> tuple[Pixels, ...]:  # type: ignore[name-defined]  # noqa: F821 - imported late
    shown = []
    for number in spread(min(len(images), limits.max_frames), limits.frames_shown):
        try:
            width, height = images[number].size
            pillow.within(width, height, limits)
            shown.append(fit(pil_raster(images[number].to_pillow()).view, limits.frame_side))
        except DECODING as error:
            words(error)
    return tuple(shown)


DECODER = Decoder("heif", sniff, decode)
