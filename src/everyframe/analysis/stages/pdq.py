"""Give the perceptual hash of a picture."""

from everyframe.analysis.failures import DECODING, words
from everyframe.analysis.subject import Finding, Subject
from everyframe.model.warning import Problem, WarningCode

__all__ = ["run"]


def run(subject: Subject) -> Finding:
    """Hash the picture; where it could not be decoded, say why."""
    decoding = subject.decoding
    if isinstance(decoding, Problem):
        return Finding(problems=(decoding,))
    try:
        return Finding(picture=decoding.picture, hash=subject.hash)
    except DECODING as error:
        problem = Problem(WarningCode.DECODE_FAILED, f"no perceptual hash: {words(error)}", "pdq")
        return Finding(picture=decoding.picture, problems=(problem,))
