"""What a worker reports of one item: the facts that the store commits."""

from dataclasses import dataclass

from everyframe.model.entry import Entry
from everyframe.model.features import Analysis, Digests
from everyframe.model.states import MediaKind
from everyframe.model.warning import Problem

__all__ = ["Examined", "Expanded", "Failed", "Outcome"]


@dataclass(frozen=True, slots=True)
class Examined:
    """Report one file whose bytes were read to the end.

    Args:
        file_id: the MediaFile.
        digests: of its bytes.
        kind: by content.
        mime: by content.
        name_disagrees: True when the name claims another type.
        analysis: None when this content was analysed before and only the occurrence is new.
        problems: Warnings about this occurrence; those about the content stand in the analysis.
    """

    file_id: int
    digests: Digests
    kind: MediaKind
    mime: str
    name_disagrees: bool
    analysis: Analysis | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Expanded:
    """Report one archive whose members were listed, as far as they could be."""

    file_id: int
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """Report one file that could not be read, or killed its worker twice.

    ``digests`` are known when reading went well and analysis did not.
    """

    file_id: int
    problem: Problem
    digests: Digests | None = None
    quarantined: bool = False


Outcome = Examined | Expanded | Failed
