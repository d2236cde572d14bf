"""Read what a content says of its making."""

from everyframe.analysis.making import metadata_of
from everyframe.analysis.subject import Finding, Subject
from everyframe.model.warning import Problem, WarningCode

__all__ = ["run"]

#: What the reader says of formats in which it knows no metadata; that is no failure.
_NO_METADATA = ("Unknown file type", "File format not supported")


def run(subject: Subject) -> Finding:
    """Give the fields and the raw tags, or say why they could not be read."""
    tags = subject.tags
    if isinstance(tags, Problem):
        return Finding(problems=(tags,))
    problems: tuple[Problem, ...] = ()
    if tags.error and not tags.error.startswith(_NO_METADATA):
        problems = (Problem(WarningCode.METADATA_FAILED, tags.error[:300], "metadata"),)
    return Finding(metadata=metadata_of(tags), problems=problems)
