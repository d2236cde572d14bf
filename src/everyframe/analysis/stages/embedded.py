"""Take the pictures out that a picture carries inside, and compare them with what it shows."""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from everyframe.analysis.blob import Blob
from everyframe.analysis.digests import digest_bytes
from everyframe.analysis.identify import Identified
from everyframe.analysis.merge import merge
from everyframe.analysis.perceptual import distance
from everyframe.analysis.stages import pdq, preview
from everyframe.analysis.stages.likeness import MATCH, PLAIN, Likeness, compare
from everyframe.analysis.stages.located import Located, located
from everyframe.analysis.subject import Finding, Subject
from everyframe.model.features import Analysis, Embedded
from everyframe.model.states import MediaKind
from everyframe.model.warning import Problem, WarningCode

__all__ = ["run"]

_JPEG: Final = Identified(MediaKind.IMAGE, "image/jpeg")


def run(subject: Subject) -> Finding:
    """Give the pictures that the tags point at; where they point at none, say so."""
    tags = subject.tags
    if isinstance(tags, Problem):
        return Finding(problems=(tags,))
    found: list[Embedded] = []
    problems: list[Problem] = []
    for place in _distinct(located(tags)):
        if len(found) == subject.limits.embedded_pictures:
            reason = f"more than {len(found)} embedded pictures"
            problems.append(Problem(WarningCode.SIZE_LIMIT, reason, "embedded"))
            break
        data = subject.blob.read_at(place.offset, place.length)
        if len(data) == place.length and data.startswith(b"\xff\xd8\xff"):
            found.append(_analysed(subject, place, data))
        else:
            reason = f"{place.name}: no JPEG at bytes {place.offset} to {place.offset + place.length}"
            problems.append(Problem(WarningCode.METADATA_FAILED, reason, "embedded"))
    return Finding(embedded=tuple(found), problems=tuple(problems))


def _distinct(places: Iterator[Located]) -> Iterator[Located]:
    """Leave out what starts where another did, and the picture itself."""
    seen = {0}
    for place in places:
        if place.offset not in seen and place.length > 0:
            seen.add(place.offset)
            yield place


def _analysed(subject: Subject, place: Located, data: bytes) -> Embedded:
    inner = Subject(Blob(io.BytesIO(data), len(data), beat=subject.blob.beat), _JPEG, subject.limits, subject.tools)
    analysis = merge(_JPEG, ("preview", "pdq"), [preview.run(inner), pdq.run(inner)])
    likeness = _likeness(subject, inner, analysis)
    return Embedded(place.name, place.offset, digest_bytes(data), analysis, likeness.distance, likeness.differs)


def _likeness(subject: Subject, inner: Subject, analysis: Analysis) -> Likeness:
    """Compare; of plain or damaged pictures a mismatch tells nothing, and of plain ones a match does not either."""
    whole = pdq.run(subject)
    if not subject.decoded or not inner.decoded or not whole.hash or not analysis.hash:
        return Likeness(None, None)
    if min(whole.hash.quality, analysis.hash.quality) >= PLAIN:
        apart = distance(whole.hash.pdq, analysis.hash.pdq)
        if apart <= MATCH:
            return Likeness(apart, differs=False)
    likeness = compare(subject.small, inner.small)
    damaged = subject.decoded.picture.damaged or inner.decoded.picture.damaged
    if min(whole.hash.quality, analysis.hash.quality) < PLAIN or (damaged and likeness.differs):
        return replace(likeness, differs=None)
    return likeness
