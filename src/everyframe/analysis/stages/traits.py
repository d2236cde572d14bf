"""Give the general traits of a picture."""

from everyframe.analysis.failures import DECODING, words
from everyframe.analysis.pixels import upright
from everyframe.analysis.subject import Finding, Subject
from everyframe.analysis.traits import traits_of
from everyframe.model.warning import Problem, WarningCode

__all__ = ["run"]


def run(subject: Subject) -> Finding:
    """Compute the traits of the upright picture; where it could not be decoded, say why."""
    decoding = subject.decoding
    if isinstance(decoding, Problem):
        return Finding(problems=(decoding,))
    try:
        return Finding(traits=traits_of(upright(subject.small, decoding.picture.orientation)))
    except DECODING as error:
        problem = Problem(WarningCode.DECODE_FAILED, f"no traits: {words(error)}", "traits")
        return Finding(problems=(problem,))
