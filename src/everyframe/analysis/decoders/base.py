"""What a decoder of one picture format is: a name, the types it reads, a signature and a way to the pixels."""

from collections.abc import Callable
from dataclasses import dataclass

from everyframe.analysis.blob import Blob
from everyframe.analysis.limits import Limits
from everyframe.analysis.pixels import Pixels, Raster
from everyframe.model.features import Picture
from everyframe.model.warning import Problem

__all__ = ["Decoded", "Decoder"]


@dataclass(frozen=True, slots=True)
class Decoded:
    """Hold what a decoder gives: facts, pixels as stored (not turned), and up to nine frames of several.

    ``basis`` is ``full``, or the reduced decode the pixels come from (``1/4``); then ``exact`` decodes in full.
    """

    picture: Picture
    raster: Raster
    basis: str = "full"
    exact: Callable[[], Raster] | None = None
    stills: tuple[Pixels, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Decoder:
    """Read one picture format.

    ``sniff`` MUST decide by content, from as few bytes as it can, and give the MIME type or an empty string.
    ``decode`` MUST raise one of ``failures.DECODING`` when nothing can be shown, SHOULD show what there is of a damaged
    picture and say so in ``Picture.damaged``, and MUST NOT allocate for more pixels than ``Limits.max_pixels``.
    """

    name: str
    sniff: Callable[[Blob], str]
    decode: Callable[[Blob, Limits], Decoded]
