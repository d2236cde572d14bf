"""Where a run's listing comes from: the folder itself, or a file of another tool that says what is in it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from everyframe.intake.plan import check_unchanged, list_source, plan_sources
from everyframe.intake.progress import Progress
from everyframe.model.features import Digests
from everyframe.model.warning import Problem
from everyframe.store.case import Case
from everyframe.store.sources import Source

__all__ = ["FolderLister", "Lister"]


class Lister(Protocol):
    """Say what is to be taken in.

    ``plan`` MUST give sources that stand in the case. ``commit`` MUST commit the whole listing of a source before any of its
    content is opened, and mark it listed; it SHOULD end early when ``pause`` says True, and MUST begin anew then.
    """

    def plan(self, case: Case, actor: str) -> list[Source]:
        """Find or add the sources."""
        ...

    def commit(self, case: Case, source: Source, actor: str, progress: Progress, pause: Callable[[], bool]) -> None:
        """Commit the listing of a source."""
        ...

    def unchanged(self, case: Case, source: Source) -> Problem | None:
        """Give a Warning when a source is no longer as it was listed; asked when all of it was worked through."""
        ...

    def problem(self, case: Case, file_id: int, digests: Digests) -> Problem | None:
        """Give a Warning when the bytes of a file are not those that the listing promised."""
        ...


class FolderLister:
    """List what is in folders, as the system shows it."""

    def __init__(self, paths: Sequence[Path], reference: str, *, another: bool) -> None:
        self._paths, self._reference, self._another = paths, reference, another

    def plan(self, case: Case, actor: str) -> list[Source]:
        """Find or add a source for each path."""
        return plan_sources(case, self._paths, self._reference, actor, another=self._another)

    def commit(self, case: Case, source: Source, actor: str, progress: Progress, pause: Callable[[], bool]) -> None:
        """Walk through the folder."""
        list_source(case, source, actor, progress, pause)

    def unchanged(self, case: Case, source: Source) -> Problem | None:
        """Walk through it once more."""
        return check_unchanged(case, source)

    def problem(self, case: Case, file_id: int, digests: Digests) -> Problem | None:  # noqa: ARG002 - a folder promises no digests
        """Accept any bytes."""
        return None
