"""Put what the stages found together."""

from collections.abc import Iterable, Sequence
from typing import Final

from everyframe.analysis.identify import Identified
from everyframe.analysis.subject import Finding
from everyframe.model.features import Analysis
from everyframe.model.states import MediaKind, MediaOutcome
from everyframe.model.warning import Problem

__all__ = ["SHOWING", "merge"]

#: The stage that has to have run before a content of a kind counts as decoded.
SHOWING: Final = {MediaKind.IMAGE: "preview", MediaKind.VIDEO: "video"}


def merge(identified: Identified, ran: tuple[str, ...], findings: Sequence[Finding]) -> Analysis:
    """Give one Analysis with its outcome."""
    renditions = tuple(rendition for finding in findings for rendition in finding.renditions)
    kind, mime, outcome = identified.kind, identified.mime, MediaOutcome.UNDECODED
    if any(finding.sound_only for finding in findings):
        kind, mime, outcome = MediaKind.OTHER, mime.replace("video/", "audio/", 1), MediaOutcome.NOT_MEDIA
    elif renditions:
        outcome = MediaOutcome.VIEWABLE
    elif SHOWING[kind] in ran:
        outcome = MediaOutcome.UNREADABLE
    return Analysis(
        kind,
        mime,
        outcome,
        stages=ran,
        picture=next((f.picture for f in findings if f.picture), None),
        video=next((f.video for f in findings if f.video), None),
        hash=next((f.hash for f in findings if f.hash), None),
        metadata=next((f.metadata for f in findings if f.metadata), None),
        renditions=renditions,
        embedded=tuple(picture for finding in findings for picture in finding.embedded),
        traits=next((f.traits for f in findings if f.traits), b""),
        problems=_once(problem for finding in findings for problem in finding.problems),
    )


def _once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Drop repeats: two stages that meet the same decoder meet the same problem."""
    seen: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        seen.setdefault((problem.code, problem.reason), problem)
    return tuple(seen.values())
