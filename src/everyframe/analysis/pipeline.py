"""The stages of analysis, as a list that can be printed, and the one function that runs them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from everyframe.analysis.blob import Blob
from everyframe.analysis.identify import Identified
from everyframe.analysis.limits import Limits
from everyframe.analysis.merge import SHOWING, merge
from everyframe.analysis.stages import embedded, metadata, pdq, preview, traits, video
from everyframe.analysis.subject import Finding, Subject
from everyframe.analysis.tools import Tools
from everyframe.model.features import Analysis
from everyframe.model.states import MediaKind, MediaOutcome

__all__ = ["STAGES", "Stage", "analyse"]


@dataclass(frozen=True, slots=True)
class Stage:
    """Name one stage: what it does, for which kinds of content, and the function that does it."""

    name: str
    description: str
    kinds: frozenset[MediaKind]
    run: Callable[[Subject], Finding]


_IMAGE: Final = frozenset({MediaKind.IMAGE})
_VIDEO: Final = frozenset({MediaKind.VIDEO})

STAGES: Final[tuple[Stage, ...]] = (
    Stage("preview", "decode the picture and make its grid, viewer and frame previews", _IMAGE, preview.run),
    Stage("pdq", "compute the perceptual hash and its quality, of the upright picture too", _IMAGE, pdq.run),
    Stage("metadata", "read what the file says of its making", _IMAGE | _VIDEO, metadata.run),
    Stage("embedded", "take embedded pictures out and compare them with the whole", _IMAGE, embedded.run),
    Stage("traits", "compute general traits that the learning order learns from", _IMAGE, traits.run),
    Stage("video", "read container facts and show up to nine moments of a film", _VIDEO, video.run),
)


def analyse(blob: Blob, identified: Identified, *, stages: frozenset[str], limits: Limits, tools: Tools) -> Analysis:
    """Run the stages asked for over one content; bad content gives problems and an outcome, never an error."""
    kind = identified.kind
    if kind not in SHOWING:
        return Analysis(kind, identified.mime, MediaOutcome.NOT_MEDIA)
    subject = Subject(blob, identified, limits, tools)
    ran: list[str] = []
    findings: list[Finding] = []
    for stage in STAGES:
        if stage.name in stages and kind in stage.kinds:
            findings.append(stage.run(subject))
            ran.append(stage.name)
            blob.beat()
    return merge(identified, tuple(ran), findings)
