"""Decode a picture and make its previews."""

from everyframe.analysis.failures import DECODING, words
from everyframe.analysis.pixels import upright
from everyframe.analysis.renditions import encode, frames
from everyframe.analysis.subject import Finding, Subject
from everyframe.model.warning import Problem, WarningCode

__all__ = ["run"]


def run(subject: Subject) -> Finding:
    """Give the decoder's facts, and the renditions of what could be shown."""
    decoding = subject.decoding
    if isinstance(decoding, Problem):
        return Finding(problems=(decoding,))
    picture, limits = decoding.picture, subject.limits
    problems = list(decoding.problems)
    if picture.damaged:
        problems.append(Problem(WarningCode.DAMAGED, picture.damaged, "preview"))
    try:
        renditions = (
            encode("grid", 0, upright(subject.small, picture.orientation)),
            encode("viewer", 0, upright(subject.viewer, picture.orientation)),
            *frames(decoding.stills, picture.orientation, limits),
        )
    except DECODING as error:
        problems.append(Problem(WarningCode.DECODE_FAILED, f"no preview: {words(error)}", "preview"))
        return Finding(picture=picture, problems=tuple(problems))
    return Finding(picture=picture, renditions=renditions, problems=tuple(problems))
