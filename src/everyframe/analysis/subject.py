"""One content under analysis: what the stages share, and what each of them finds."""

from dataclasses import dataclass, field
from functools import cached_property

from everyframe.analysis.blob import Blob
from everyframe.analysis.decoders import Decoded, ffmpeg, find_decoder
from everyframe.analysis.failures import DECODING, PixelLimitError, words
from everyframe.analysis.hashing import hash_of
from everyframe.analysis.identify import Identified
from everyframe.analysis.limits import Limits
from everyframe.analysis.pixels import NO_PIXELS, Pixels
from everyframe.analysis.renditions import fit
from everyframe.analysis.tags import Tags, parse
from everyframe.analysis.tools import ToolError, Tools
from everyframe.errors import EvidenceError
from everyframe.model.features import Embedded, Metadata, PerceptualHash, Picture, Rendition, VideoFacts
from everyframe.model.states import MediaKind
from everyframe.model.warning import Problem, WarningCode

__all__ = ["Finding", "Subject"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Hold what one stage found; what it leaves out stays as the other stages have it."""

    picture: Picture | None = None
    video: VideoFacts | None = None
    hash: PerceptualHash | None = None
    metadata: Metadata | None = None
    renditions: tuple[Rendition, ...] = ()
    embedded: tuple[Embedded, ...] = ()
    traits: bytes = b""
    problems: tuple[Problem, ...] = field(default=())
    sound_only: bool = False


class Subject:
    """Give the stages one content, decoded at most once and asked for its tags at most once."""

    def __init__(self, blob: Blob, identified: Identified, limits: Limits, tools: Tools) -> None:
        self.blob = blob
        self.identified = identified
        self.limits = limits
        self.tools = tools

    @cached_property
    def decoding(self) -> "Decoded | Problem":
        """Decode the picture, or say why nothing of it can be shown."""
        found = find_decoder(self.blob)
        if found is None or self.identified.kind is not MediaKind.IMAGE:
            return Problem(WarningCode.DECODE_FAILED, f"no decoder for {self.identified.mime}", "preview")
        try:
            if self.limits.other_decoder:
                return ffmpeg.decode(self.blob, self.limits, found[1])
            return found[0].decode(self.blob, self.limits)
        except PixelLimitError as error:
            return Problem(WarningCode.PIXEL_LIMIT, words(error), "preview")
        except EvidenceError as error:
            code = WarningCode(error.code) if error.code in set(WarningCode) else WarningCode.UNREADABLE_FILE
            return Problem(code, words(error), "preview")
        except DECODING as error:
            by = "" if self.limits.other_decoder else f"{found[0].name}: "
            return Problem(WarningCode.DECODE_FAILED, f"{by}{words(error)}", "preview")

    @property
    def decoded(self) -> Decoded | None:
        """Give the decoded picture, or None when nothing can be shown."""
        return self.decoding if isinstance(self.decoding, Decoded) else None

    @cached_property
    def hash(self) -> PerceptualHash | None:
        """Give the perceptual hash, or None when nothing was decoded.

        Raises:
            Exception: one of ``failures.DECODING``, when the full decode that it needs fails.
        """
        return hash_of(self.decoded) if self.decoded else None

    @cached_property
    def viewer(self) -> Pixels:
        """Give the decoded picture as the viewer shows it, not turned yet; nothing at all when nothing was decoded."""
        return fit(self.decoded.raster.view, self.limits.viewer_side) if self.decoded else NO_PIXELS

    @cached_property
    def small(self) -> Pixels:
        """Give the decoded picture as the grid shows it, not turned yet."""
        return fit(self.viewer, self.limits.grid_side)

    @cached_property
    def tags(self) -> "Tags | Problem":
        """Read all tags, or say why they cannot be read."""
        try:
            return parse(self.tools.tags(self.blob, self.limits.tool_seconds))
        except EvidenceError as error:
            return Problem(WarningCode.SIZE_LIMIT, words(error), "metadata")
        except (ToolError, ValueError, RecursionError, OSError) as error:
            return Problem(WarningCode.METADATA_FAILED, words(error), "metadata")
