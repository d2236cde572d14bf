"""The type of a content by its bytes; its name is not asked."""

from dataclasses import dataclass

from everyframe.analysis.archives import sniff_archive
from everyframe.analysis.blob import Blob
from everyframe.analysis.containers import sniff_video
from everyframe.analysis.decoders import DECODERS, PLAUSIBLE, find_decoder
from everyframe.analysis.magicfile import other_type
from everyframe.model.states import MediaKind

__all__ = ["Identified", "identify"]


@dataclass(frozen=True, slots=True)
class Identified:
    """Hold what a content is, by its bytes."""

    kind: MediaKind
    mime: str


def identify(blob: Blob) -> Identified:
    """Tell what a content is: a picture, a film, an archive, or else what libmagic calls it.

    Where nothing shorter decides, a picture of a format without a signature is known by a structure in which all fits.

    Raises:
        EvidenceError: when the bytes cannot be read.
    """
    if blob.size == 0 or not blob.head(1):
        return Identified(MediaKind.OTHER, "inode/x-empty")
    if found := find_decoder(blob, DECODERS):
        return Identified(MediaKind.IMAGE, found[1])
    if mime := sniff_archive(blob):
        return Identified(MediaKind.ARCHIVE, mime)
    if mime := sniff_video(blob):
        return Identified(MediaKind.VIDEO, mime)
    if found := find_decoder(blob, PLAUSIBLE):
        return Identified(MediaKind.IMAGE, found[1])
    return Identified(MediaKind.OTHER, other_type(blob))
